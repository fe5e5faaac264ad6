"""Requests for names, and names that are refused."""

import re

from tests.gateways.web.browser import Visits, expect
from tests.gateways.web.site import ChatMessage, on_asyncio, on_threads, serve
from tests.programs.sandbox import Sandbox

REFUSED = {
    "Romeo": "taken",
    "R\u1d0fmeo": "taken",  # with a small capital o
    "r\u043emeo": "several scripts",  # with a Cyrillic o
    "Server": "reserved",
    "127.0.0.1:80": "address",
    "x" * 40: "32",
    "   ": "at least one",
}


@on_asyncio
def test_a_refused_name_is_explained_beside_its_box(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    romeo.send(b'{"type": "set-name", "data": "Romeo"}\n')
    romeo.expect("renamed to Romeo")
    tab = visit(site).wait_until_live()

    for name, reason in REFUSED.items():
        tab.request_name(name)
        expect(tab.page.locator("#name-error")).to_contain_text(reason)
        expect(tab.name_box).to_have_accessible_description(re.compile(reason))
        expect(tab.name_box).to_have_value(name)

    tab.join("Juliet").expect_users("Juliet", "Romeo")
    expect(tab.page.locator("#name-error")).to_be_empty()


@on_threads
def test_a_refused_rename_keeps_the_old_name(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    visit(site).join("Romeo")
    juliet = visit(site).join("Juliet")

    juliet.rename("Romeo")
    expect(juliet.page.locator("#name-error")).to_contain_text("taken")
    juliet.page.get_by_role("button", name="Cancel").click()
    juliet.send("still me")

    juliet.expect_messages([ChatMessage("Juliet", "still me")]).expect_users(
        "Juliet", "Romeo"
    )


@on_asyncio
def test_two_names_at_once_are_requested_in_order(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    visit(site).join("Romeo")
    juliet = visit(site).wait_until_live()

    for names in (["Juliet", "Capulet"], ["Romeo", "Montague"]):
        juliet.page.evaluate(
            """(names) => {
                for (const name of names) {
                    document.getElementById("name").value = name;
                    document.getElementById("join").requestSubmit();
                }
            }""",
            names,
        )
        expect(juliet.page.locator("#you")).to_have_text(names[1])
        juliet.expect_users(*sorted([names[1], "Romeo"]))

    juliet.send("it is I")
    juliet.expect_messages([ChatMessage("Montague", "it is I")])


@on_asyncio
def test_a_page_that_loses_the_race_for_a_name_shows_an_error(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    tab = visit(site).wait_until_live()
    tab.name_box.fill("Juliet")

    with sandbox.join(site.port) as other:
        tab.page.evaluate(
            """() => {
                window.send = WebSocket.prototype.send;
                WebSocket.prototype.send = function (line) {
                    setTimeout(() => send.call(this, line), 500);
                };
            }"""
        )
        tab.page.get_by_role("button", name="Join").click()
        other.send(b'{"type": "set-name", "data": "Juliet"}\n')
        expect(tab.page.locator("#name-error")).to_contain_text("taken")
        tab.page.evaluate("() => { WebSocket.prototype.send = window.send; }")
        tab.join("Rosaline").expect_users("Juliet", "Rosaline")

    tab.expect_users("Rosaline")
    expect(tab.page.locator("#you")).to_have_text("Rosaline")


@on_asyncio
def test_an_accepted_name_removes_the_error_of_a_refused_one(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    visit(site).join("Romeo")
    juliet = visit(site).join("Juliet")
    error = juliet.page.locator("#box-error")

    juliet.send("/setname Romeo")
    expect(error).to_contain_text("taken")
    juliet.rename("Capulet")

    expect(juliet.page.locator("#you")).to_have_text("Capulet")
    expect(error).to_be_empty()


@on_asyncio
def test_a_page_that_cannot_join_a_full_chat_continues_to_watch(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine, "--max-users", "1")
    romeo = sandbox.join(site.port)
    juliet = visit(site).wait_until_live()

    juliet.name_box.fill("Juliet")
    juliet.page.keyboard.press("Enter")
    expect(juliet.page.locator("#name-error")).to_contain_text("full")
    romeo.send_messages("anyone?")

    expect(juliet.page.get_by_text("anyone?")).to_be_visible()
    expect(juliet.name_box).to_have_value("Juliet")
