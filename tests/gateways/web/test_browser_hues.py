"""The hues of names on the page: the same wherever a name is."""

from parlour.core.names.colors import name_color
from tests.gateways.web.browser import Locator, Visits, expect
from tests.gateways.web.narrow_window import search_for
from tests.gateways.web.site import on_asyncio, serve
from tests.programs.sandbox import Sandbox


def hues(part: Locator) -> set[str]:
    """Return the hues of all parts of a row."""
    classes = [each.get_attribute("class") or "" for each in part.all()]
    return {word for each in classes for word in each.split() if "hue-" in word}


@on_asyncio
def test_a_name_has_the_hue_of_its_hash_everywhere(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    sandbox.join(site.port).take_name("Paris").send_messages("before")
    juliet = visit(site).join("Juliet")
    tab = visit(site).join("Romeo").expect_message("before")
    juliet.send("after")
    tab.expect_message("after")
    page, wanted = tab.page, {f"hue-{name_color('Juliet')}"}

    row = page.locator("#log .message").filter(has_text="after")
    assert hues(row.locator(".mark, .name")) == wanted
    user = page.locator("#names li").filter(has_text="Juliet")
    assert hues(user.locator(".mark, .name")) == wanted
    earlier = page.locator("#log .message").filter(has_text="before")
    assert hues(earlier.locator(".name")) == {f"hue-{name_color('Paris')}"}

    page.get_by_role("textbox", name="Message").fill("@")
    suggestions = page.locator("#complete bdi")
    expect(suggestions).to_have_text(["Juliet", "Paris", "Romeo"])
    assert hues(suggestions.first) == wanted
    assert hues(suggestions.last) == set(), "the own name has no colour"
    page.get_by_role("textbox", name="Message").fill("")

    user.get_by_role("button").click()
    page.get_by_role("button", name="Send a direct message").click()
    tab.expect_room("Juliet")
    assert hues(page.locator("#direct-list .hash")) == wanted

    tab.open_room("#lobby")
    search_for(tab, "after")
    found = page.get_by_role("dialog").locator(".message")
    expect(found).to_have_count(1)
    assert hues(found.locator(".mark, .name")) == wanted


@on_asyncio
def test_without_scripts_a_name_has_the_same_hue(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    sandbox.join(site.port).take_name("Juliet").send_messages("here")
    tab = visit(site, has_scripts=False)

    row = tab.page.locator("#log .message").filter(has_text="here")
    assert hues(row.locator(".mark, .name")) == {f"hue-{name_color('Juliet')}"}
