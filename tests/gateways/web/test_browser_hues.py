"""The hues of names on the page: distinct where possible."""

from itertools import count

from parlour.core.names.colors import DistinctColors, name_color
from tests.gateways.web.browser import Locator, Tab, Visits, expect
from tests.gateways.web.narrow_window import search_for
from tests.gateways.web.site import Site, on_asyncio, serve
from tests.programs.sandbox import Sandbox


def alike(amount: int, hue: int = 10) -> list[str]:
    """Return *amount* names with the same *hue* of their hash."""
    names = (f"user{number}" for number in count())
    found = (name for name in names if name_color(name) == hue)
    return [next(found) for _ in range(amount)]


def say(sandbox: Sandbox, site: Site, *names: str) -> None:
    """Let each of *names* join and say its name."""
    for name in names:
        peer = sandbox.join(site.port)
        peer.send(b'{"type": "set-name", "data": "%s"}\n' % name.encode())
        peer.send_messages(name)
        peer.expect(f"{name}: {name}")


def hue_of(row: Locator) -> list[str]:
    """Return the hues of the mark and of the name in *row*."""
    parts = row.locator(".mark, .name")
    classes = [each.get_attribute("class") or "" for each in parts.all()]
    return [word for each in classes for word in each.split() if "hue-" in word]


def hues(tab: Tab, names: list[str], rows: str = "#log .message") -> list[str]:
    """Return the one hue of each of *names* in *rows*."""
    found = []
    for name in names:
        row = tab.page.locator(rows).filter(has=tab.page.get_by_text(name, exact=True))
        [hue] = set(hue_of(row.first))
        found.append(hue)
    return found


@on_asyncio
def test_names_with_one_hue_have_distinct_hues_in_their_order(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    names = alike(3)
    say(sandbox, site, *names[:2])
    tab = visit(site).wait_until_live()
    visit(site).join(names[2]).send(names[2])  # a peer has its address before its name
    tab.expect_message(names[2])

    assert hues(tab, names) == ["hue-10", "hue-4", "hue-7"]
    expect(tab.page.locator("#names li")).to_have_count(3)
    assert hues(tab, names, "#names li") == ["hue-10", "hue-4", "hue-7"]


@on_asyncio
def test_after_eleven_names_the_hue_is_that_of_the_hash(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    names = alike(13, hue=5)
    say(sandbox, site, *names)
    tab = visit(site).wait_until_live()

    found = hues(tab, names)

    colors = DistinctColors()
    assert found[:11] == [f"hue-{colors.of(name)}" for name in names[:11]]
    assert found[11:] == ["hue-5", "hue-5"]


@on_asyncio
def test_a_name_keeps_its_hue_in_the_overlay(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    names = alike(2)
    say(sandbox, site, *names)
    tab = visit(site).wait_until_live()

    search_for(tab, names[1])
    expect(tab.page.get_by_role("dialog").locator("mark")).to_have_text([names[1]])

    assert hues(tab, names[1:], "#over .message") == ["hue-4"]


@on_asyncio
def test_a_name_keeps_its_hue_in_another_room(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    names = alike(2)
    say(sandbox, site, names[0])
    other = visit(site).join(names[1])
    other.send(names[1])
    tab = visit(site).join(*alike(1, hue=5)).expect_message(names[1])
    assert hues(tab, names) == ["hue-10", "hue-4"]

    tab.join_room("dev")
    other.join_room("dev").send(names[1])
    tab.expect_message(names[1])

    assert hues(tab, names[1:]) == ["hue-4"]


@on_asyncio
def test_without_scripts_a_name_has_the_hue_of_its_hash(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    names = alike(2)
    say(sandbox, site, *names)
    tab = visit(site, has_scripts=False)

    assert hues(tab, names) == ["hue-10", "hue-10"]
