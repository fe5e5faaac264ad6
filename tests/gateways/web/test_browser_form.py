"""Saying something without scripts: the form, and requests that forge it."""

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

import pytest

from tests.gateways.web.browser import NARROW, WIDE, Tab, Visits, expect
from tests.gateways.web.site import ChatMessage, Site, on_asyncio, serve
from tests.programs.event_loop import TIMEOUT
from tests.programs.sandbox import Sandbox

ID = "f" * 32
ROSE = ChatMessage("Juliet", "a rose")
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def say(tab: Tab, name: str, text: str) -> None:
    """Send *text* under *name* with the form."""
    tab.name_box.fill(name)
    tab.box.fill(text)
    tab.page.get_by_role("button", name="Send").click()


def post(site: Site, headers: dict[str, str], **changes: str) -> HTTPResponse:
    """Send a form, which the test has changed, and return the response."""
    form = {"room": "lobby", "id": ID, "name": "Juliet", "message": "a rose"} | changes
    connection = HTTPConnection("127.0.0.1", site.web_port, timeout=TIMEOUT)
    connection.request("POST", "/say", urlencode(form), FORM | headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response


@pytest.mark.parametrize("engine", ["async", "threads"])
def test_a_user_can_say_something_without_scripts(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    tab = visit(site, has_scripts=False)

    say(tab, " Juliet ", "a rose\nby any other name")
    romeo.expect("Juliet: a rose\nby any other name")
    romeo.expect("Juliet has left the chat")
    tab.expect_message("a rose\nby any other name").expect_users(romeo.name)
    expect(tab.name_box).to_have_value("Juliet")
    tab.page.reload()
    tab.box.fill("as sweet")
    tab.page.get_by_role("button", name="Send").click()
    romeo.expect("Juliet: as sweet")

    tab.expect_message("as sweet").expect_message("a rose\nby any other name")


@on_asyncio
def test_a_form_speaks_in_its_room(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    tab = visit(site, "r/dev", has_scripts=False)

    say(tab, "Juliet", "a rose")

    romeo.expect_message("a rose")
    tab.expect_message("a rose")
    assert site.history("dev") == [ROSE]


@on_asyncio
def test_a_refused_form_keeps_what_was_typed(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    visit(site).join("Romeo")
    tab = visit(site, has_scripts=False).ignore_errors("status of 422")

    say(tab, "Romeo", "a rose")
    expect(tab.page.get_by_role("alert")).to_contain_text("taken")
    expect(tab.box).to_have_value("a rose")
    say(tab, "Juliet", "/slip")
    expect(tab.page.get_by_role("alert")).to_contain_text("double the /")
    say(tab, "Juliet", "a rose")

    tab.expect_message("a rose")
    assert site.history() == [ROSE]


@on_asyncio
def test_a_form_that_is_sent_twice_is_said_once(sandbox: Sandbox, engine: str) -> None:
    site = serve(sandbox, engine)

    twice = [post(site, {}).status for _ in range(2)]
    other = post(site, {}, message="//by any other name")  # after going back

    assert [*twice, other.status] == [303, 303, 303]
    assert other.headers["Location"] == "/?name=Juliet"
    assert site.history() == [ROSE, ChatMessage("Juliet", "/by any other name")]


@on_asyncio
def test_a_form_that_is_sent_twice_at_once_is_answered_alike(
    sandbox: Sandbox, engine: str
) -> None:
    site = serve(sandbox, engine)
    people = ["Juliet"] * 4 + ["Romeo"] * 4  # one of whom was given the other's form

    with ThreadPoolExecutor(len(people)) as pool:
        answers = list(pool.map(lambda name: post(site, {}, name=name), people))

    assert {each.status for each in answers} == {303}
    assert sorted(site.history()) == [ROSE, ChatMessage("Romeo", "a rose")]


@on_asyncio
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1"])
def test_a_foreign_page_cannot_send_a_form(
    sandbox: Sandbox, engine: str, origin: str
) -> None:
    site = serve(sandbox, engine)

    foreign = post(site, {"Origin": origin})
    own = post(site, {"Origin": site.url.rstrip("/")}, message="own")

    assert (foreign.status, own.status) == (403, 303)
    assert site.history() == [ChatMessage("Juliet", "own")]


@on_asyncio
def test_what_is_not_a_form_is_refused(sandbox: Sandbox, engine: str) -> None:
    site = serve(sandbox, engine)

    assert post(site, {"Content-Type": "text/plain"}).status == 415
    assert post(site, {}, message="x" * 70_000).status == 413
    assert post(site, {}, message="x" * 30_000).status == 422
    assert post(site, {}, message=" ").status == 422
    assert post(site, {}, id="").status == 422
    assert (
        post(site, {}, **{f"field{number}": "x" for number in range(99)}).status == 413
    )
    assert post(site, {}, room="#").status == 404
    assert site.history() == []


@on_asyncio
def test_a_page_that_only_shows_the_chat_has_no_form(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine, "--web", "read")
    tab = visit(site, has_scripts=False)

    expect(tab.box).to_have_count(0)
    assert post(site, {}).status == 404
    assert site.history() == []


@on_asyncio
@pytest.mark.parametrize("size", [WIDE, NARROW, (320, 568)])
def test_the_form_fits(
    sandbox: Sandbox, visit: Visits, engine: str, size: tuple[int, int]
) -> None:
    tab = visit(serve(sandbox, engine), size=size, has_scripts=False)
    tab.ignore_errors("status of 422")

    assert tab.overflowing(".plain, .plain *") == []
    say(tab, "[Server]", "a rose")
    expect(tab.page.get_by_role("alert")).to_contain_text("reserved")
    tab.expect_to_fit(size)
