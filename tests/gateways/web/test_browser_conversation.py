"""People at pages and people at terminals are in one room."""

import re
from collections.abc import Callable

import pytest

from tests.gateways.web.browser import Visits, expect
from tests.gateways.web.site import Said, serve
from tests.programs.launch import ENGINES, start_client_on_terminal
from tests.programs.sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_a_terminal_and_two_pages_talk_to_each_other(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, _ = start_client_on_terminal(sandbox, site.port, engine, "--name", "Romeo")
    juliet, watcher = visit(site), visit(site).is_live()

    juliet.join("Juliet").say("ay me")
    romeo.expect("Juliet: ay me")
    romeo.enter("she speaks!")
    watcher.hears("she speaks!").join("Nurse").say("madam!", "anon")
    romeo.expect("Nurse: anon")

    said = [
        Said("Juliet", "ay me"),
        Said("Romeo", "she speaks!"),
        Said("Nurse", "madam!"),
        Said("Nurse", "anon"),
    ]
    juliet.shows(said)
    watcher.shows(said)
    expect(juliet.waiting).to_have_count(0)
    expect(watcher.waiting).to_have_count(0)
    assert site.history() == said


def test_who_is_named_at_once_has_joined_by_that_name(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    watcher = visit(site).is_live()
    romeo = sandbox.join(site.port)

    romeo.send(b'{"type": "set-name", "data": "Romeo"}\n')
    romeo.send_messages("here")
    watcher.hears("here")
    romeo.send(b'{"type": "set-name", "data": "Montague"}\n')

    notices = watcher.page.locator("#log .notice")
    expect(notices).to_have_text(["Romeo joined", "Romeo is now Montague"])


def test_everybody_knows_who_is_here(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, _ = start_client_on_terminal(sandbox, site.port, engine, "--name", "Romeo")
    juliet = visit(site).join("Juliet")
    watcher = visit(site).shows_people("Juliet", "Romeo")

    juliet.rename("Capulet")
    romeo.expect("Juliet renamed to Capulet")
    watcher.shows_people("Capulet", "Romeo")
    watcher.join("Nurse").shows_people("Capulet", "Nurse", "Romeo")
    juliet.shows_people("Capulet", "Nurse", "Romeo")
    juliet.page.get_by_role("button", name="Leave").click()
    romeo.expect("Capulet has left")

    watcher.shows_people("Nurse", "Romeo")
    juliet.shows_people("Nurse", "Romeo")
    expect(juliet.name_box).to_have_value("Capulet")
    assert site.people() == ["Nurse", "Romeo"]


def test_what_is_said_between_the_page_and_its_socket_comes_once(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    romeo.send_messages("before")
    romeo.expect("before")

    def say_meanwhile(go_on: Callable[[], None]) -> None:
        romeo.send_messages("between")
        romeo.expect("between")
        go_on()

    tab = visit.prepare(site)
    tab.page.route("**/chat.js", lambda route: say_meanwhile(route.continue_))
    tab.go()
    tab.hears("between")
    romeo.send_messages("after")

    tab.shows([Said(romeo.name, text) for text in ("before", "between", "after")])


def test_a_reload_keeps_the_name_and_what_is_being_typed(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    juliet = visit(site).join("Juliet")
    juliet.say("one", "two")
    juliet.hears("two").box.fill("three is being")

    juliet.page.reload()
    juliet.is_live()
    expect(juliet.box).to_have_value("three is being")
    juliet.box.press("End")
    juliet.page.keyboard.type(" typed")
    juliet.box.press("Enter")

    juliet.shows([Said("Juliet", t) for t in ("one", "two", "three is being typed")])
    romeo.expect("three is being typed")
    assert sum("Juliet has" in line for line in romeo.lines) == 1


def test_one_name_is_not_used_in_two_tabs(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    first = visit(site).join("Juliet")

    with first.page.context.expect_page() as opened:
        first.page.evaluate("void open(location.href)")
    second = visit.know(opened.value, site).is_live()
    expect(first.page.locator("#state")).to_have_text("Elsewhere")
    romeo.send_messages("only one of you hears this")
    second.hears("only one of you hears this").shows_people(romeo.name, "Juliet")

    expect(first.status).to_have_text("This chat is open in another tab.")
    assert first.said() == []
    assert (first.sockets, second.sockets) == (1, 1)
    first.page.get_by_role("button", name="Use it here").click()
    first.is_live().hears("only one of you hears this")
    second.is_live().shows_people(romeo.name, "Juliet")


def test_who_reads_only_is_told_how_to_join(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine, "--web", "read")
    romeo = sandbox.join(site.port)
    tab = visit(site).is_live()
    romeo.send_messages("anyone?")

    tab.hears("anyone?").shows_people(romeo.name)
    expect(tab.page.locator(".foot code")).to_have_text(
        re.compile(rf"client\.py 127\.0\.0\.1 {site.port}$")
    )
    expect(tab.page.locator(".foot").get_by_role("textbox")).to_have_count(0)
    expect(tab.page.locator(".foot").get_by_role("button")).to_have_count(0)
