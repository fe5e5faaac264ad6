"""Pages and terminals take part in the same room."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateways.web.browser import Visits, expect
from tests.gateways.web.narrow_window import menu_button, search_for
from tests.gateways.web.site import ChatMessage, serve
from tests.programs.admin_tools import administer
from tests.programs.launch import ENGINES, start_client_on_terminal
from tests.programs.sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_a_terminal_and_two_pages_talk_to_each_other(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, _ = start_client_on_terminal(sandbox, site.port, engine, "--name", "Romeo")
    juliet, watcher = visit(site), visit(site).wait_until_live()

    juliet.join("Juliet").send("ay me")
    romeo.expect("Juliet: ay me")
    romeo.enter("she speaks!")
    watcher.expect_message("she speaks!").join("Nurse").send("madam!", "anon")
    romeo.expect("Nurse: anon")

    messages = [
        ChatMessage("Juliet", "ay me"),
        ChatMessage("Romeo", "she speaks!"),
        ChatMessage("Nurse", "madam!"),
        ChatMessage("Nurse", "anon"),
    ]
    juliet.expect_messages(messages)
    watcher.expect_messages(messages)
    expect(juliet.pending).to_have_count(0)
    expect(watcher.pending).to_have_count(0)
    assert site.history() == messages


def test_a_user_who_sets_a_name_at_once_joins_under_that_name(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    watcher = visit(site).wait_until_live()
    romeo = sandbox.join(site.port)

    romeo.send(b'{"type": "set-name", "data": "Romeo"}\n')
    romeo.send_messages("here")
    watcher.expect_message("here")
    romeo.send(b'{"type": "set-name", "data": "Montague"}\n')

    notices = watcher.page.locator("#log .notice")
    expect(notices).to_have_text(["Romeo joined", "Romeo is now Montague"])


def test_users_who_come_and_go_between_two_messages_share_rows(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    watcher = visit(site).wait_until_live()
    notices = watcher.page.locator("#log .notice")
    romeo = sandbox.join(site.port).take_name("Romeo")
    peers = [
        sandbox.join(site.port).take_name(f"Guest{number}") for number in range(12)
    ]
    expect(notices).to_have_count(2)
    expect(notices.last).to_have_text("Guest11 joined")

    peers[0].close()
    romeo.send(b'{"type": "set-name", "data": "Montague"}\n')
    expect(notices.last).to_have_text("Guest11 joined, Guest0 left")
    romeo.send_messages("here")
    watcher.expect_message("here")
    peers[1].close()
    expect(notices.last).to_have_text("Guest1 left")

    signs = [each.get_attribute("data-sign") for each in notices.all()]
    assert signs == ["→", "→", "←"]
    guests = ", ".join(f"Guest{number} joined" for number in range(11))
    expect(notices.first).to_have_text(f"Montague joined, {guests}")


def test_a_button_shows_all_of_a_tall_message(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    tab = visit(site).wait_until_live()
    sandbox.join(site.port).take_name("Romeo").send_messages(
        "verona\n" * 39 + "end", "short"
    )
    tab.expect_message("short")
    texts = tab.page.locator("#log .text")
    button = tab.page.get_by_role("button", name="Show all 40 lines")

    for _ in range(2):  # as a message that arrives, and as an earlier one
        expect(button).to_have_count(1)
        assert texts.first.evaluate("it => it.scrollHeight > it.clientHeight + 99")
        button.click()
        expect(button).to_have_count(0)
        assert texts.first.evaluate("it => it.scrollHeight <= it.clientHeight + 9")
        assert texts.first.evaluate(
            "it => document.activeElement === it.closest('.message')"
        )
        tab.go().wait_until_live()

    search_for(tab, "verona")
    dialog = tab.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Show all 40 lines").click()
    expect(dialog.locator(".message")).to_have_count(1)
    expect(dialog.locator(".all")).to_have_count(0)


def test_all_pages_show_the_same_users(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, _ = start_client_on_terminal(sandbox, site.port, engine, "--name", "Romeo")
    juliet = visit(site).join("Juliet")
    watcher = visit(site).expect_users("Juliet", "Romeo")

    juliet.rename("Capulet")
    romeo.expect("Juliet renamed to Capulet")
    watcher.expect_users("Capulet", "Romeo")
    watcher.join("Nurse").expect_users("Capulet", "Nurse", "Romeo")
    juliet.expect_users("Capulet", "Nurse", "Romeo")
    menu_button(juliet, "Leave chat").click()
    romeo.expect("Capulet has left")

    watcher.expect_users("Nurse", "Romeo")
    juliet.expect_users("Nurse", "Romeo")
    expect(juliet.name_box).to_have_value("Capulet")
    assert site.users() == ["Nurse", "Romeo"]


def test_a_message_between_page_load_and_connection_is_shown_once(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    romeo.send_messages("before")
    romeo.expect("before")

    def send_meanwhile(resume: Callable[[], None]) -> None:
        romeo.send_messages("between")
        romeo.expect("between")
        resume()

    tab = visit.prepare(site)
    tab.page.route("**/chat.js", lambda route: send_meanwhile(route.continue_))
    tab.go()
    tab.expect_message("between")
    romeo.send_messages("after")

    tab.expect_messages(
        [ChatMessage(romeo.name, text) for text in ("before", "between", "after")]
    )


def test_a_reload_keeps_the_name_and_the_draft(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    juliet = visit(site).join("Juliet")
    juliet.send("one", "two")
    juliet.expect_message("two").box.fill("three is being")

    juliet.page.reload()
    juliet.wait_until_live()
    expect(juliet.box).to_have_value("three is being")
    juliet.box.press("End")
    juliet.page.keyboard.type(" typed")
    juliet.box.press("Enter")

    juliet.expect_messages(
        [ChatMessage("Juliet", t) for t in ("one", "two", "three is being typed")]
    )
    romeo.expect("three is being typed")
    assert sum("Juliet has" in line for line in romeo.lines) == 1


def test_a_duplicated_tab_replaces_the_first_one(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    first = visit(site).join("Juliet")

    with first.page.context.expect_page() as opened:
        first.page.evaluate("void open(location.href)")
    second = visit.track(opened.value, site).wait_until_live()
    expect(first.page.locator("#state")).to_have_text("Elsewhere")
    romeo.send_messages("for one tab only")
    second.expect_message("for one tab only").expect_users(romeo.name, "Juliet")

    expect(first.status).to_have_text("This chat is open in another tab.")
    assert first.messages() == []
    assert (first.sockets, second.sockets) == (1, 1)
    first.page.get_by_role("button", name="Use it here").click()
    first.wait_until_live().expect_message("for one tab only")
    second.wait_until_live().expect_users(romeo.name, "Juliet")


def test_a_read_only_page_shows_how_to_join(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine, "--web", "read")
    romeo = sandbox.join(site.port)
    tab = visit(site).wait_until_live()
    romeo.send_messages("anyone?")

    tab.expect_message("anyone?").expect_users(romeo.name)
    expect(tab.page.locator(".foot code")).to_have_text(
        re.compile(rf"client\.py 127\.0\.0\.1 {site.port}$")
    )
    expect(tab.page.locator(".foot").get_by_role("textbox")).to_have_count(0)
    expect(tab.page.locator(".foot").get_by_role("button")).to_have_count(0)


def test_a_topic_that_the_operator_sets_is_told_without_quotes(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path
) -> None:
    history = "--history", str(tmp_path / "chat.db")
    tab = visit(serve(sandbox, engine, *history)).join("Romeo")

    administer(sandbox, "admin", "topic", "lobby", "the orchard", *history)

    expect(tab.page.locator("#topic")).to_have_text("the orchard")
    told = "the operator changed the topic to the orchard"
    expect(tab.page.locator("#log .notice").last).to_have_text(told)
