"""A conversation on the page that is over: nothing that was written for it is lost."""

import signal

from tests.gateways.web.browser import OUTAGE, Tab, Visits, expect
from tests.gateways.web.site import Site, restart, serve
from tests.programs.launch import start_client
from tests.programs.process import Program
from tests.programs.sandbox import Sandbox

PENDING = "{}not sent: the conversation is overPut backDrop"


def converse(sandbox: Sandbox, visit: Visits) -> tuple[Site, Tab, Program]:
    """Return the page of Juliet, who reads a conversation with Romeo."""
    site = serve(sandbox, "async")
    romeo = start_client(sandbox, site.port, "async", "--name=Romeo")
    romeo.out.expect_user("Romeo")
    juliet = visit(site).ignore_errors(OUTAGE).join("Juliet")
    romeo.out.expect("Juliet has entered")
    romeo.type("/msg Juliet psst")
    go_to(juliet, "Romeo")
    juliet.expect_message("psst")
    expect(juliet.page.locator("#names .name")).to_have_text(["Juliet", "Romeo"])
    return site, juliet, romeo


def go_to(tab: Tab, title: str) -> None:
    tab.page.locator("#rooms a.place").filter(has_text=title).click()
    expect(tab.page.locator("#title")).to_have_text(title)


def kill(site: Site, tab: Tab) -> None:
    """Kill the server, and wait until the page has noticed."""
    site.program.signal(signal.SIGKILL)
    site.program.wait()
    expect(tab.page.locator("#state")).to_have_text("Offline")


def start_again(sandbox: Sandbox, site: Site, tab: Tab) -> None:
    """Start the server again, and wait until the page is connected."""
    restart(sandbox, "async", site)
    tab.page.evaluate("dispatchEvent(new Event('online'))")
    tab.wait_until_live()


def test_messages_that_are_not_sent_stay_visible(
    sandbox: Sandbox, visit: Visits
) -> None:
    site, juliet, _ = converse(sandbox, visit)

    kill(site, juliet)
    juliet.send("one", "two")

    start_again(sandbox, site, juliet)

    expect(juliet.pending).to_have_text([PENDING.format("one"), PENDING.format("two")])
    juliet.page.get_by_role("button", name="Put back").first.click()
    expect(juliet.box).to_have_value("one")


def test_a_room_with_messages_that_are_not_sent_stays_in_the_list(
    sandbox: Sandbox, visit: Visits
) -> None:
    site, juliet, _ = converse(sandbox, visit)
    kill(site, juliet)
    juliet.send("one")
    go_to(juliet, "#lobby")

    start_again(sandbox, site, juliet)

    expect(juliet.page.locator("#direct-list")).to_have_text("Romeo not sent")
    go_to(juliet, "Romeo")
    expect(juliet.pending).to_have_text([PENDING.format("one")])


def test_a_draft_stays_visible_and_is_not_sent(sandbox: Sandbox, visit: Visits) -> None:
    _, juliet, romeo = converse(sandbox, visit)
    juliet.box.fill("half a line")

    romeo.close_input()

    outside = "Romeo has left the conversation."
    expect(juliet.page.locator("#outside-text")).to_have_text(outside)
    juliet.box.press("Enter")
    expect(juliet.page.locator("#box-error")).to_have_text(outside)
    expect(juliet.box).to_have_value("half a line")
    expect(juliet.pending).to_have_count(0)


def test_the_end_of_a_conversation_does_not_disturb_typing(
    sandbox: Sandbox, visit: Visits
) -> None:
    _, juliet, romeo = converse(sandbox, visit)
    juliet.box.focus()

    romeo.close_input()
    expect(juliet.page.locator("#outside")).to_be_visible()
    juliet.page.keyboard.type("half a line")

    expect(juliet.box).to_be_focused()
    expect(juliet.box).to_have_value("half a line")
    expect(juliet.page.locator("#title")).to_have_text("Romeo")


def test_a_rename_after_the_end_of_a_conversation_does_not_move_the_focus(
    sandbox: Sandbox, visit: Visits
) -> None:
    _, juliet, romeo = converse(sandbox, visit)
    juliet.box.focus()
    romeo.close_input()
    expect(juliet.page.locator("#outside")).to_be_visible()

    juliet.page.keyboard.type("/setname Capulet\n")
    expect(juliet.page.locator("#you")).to_have_text("Capulet")

    expect(juliet.box).to_be_focused()


def test_nobody_else_is_listed_in_a_conversation_that_is_over(
    sandbox: Sandbox, visit: Visits
) -> None:
    site, juliet, _ = converse(sandbox, visit)
    kill(site, juliet)
    start_again(sandbox, site, juliet)

    eve = sandbox.join(site.port)
    eve.send(b'{"type": "set-name", "data": "Eve"}\n')
    eve.send_messages("hello")

    expect(juliet.page.locator("#room-list .badge")).to_have_text("1 unread")
    expect(juliet.page.locator("#names .name")).to_have_text(["Juliet", "Romeo"])
