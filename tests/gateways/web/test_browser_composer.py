"""The forms of the page: keys, focus, and messages that are not sent."""

import pytest

from tests.gateways.web.browser import Tab, Visits, expect
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.site import ChatMessage, on_asyncio, on_threads, serve
from tests.programs.sandbox import Sandbox

FOCUSED = "document.activeElement.id"
FIVE_LETTERS = 110  # pixels, with padding


def tab_to(tab: Tab, place: str) -> None:
    """Press Tab until the element *place* has the focus, at most twenty times."""
    for _ in range(20):
        if tab.page.evaluate(FOCUSED) == place:
            return
        tab.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {place}")


@on_asyncio
def test_a_user_can_join_and_send_with_the_keyboard_alone(
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


@on_asyncio
def test_the_second_click_of_a_double_click_is_ignored(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).wait_until_live()
    juliet.name_box.fill("Juliet")

    press(juliet, "Join", 1)
    expect(juliet.box).to_be_visible()
    press(juliet, None, 2)  # another button is now at this position
    juliet.send("still here")
    juliet.expect_messages([ChatMessage("Juliet", "still here")])
    juliet.page.get_by_role("button", name="Menu").click()
    press(juliet, "Leave chat", 1)
    expect(juliet.name_box).to_have_value("Juliet")
    press(juliet, None, 2)

    juliet.wait_until_live().expect_users()
    expect(juliet.name_box).to_be_visible()


def press(tab: Tab, button: str | None, click: int) -> None:
    """Click *button*, or at the mouse position; *click* counts consecutive clicks."""
    mouse = tab.page.mouse
    if button is not None:
        place = tab.page.get_by_role("button", name=button).bounding_box()
        assert place is not None
        mouse.move(place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
    mouse.down(click_count=click)
    mouse.up(click_count=click)


@on_asyncio
def test_new_messages_do_not_move_the_focus(
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


@on_asyncio
def test_a_low_window_shows_both_messages_and_the_message_box(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet = visit(serve(sandbox, engine)).join("Juliet")
    juliet.send("ay me")

    # The space above an on-screen keyboard.
    juliet.page.set_viewport_size({"width": 844, "height": 200})

    expect(juliet.texts).to_be_in_viewport(ratio=1)
    expect(juliet.box).to_be_in_viewport(ratio=1)
    juliet.page.get_by_role("button", name="Send").focus()
    expect(juliet.page.get_by_role("button", name="Search")).to_be_visible()
    leave = menu_button(juliet, "Leave chat")
    leave.focus()
    expect(leave).to_be_in_viewport(ratio=1)


@on_asyncio
@pytest.mark.parametrize(
    "size", [(390, 844), (844, 390), (932, 430), (390, 500), (320, 568)]
)
def test_a_phone_shows_at_least_seven_or_eleven_rows_of_the_chat(
    sandbox: Sandbox, visit: Visits, engine: str, size: tuple[int, int]
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site, size=size).join("Juliet")
    juliet.send("/topic what is in a name", *map(str, range(10, 30)))
    juliet.expect_message("29")

    least = 11 if size == (390, 844) else 7
    for at in range(-least, 0):
        expect(juliet.texts.nth(at)).to_be_in_viewport(ratio=1)
    parts = "header, .head, .head :not(.topic, .unseen), aside, .foot"
    parts += ", .foot :not(.unseen)"
    assert juliet.overflowing(parts) == []
    for name in ("Send", "Rooms", "Menu"):
        expect(juliet.page.get_by_role("button", name=name)).to_be_in_viewport()
    juliet.page.get_by_role("button", name="Menu").click()
    expect(juliet.page.locator("#settings #you")).to_be_in_viewport(ratio=1)
    assert juliet.overflowing("#settings, #settings :not(.unseen)") == []
    for name in ("Topic", "Leave room", "Theme", "Change name", "Leave chat"):
        expect(juliet.page.get_by_role("button", name=name)).to_be_in_viewport()
    juliet.page.keyboard.press("Escape")
    if size[0] < 900:  # else the list is beside the chat
        juliet.page.locator("#people summary").click()
    expect(juliet.page.locator("#names .name")).to_be_in_viewport(ratio=1)


@on_asyncio
def test_a_new_page_does_not_move_the_focus(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine)).wait_until_live()

    assert tab.page.evaluate("document.activeElement.tagName") == "BODY"


@on_asyncio
def test_a_lone_surrogate_is_sent_as_a_replacement_character(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet = visit(serve(sandbox, engine)).join("Juliet")

    juliet.page.evaluate("document.getElementById('box').value = 'half \\ud83d'")
    juliet.box.press("Enter")

    juliet.expect_messages([ChatMessage("Juliet", "half \ufffd")])
    expect(juliet.pending).to_have_count(0)


@on_asyncio
def test_a_text_that_is_too_long_stays_in_the_box_with_an_error(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet")
    long, longest = "é" * 2049, "é" * 2048

    juliet.send(long)
    expect(juliet.page.locator("#box-error")).to_contain_text("4,098 bytes")
    expect(juliet.box).to_have_value(long)
    expect(juliet.box).to_have_attribute("aria-invalid", "true")
    juliet.box.press("Backspace")
    juliet.box.press("Enter")

    juliet.expect_messages([ChatMessage("Juliet", longest)])
    expect(juliet.page.locator("#box-error")).to_be_empty()
    expect(juliet.box).to_have_attribute("aria-invalid", "false")
    expect(juliet.box).to_have_value("")


@on_threads
def test_a_refused_message_returns_to_the_box(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet")

    juliet.send("a\0b")
    expect(juliet.page.locator("#box-error")).not_to_be_empty()

    expect(juliet.box).to_have_value("a\0b")
    expect(juliet.pending).to_have_count(0)
    assert site.history() == []


@on_asyncio
def test_an_unknown_command_is_not_sent(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet")

    juliet.send("/jion lobby")
    expect(juliet.page.locator("#box-error")).to_contain_text("no command /jion here")
    juliet.send("//jion lobby", "/setname Capulet")

    juliet.expect_messages([ChatMessage("Juliet", "/jion lobby")]).expect_users(
        "Capulet"
    )


@on_asyncio
def test_a_command_about_accounts_points_to_the_menu_and_is_not_kept(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet = visit(serve(sandbox, engine)).join("Juliet")

    for command in ("/login Juliet wherefore", "/PASSWD wherefore", "/devices"):
        juliet.send(command)
        expect(juliet.page.locator("#box-error")).to_contain_text("in the menu")
        expect(juliet.box).to_have_value("")

    assert "wherefore" not in juliet.page.evaluate("JSON.stringify(sessionStorage)")


@on_asyncio
@pytest.mark.parametrize("width", [320, 360, 390])
def test_the_search_box_fits_five_letters_in_a_narrow_window(
    sandbox: Sandbox, visit: Visits, engine: str, width: int
) -> None:
    tab = visit(serve(sandbox, engine)).wait_until_live()
    tab.page.set_viewport_size({"width": width, "height": 640})

    tab.page.get_by_role("button", name="Search").click()
    box = tab.page.get_by_role("dialog").get_by_role("searchbox").bounding_box()
    assert box is not None
    assert box["width"] >= FIVE_LETTERS


@on_asyncio
def test_what_may_be_a_command_is_sent_only_after_a_second_enter(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet = visit(serve(sandbox, engine)).join("Juliet")
    error = juliet.page.locator("#box-error")

    for typed in (" /leave", "\\join dev"):
        juliet.send(typed)
        expect(error).to_contain_text("Did you mean the command /")
        expect(juliet.box).to_have_value(typed)
        juliet.box.press("Enter")
        juliet.expect_message(typed)

    juliet.send("/TOPIC what is in a name", "/constructor")
    expect(juliet.page.locator("#topic")).to_have_text("what is in a name")
    expect(error).to_contain_text("There is no command /constructor here")


@on_asyncio
def test_help_lists_the_commands_and_leaves_an_empty_box(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    juliet = visit(serve(sandbox, engine)).join("Juliet")

    juliet.send("/help")

    commands = juliet.page.get_by_role("dialog", name="Commands")
    expect(commands).to_contain_text("/topic TEXT")
    commands.get_by_role("button", name="Close").click()
    expect(commands).to_have_count(0)
    expect(juliet.box).to_have_value("")
    expect(juliet.box).to_be_focused()
    juliet.send("/nick Capulet")
    juliet.expect_users("Capulet")


@on_asyncio
def test_pasted_lines_are_one_message(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet")
    row = juliet.box.bounding_box()

    juliet.page.keyboard.insert_text("one\ntwo\nthree")
    grown = juliet.box.bounding_box()
    juliet.box.press("Enter")

    juliet.expect_message("one\ntwo\nthree")
    expect(juliet.box).to_have_value("")
    assert row is not None
    assert grown is not None
    assert grown["height"] > row["height"] + 2 * 20
    assert juliet.box.bounding_box() == row
    assert site.history() == [ChatMessage("Juliet", "one\ntwo\nthree")]
