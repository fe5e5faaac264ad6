"""Direct messages, and ignored users."""

import signal
from http.client import HTTPConnection

import pytest

from tests.gateways.web.account_client import AccountClient
from tests.gateways.web.account_forms import enter
from tests.gateways.web.browser import Tab, Visits, expect
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.site import (
    ChatMessage,
    Site,
    on_asyncio,
    on_threads,
    restart,
    serve,
)
from tests.programs.event_loop import TIMEOUT
from tests.programs.sandbox import Sandbox


def write_to(tab: Tab, name: str) -> None:
    """Open the direct messages with a user in the list of users."""
    open_direct(tab, name)
    tab.expect_room(name)


def open_direct(tab: Tab, name: str) -> None:
    """Ask for the direct messages with a user in the list of users."""
    tab.page.locator("#names").get_by_role("button", name=name, exact=True).click()
    tab.page.get_by_role("button", name="Send a direct message").click()


def source(site: Site, path: str) -> str:
    """Return the body of the response at *path*."""
    connection = HTTPConnection("127.0.0.1", site.web_port, timeout=TIMEOUT)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


@on_asyncio
def test_two_users_exchange_direct_messages(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet, romeo = visit(site).join("Juliet"), visit(site).join("Romeo")
    romeo.expect_users("Juliet", "Romeo")

    write_to(romeo, "Juliet")
    romeo.send("psst")
    juliet.expect_notes("Romeo", "1 unread")
    expect(juliet.page).to_have_title("(1) #lobby \N{EN DASH} Parlour")
    juliet.open_room("Romeo").send("ay me")

    messages = [ChatMessage("Romeo", "psst"), ChatMessage("Juliet", "ay me")]
    romeo.expect_messages(messages).expect_users("Juliet", "Romeo")
    juliet.expect_messages(messages)
    juliet.open_room("#lobby")
    expect(juliet.texts).to_have_count(0)


@on_threads
def test_nobody_else_can_read_direct_messages(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet, romeo = visit(site).join("Juliet"), visit(site).join("Romeo")
    nurse = visit(site).join("Nurse")
    write_to(romeo, "Juliet")
    romeo.send("psst")
    romeo.expect_message("psst")
    juliet.expect_notes("Romeo", "1 unread")
    room = romeo.page.url.rpartition("#")[2]
    assert room.startswith("direct:")

    expect(romeo.page.locator("#log .when[href]")).to_have_count(0)
    stranger = visit(site, f"#{room}").wait_until_live().expect_room("#lobby")
    expect(stranger.texts).to_have_count(0)
    for tab in (nurse, stranger):
        expect(tab.page.locator("#direct-list li")).to_have_count(0)
    assert "No message has" in source(site, "/search?q=psst")
    for path in ("/", "/rooms", "/api/rooms", "/api/users", "/api/messages"):
        assert "psst" not in source(site, path)
        assert "direct:" not in source(site, path)
    for path in (f"/r/{room}", f"/r/{room}/m/1", f"/search?q=psst&room={room}"):
        assert "No such room" in source(site, path)
    assert '"code":"bad_room_name"' in source(site, f"/api/messages?room={room}")


@on_asyncio
def test_a_typed_direct_message_opens_the_conversation(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet of Verona")
    romeo = visit(site).join("Romeo").expect_users("Juliet of Verona", "Romeo")

    romeo.send("/msg Juliet of Verona but soft")
    romeo.expect_room("Juliet of Verona")
    romeo.expect_messages([ChatMessage("Romeo", "but soft")])
    romeo.open_room("#lobby").send('/msg "juliet of verona" what light')
    romeo.expect_room("Juliet of Verona").expect_message("what light")
    romeo.send("/msg nobody at all")
    expect(romeo.page.locator("#box-error")).to_contain_text("of that name")

    expect(romeo.box).to_have_value("/msg nobody at all")
    romeo.send('/msg "nobody else" at all')
    expect(romeo.box).to_have_value('/msg "nobody else" at all')
    expect(romeo.page.locator("#box-error")).to_contain_text("of that name")
    juliet.open_room("Romeo").expect_messages(
        [ChatMessage("Romeo", text) for text in ("but soft", "what light")]
    )


@on_threads
def test_direct_messages_survive_a_reload(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet, romeo = visit(site).join("Juliet"), visit(site).join("Romeo")
    write_to(romeo, "Juliet")
    romeo.send("psst")
    juliet.expect_notes("Romeo", "1 unread")

    for tab in (romeo, juliet):
        tab.page.reload()
        tab.wait_until_live()
    romeo.expect_room("Juliet").expect_message("psst").send("again")

    juliet.expect_notes("Romeo", "2 unread").open_room("Romeo")
    juliet.expect_messages([ChatMessage("Romeo", t) for t in ("psst", "again")])


@on_asyncio
def test_a_conversation_ends_for_both_users(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet, romeo = visit(site).join("Juliet"), visit(site).join("Romeo")
    write_to(romeo, "Juliet")
    romeo.send("psst")
    juliet.open_room("Romeo").expect_message("psst")

    menu_button(romeo, "End conversation").click()
    for tab in (romeo, juliet):
        outside = tab.page.locator("#outside-text")
        expect(outside).to_have_text("Romeo has left the conversation.")
        tab.expect_message("psst")
        tab.page.get_by_role("button", name="Close").click()
        tab.expect_room("#lobby")

        expect(tab.page.locator("#direct-list li")).to_have_count(0)


@on_threads
def test_a_direct_room_has_no_topic(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet, romeo = visit(site).join("Juliet"), visit(site).join("Romeo")
    write_to(romeo, "Juliet")
    error = romeo.page.locator("#box-error")

    romeo.send("/topic")
    expect(error).to_have_text("A conversation of two has no topic.")
    expect(romeo.page.locator("#topic-form")).to_be_hidden()
    romeo.send("/topic love")
    expect(error).to_have_text("A conversation of two has no topic.")
    menu_button(juliet, "Leave chat").click()

    expect(romeo.page.locator("#outside")).to_be_visible()
    expect(error).to_be_empty()


@on_threads
def test_unread_direct_messages_of_a_user_who_left_can_be_read(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet, romeo = visit(site).join("Juliet"), visit(site).join("Romeo")
    write_to(romeo, "Juliet")
    romeo.send("farewell")
    juliet.expect_notes("Romeo", "1 unread")

    menu_button(romeo, "Leave chat").click()
    juliet.expect_users("Juliet").open_room("Romeo").expect_message("farewell")
    expect(juliet.page.locator("#outside-text")).not_to_be_empty()
    juliet.open_room("#lobby")

    expect(juliet.page.locator("#direct-list li")).to_have_count(0)


@on_asyncio
def test_a_renamed_partner_keeps_the_conversation(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet, romeo = visit(site).join("Juliet"), visit(site).join("Romeo")
    write_to(romeo, "Juliet")
    romeo.send("psst")
    juliet.open_room("Romeo")

    romeo.rename("Montague")

    juliet.expect_room("Montague").expect_users("Juliet", "Montague")


@on_asyncio
def test_messages_of_an_ignored_user_are_hidden(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet, tybalt = visit(site).join("Juliet"), visit(site).join("Tybalt")
    tybalt.send("before")
    juliet.expect_message("before").expect_users("Juliet", "Tybalt")
    shown = juliet.texts.filter(visible=True)

    juliet.page.locator("#names").get_by_role("button", name="Tybalt").click()
    juliet.page.get_by_role("button", name="Ignore").click()
    expect(shown).to_have_count(0)
    tybalt.send("after", "/msg Juliet in private")
    tybalt.expect_room("Juliet").open_room("#lobby").send("last")
    juliet.expect_message("last")

    expect(shown).to_have_count(0)
    expect(juliet.page.locator("#direct-list li")).to_have_count(0)
    expect(juliet.page.locator("#names li").last).to_contain_text("ignored")
    juliet.send("/unignore Tybalt")
    expect(shown).to_have_text(["before", "after", "last"])


@on_threads
@pytest.mark.parametrize(
    ("name", "typed"), [("Tybalt", "tYBALT"), ("Strauß", "STRAUSS"), ("Αίας", "ΑΊΑΣ")]
)
def test_a_user_can_be_ignored_in_another_case(
    sandbox: Sandbox, visit: Visits, engine: str, name: str, typed: str
) -> None:
    site = serve(sandbox, engine)
    juliet, other = visit(site).join("Juliet"), visit(site).join(name)
    other.send("before")
    juliet.expect_message("before")

    juliet.send(f"/ignore {typed}")
    expect(juliet.texts.filter(visible=True)).to_have_count(0)
    other.send("after")

    juliet.expect_message("after")
    expect(juliet.texts.filter(visible=True)).to_have_count(0)


@on_threads
def test_a_user_is_still_ignored_after_a_restart_of_the_server(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).ignore_errors("WebSocket").join("Juliet")
    juliet.send("/ignore Tybalt")
    expect(juliet.box).to_have_value("")
    juliet.wait_until_stored("ignored", '["Tybalt"]')
    juliet.page.clock.install()
    site.program.stop()

    site = restart(sandbox, engine, site)
    juliet.advance_a_minute().wait_until_live()
    tybalt = visit(site).join("Tybalt").expect_users("Juliet", "Tybalt")
    tybalt.send("/msg Juliet in private")
    tybalt.expect_room("Juliet").expect_message("in private")
    tybalt.open_room("#lobby").send("aloud")

    juliet.expect_message("aloud")
    expect(juliet.texts.filter(visible=True)).to_have_count(0)
    expect(juliet.page.locator("#direct-list li")).to_have_count(0)


@on_threads
def test_a_message_waits_until_the_conversation_is_open(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, juliet = visit(site).join("Romeo"), visit(site).join("Juliet")
    juliet.expect_users("Juliet", "Romeo")

    site.program.signal(signal.SIGSTOP)
    open_direct(juliet, "Romeo")
    juliet.send("secret")
    expect(juliet.page.locator("#box-error")).to_contain_text("not open yet")
    expect(juliet.box).to_have_value("secret")
    site.program.signal(signal.SIGCONT)
    juliet.expect_room("Romeo").send("secret")
    romeo.open_room("Juliet").expect_message("secret")

    assert site.history() == []


@on_asyncio
def test_an_account_is_told_that_a_plain_client_cannot_answer(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine, "--history", "memory")
    origin = AccountClient(site.web_port).register("Juliet").origin
    juliet = visit(f"{origin}/", "sign-in")
    enter(juliet, "Juliet")
    with sandbox.join(site.port).take_name("Romeo") as romeo:
        juliet.expect_users("Juliet", "Romeo")

        write_to(juliet, "Romeo")
        standing = juliet.page.locator("#standing")
        expect(standing).to_have_text(
            "The client of Romeo shows what you write, and cannot answer."
        )
        juliet.send("psst")

        romeo.expect("[Juliet to you]")
        juliet.open_room("#lobby")
        expect(standing).to_be_hidden()
