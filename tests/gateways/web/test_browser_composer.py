"""What happens at the boxes: by keys alone, and where something is refused."""

import re

import pytest

from tests.gateways.web.browser import Tab, Visits, expect
from tests.gateways.web.site import ChatMessage, serve
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox

each_engine = pytest.mark.parametrize("engine", ENGINES)
any_engine = pytest.mark.parametrize("engine", ENGINES[:1])  # the page alone decides

FOCUSED = "document.activeElement.id"
FIVE_LETTERS = 110  # pixels, with the space around them


def tab_to(tab: Tab, place: str) -> None:
    """Press Tab until *place* has the focus; it takes a dozen at most."""
    for _ in range(12):
        if tab.page.evaluate(FOCUSED) == place:
            return
        tab.page.keyboard.press("Tab")
    raise AssertionError(f"{place} is not reached by Tab")


@each_engine
def test_one_can_join_and_speak_by_keys_alone(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    juliet = visit(site).wait_until_live()
    keyboard = juliet.page.keyboard

    tab_to(juliet, "name")
    keyboard.type("Juliet")
    keyboard.press("Enter")
    expect(juliet.box).to_be_focused()
    keyboard.type("one")
    keyboard.press("Shift+Enter")
    keyboard.type("two")
    keyboard.press("Enter")

    romeo.expect("Juliet: one\ntwo")
    expect(juliet.box).to_be_focused()
    expect(juliet.box).to_have_value("")


@any_engine
def test_the_second_half_of_a_double_click_does_nothing(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).wait_until_live()
    juliet.name_box.fill("Juliet")

    press(juliet, "Join", 1)
    expect(juliet.box).to_be_visible()
    press(juliet, None, 2)  # by now another button is there
    juliet.send("still here")
    juliet.expect_messages([ChatMessage("Juliet", "still here")])
    press(juliet, "Leave", 1)
    expect(juliet.name_box).to_have_value("Juliet")
    press(juliet, None, 2)

    juliet.wait_until_live().expect_users()
    expect(juliet.name_box).to_be_visible()


def press(tab: Tab, button: str | None, click: int) -> None:
    """Press the mouse over *button*, or where it is, as click number *click*."""
    mouse = tab.page.mouse
    if button is not None:
        place = tab.page.get_by_role("button", name=button).bounding_box()
        assert place is not None
        mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    mouse.down(click_count=click)
    mouse.up(click_count=click)


@any_engine
def test_nothing_takes_the_focus_from_what_is_being_typed(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    juliet = visit(site).join("Juliet")
    assert juliet.page.evaluate(FOCUSED) == "box"
    search = juliet.page.get_by_role("searchbox")

    search.focus()
    juliet.page.keyboard.type("half a w")
    romeo.send_messages(*map(str, range(100)))
    juliet.expect_message("99")
    juliet.page.keyboard.type("ord")

    expect(search).to_be_focused()
    expect(search).to_have_value("half a word")


@any_engine
def test_a_low_window_has_room_for_what_is_said_above_what_is_typed(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet = visit(serve(sandbox, engine)).join("Juliet")
    juliet.send("ay me")

    juliet.page.set_viewport_size({"width": 844, "height": 200})  # above a keyboard

    expect(juliet.texts).to_be_in_viewport(ratio=1)
    expect(juliet.box).to_be_in_viewport(ratio=1)
    juliet.page.get_by_role("button", name="Leave").focus()
    expect(juliet.page.get_by_role("searchbox")).to_be_visible()


@any_engine
def test_a_page_that_opens_takes_no_focus(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine)).wait_until_live()

    assert tab.page.evaluate("document.activeElement.tagName") == "BODY"


REFUSED = {
    "Romeo": "taken",
    "R\u1d0fmeo": "taken",  # with a small capital o
    "r\u043emeo": "several scripts",  # with a Cyrillic o
    "Server": "reserved",
    "127.0.0.1:80": "address",
    "x" * 40: "32",
    "   ": "at least one",
}


@each_engine
def test_a_name_that_cannot_be_had_is_told_beside_its_box(
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


@each_engine
def test_a_new_name_that_cannot_be_had_leaves_the_old_one(
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


@any_engine
def test_two_names_at_once_are_asked_for_in_order(
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


@any_engine
def test_who_comes_second_by_a_name_does_not_think_it_has_it(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    tab = visit(site).wait_until_live()
    tab.name_box.fill("Juliet")

    with sandbox.join(site.port) as other:
        tab.page.evaluate(
            """() => {
                window.sent = WebSocket.prototype.send;
                WebSocket.prototype.send = function (line) {
                    setTimeout(() => sent.call(this, line), 500);
                };
            }"""
        )
        tab.page.get_by_role("button", name="Join").click()
        other.send(b'{"type": "set-name", "data": "Juliet"}\n')
        expect(tab.page.locator("#name-error")).to_contain_text("taken")
        tab.page.evaluate("() => { WebSocket.prototype.send = sent; }")
        tab.join("Rosaline").expect_users("Juliet", "Rosaline")

    tab.expect_users("Rosaline")
    expect(tab.page.locator("#you")).to_have_text("Rosaline")


@any_engine
def test_a_refusal_of_a_name_is_gone_with_the_next_one(
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


@any_engine
def test_half_an_emoji_is_said_as_what_stands_for_it(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet = visit(serve(sandbox, engine)).join("Juliet")

    juliet.page.evaluate("document.getElementById('box').value = 'half \\ud83d'")
    juliet.box.press("Enter")

    juliet.expect_messages([ChatMessage("Juliet", "half \ufffd")])
    expect(juliet.pending).to_have_count(0)


@any_engine
def test_a_text_that_is_too_long_is_told_and_kept(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet")
    long, longest = "é" * 2049, "é" * 2048

    juliet.send(long)
    expect(juliet.page.locator("#box-error")).to_contain_text("4,098 bytes")
    expect(juliet.box).to_have_value(long)
    juliet.box.press("Backspace")
    juliet.box.press("Enter")

    juliet.expect_messages([ChatMessage("Juliet", longest)])
    expect(juliet.page.locator("#box-error")).to_be_empty()
    expect(juliet.box).to_have_value("")


@each_engine
def test_what_the_server_refuses_comes_back_into_the_box(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet")

    juliet.send("a\0b")
    expect(juliet.page.locator("#box-error")).not_to_be_empty()

    expect(juliet.box).to_have_value("a\0b")
    expect(juliet.pending).to_have_count(0)
    assert site.history() == []


@any_engine
def test_a_slip_with_a_slash_is_not_said(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet")

    juliet.send("/jion lobby")
    expect(juliet.page.locator("#box-error")).to_contain_text("/setname NAME")
    juliet.send("//jion lobby", "/setname Capulet")

    juliet.expect_messages([ChatMessage("Juliet", "/jion lobby")]).expect_users(
        "Capulet"
    )


@any_engine
def test_where_the_chat_is_full_one_is_told_so_and_goes_on_watching(
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


@any_engine
@pytest.mark.parametrize("width", [320, 360, 390])
def test_a_narrow_window_has_room_for_a_word_to_search(
    sandbox: Sandbox, visit: Visits, engine: str, width: int
) -> None:
    tab = visit(serve(sandbox, engine)).wait_until_live()
    tab.page.set_viewport_size({"width": width, "height": 640})

    box = tab.page.locator("#find").bounding_box()
    assert box is not None
    assert box["width"] >= FIVE_LETTERS
