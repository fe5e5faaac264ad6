"""The list of rooms by keyboard, and as a drawer in a narrow window."""

import pytest

from tests.gateways.web.browser import NARROW, Tab, Visits, expect
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.site import serve
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox

# The server is not involved.
pytestmark = pytest.mark.parametrize("engine", ENGINES[:1])

FOCUSED = (
    "document.activeElement.closest('a, button, input, summary, textarea').textContent"
)


def tab_to(tab: Tab, text: str) -> None:
    """Press Tab until the element with *text* has the focus."""
    for _ in range(20):
        if tab.page.evaluate(f"{FOCUSED}.trim()") == text:
            return
        tab.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {text}")


def test_rooms_are_joined_and_shown_with_the_keyboard_alone(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine)).join("Romeo")
    keyboard = tab.page.keyboard
    keyboard.type("/join dev")
    keyboard.press("Enter")
    tab.expect_room("#dev")

    keyboard.type("half a line")
    keyboard.press("Alt+ArrowUp")
    tab.expect_room("#lobby")
    expect(tab.box).to_be_focused()
    keyboard.press("Alt+ArrowUp")
    tab.expect_room("#dev")
    expect(tab.box).to_have_value("half a line")
    tab.page.locator("body").press("Control+Home")
    tab.page.evaluate("document.querySelector('.brand').focus()")
    tab_to(tab, "#lobby")
    keyboard.press("Enter")
    tab.expect_room("#lobby")

    expect(tab.room_link("#lobby")).to_be_focused()
    tab.page.locator("#settings-button").focus()
    keyboard.press("Enter")
    tab_to(tab, "Leave room")
    keyboard.press("Enter")
    expect(tab.page.get_by_role("button", name="Join #lobby")).to_be_visible()


def test_a_person_is_chosen_with_the_keyboard_alone(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    visit(site).join("Juliet")
    romeo = visit(site).join("Romeo").expect_users("Juliet", "Romeo")
    romeo.page.evaluate("document.querySelector('#people summary').focus()")

    romeo.page.keyboard.press("Tab")
    romeo.page.keyboard.press("Tab")
    romeo.page.keyboard.press("Enter")
    expect(romeo.page.get_by_role("dialog", name="Juliet")).to_be_visible()
    romeo.page.keyboard.press("Escape")
    expect(romeo.page.get_by_role("dialog")).to_have_count(0)
    romeo.page.keyboard.press("Enter")
    romeo.page.keyboard.press("Enter")

    romeo.expect_room("Juliet")


def test_the_topic_is_changed_with_the_keyboard_alone(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine)).join("Romeo")
    edit = tab.page.get_by_role("button", name="Topic")

    edit.press("Enter")
    tab.page.keyboard.type("the balcony")
    tab.page.keyboard.press("Escape")
    expect(edit).to_be_focused()
    expect(tab.page.locator("#topic")).to_be_empty()
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.type("the orchard")
    tab.page.keyboard.press("Enter")

    expect(tab.page.locator("#topic")).to_have_text("the orchard")
    expect(edit).to_be_focused()


def test_a_tap_shows_all_of_a_long_topic_in_a_narrow_window(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site, size=NARROW).join("Romeo")
    topic = romeo.page.locator("#topic")
    text = "what we build " * 13 + "z" * 18
    romeo.send(f"/topic {text}")
    expect(topic).to_have_text(text)
    assert romeo.overflowing("#topic")
    title, menu = romeo.page.locator("#title"), romeo.page.locator("#settings-button")
    places = title.bounding_box(), menu.bounding_box()

    topic.click()

    assert (title.bounding_box(), menu.bounding_box()) == places
    assert romeo.overflowing("#topic, #head button") == []
    expect(menu_button(romeo, "Leave room")).to_be_in_viewport(ratio=1)
    romeo.page.keyboard.press("Escape")
    topic.click()
    for size in (NARROW, (320, 640), (1000, 700)):
        romeo.expect_to_fit(size)
    romeo.box.click()
    assert romeo.overflowing("#topic")


def test_a_narrow_window_has_the_rooms_in_a_drawer(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    juliet = visit(site, size=NARROW).join("Juliet")
    juliet.send("/join dev")
    expect(juliet.page.locator("#title")).to_have_text("#dev")
    juliet.send("/join ops")
    expect(juliet.page.locator("#title")).to_have_text("#ops")
    drawer = juliet.page.get_by_role("navigation", name="Rooms")
    menu = juliet.page.get_by_role("button", name="Rooms")

    romeo.send("one", "two")
    expect(menu).to_have_accessible_name("Rooms 2 unread")
    expect(drawer).to_have_count(0)
    menu.click()
    juliet.expect_notes("#dev", "2 unread").page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(menu).to_be_focused()
    menu.press("Enter")
    juliet.room_link("#dev").click()

    expect(drawer).to_have_count(0)
    juliet.expect_message("two")
    expect(juliet.box).to_be_in_viewport(ratio=1)
    for size in (NARROW, (320, 640), (1000, 700)):
        juliet.expect_to_fit(size)


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_rooms_have_no_accessibility_violations(
    sandbox: Sandbox, visit: Visits, engine: str, is_dark: bool
) -> None:
    # One long test, because each state starts from the previous one.
    from axe_playwright_python.sync_playwright import Axe

    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    tab = visit(site, is_dark=is_dark).ignore_errors("status of 404").join("Juliet")
    violations: list[tuple[str, str, str]] = []

    def check(state: str) -> None:
        found = Axe().run(tab.page).response["violations"]
        violations.extend(
            (state, each["id"], each["nodes"][0]["html"]) for each in found
        )

    tab.join_room("dev").open_room("#lobby")
    romeo.send("hello, Juliet", "/msg Juliet psst")
    tab.expect_notes("#dev", "@1 with your name, 1 unread")
    tab.expect_notes("Romeo", "1 unread")
    check("unread messages")
    tab.open_room("#dev").page.get_by_role("button", name="Topic").click()
    check("new messages, form for the topic")
    tab.open_room("Romeo")
    check("direct messages")
    tab.send("/help")
    check("commands")
    tab.page.keyboard.press("Escape")
    tab.page.locator("#names").get_by_role("button", name="Romeo").click()
    check("person")
    tab.page.keyboard.press("Escape")
    menu_button(tab.open_room("#dev"), "Leave room").click()
    expect(tab.page.locator("#outside-text")).to_be_visible()
    check("left")
    tab.page.get_by_text("+ Room").click()
    check("form for a room")
    tab.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    check("narrow")
    tab.page.locator("#people summary").click()
    check("people")
    tab.page.locator("#people-close").click()
    tab.page.get_by_role("button", name="Rooms").click()
    check("drawer")
    for path in ("r/dev", "rooms", "search?q=a&room=dev", "r/ops"):
        tab.go(path)
        check(path)

    assert violations == []
