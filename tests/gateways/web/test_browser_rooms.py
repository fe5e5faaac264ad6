"""Many rooms on one page: unread messages, joining, leaving, topics and drafts."""

import json
import re

from tests.gateways.web.browser import Tab, Visits, expect
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.site import ChatMessage, Site, on_asyncio, on_threads, serve
from tests.programs.sandbox import Sandbox


def meet(visit: Visits, site: Site, *rooms: str) -> tuple[Tab, Tab]:
    """Return two users who are in the lobby, which they see, and in *rooms*."""
    romeo, juliet = visit(site).join("Romeo"), visit(site).join("Juliet")
    for tab in (romeo, juliet):
        for room in rooms:
            tab.join_room(room)
        tab.open_room("#lobby")
    return romeo, juliet


@on_asyncio
def test_messages_of_other_rooms_are_counted_until_they_are_seen(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, juliet = meet(visit, site, "dev")
    romeo.open_room("#dev").send("one", "two", "O Juliet, look", "Juliette")

    juliet.expect_notes("#dev", "@1 with your name, 4 unread")
    expect(juliet.page).to_have_title("(4) #lobby \N{EN DASH} Parlour")
    expect(juliet.texts).to_have_count(0)
    juliet.open_room("#dev")

    juliet.expect_messages(
        [ChatMessage("Romeo", t) for t in ("one", "two", "O Juliet, look", "Juliette")]
    )
    juliet.expect_notes("#dev")
    expect(juliet.page).to_have_title("#dev \N{EN DASH} Parlour")
    expect(juliet.page.locator("#log .new + .message .text")).to_have_text("one")
    juliet.open_room("#lobby").open_room("#dev")
    expect(juliet.page.locator("#log .new")).to_have_count(0)


@on_threads
def test_unread_messages_are_still_counted_after_a_reload(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, juliet = meet(visit, site, "dev")
    romeo.open_room("#dev").send("seen")
    juliet.open_room("#dev").expect_message("seen").open_room("#lobby")
    romeo.send("one")
    juliet.expect_notes("#dev", "1 unread")

    juliet.page.reload()
    juliet.wait_until_live().expect_notes("#dev", "1 unread")
    romeo.send("two")
    juliet.expect_notes("#dev", "2 unread").open_room("#dev")

    juliet.expect_messages([ChatMessage("Romeo", t) for t in ("seen", "one", "two")])
    expect(juliet.page.locator("#log .new + .message .text")).to_have_text("one")


@on_asyncio
def test_the_history_of_a_room_is_loaded_when_it_is_opened(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    romeo.page.evaluate(
        """() => {
            for (let number = 1; number <= 70; number++) {
                document.getElementById("box").value = `number ${number}`;
                document.getElementById("say").requestSubmit();
                if (number % 40 === 0) break;
            }
        }"""
    )
    romeo.expect_message("number 40")
    romeo.send(*[f"number {each}" for each in range(41, 71)])
    romeo.expect_message("number 70")

    juliet = visit(site).join("Juliet").join_room("dev")
    expect(juliet.texts).to_have_text([f"number {n}" for n in range(21, 71)])
    juliet.page.get_by_role("link", name="Older messages").click()

    expect(juliet.texts).to_have_text([f"number {n}" for n in range(1, 71)])
    expect(juliet.page.locator("#log .day")).to_have_count(1)


@on_threads
def test_a_user_can_join_and_leave_a_room(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, juliet = meet(visit, site, "dev")
    romeo.open_room("#dev").expect_users("Juliet", "Romeo")

    menu_button(juliet.open_room("#dev"), "Leave room").click()
    romeo.expect_users("Romeo")
    enter = juliet.page.get_by_role("button", name="Join #dev")
    expect(enter).to_be_visible()
    romeo.send("while you were out")
    enter.click()

    romeo.expect_users("Juliet", "Romeo")
    juliet.expect_messages([ChatMessage("Romeo", "while you were out")])
    juliet.send("/leave")
    expect(enter).to_be_visible()
    juliet.open_room("#lobby")
    expect(juliet.room_link("#dev")).to_have_attribute("href", "/r/dev")
    juliet.page.reload()
    juliet.wait_until_live().expect_room("#lobby")
    assert site.users() == ["Juliet", "Romeo"]


@on_asyncio
def test_the_form_joins_a_room_or_says_why_not(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine)).join("Romeo")
    box = tab.page.get_by_role("textbox", name="Join a room")

    expect(box).to_have_count(0)
    tab.page.get_by_text("+ Room").click()
    expect(box).to_be_focused()
    box.fill("not a room")
    box.press("Enter")
    expect(tab.page.locator("#go-error")).to_contain_text("letters, digits")
    box.fill("#Dev")
    box.press("Enter")

    tab.expect_room("#dev")
    expect(tab.page).to_have_url(f"{tab.url}r/dev")
    expect(tab.page.locator("#go-error")).to_be_empty()
    expect(box).to_have_count(0)


@on_asyncio
def test_the_form_for_a_room_opens_with_the_keyboard_and_without_scripts(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine), has_scripts=False)

    tab.page.locator("#go summary").press("Enter")
    box = tab.page.get_by_role("textbox", name="Go to a room")
    box.fill("dev")
    with tab.ignore_errors("404").page.expect_navigation(url="**/r/dev"):
        box.press("Enter")

    expect(tab.page.locator("#title")).to_have_text("#dev")


@on_threads
def test_members_set_the_topic_of_a_room(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, juliet = meet(visit, site, "dev")
    romeo.open_room("#dev").send("/topic <b>what</b> we build")
    topic = juliet.open_room("#dev").page.locator("#topic")
    expect(topic).to_have_text("<b>what</b> we build")

    juliet.page.get_by_role("button", name="Topic").click()
    box = juliet.page.get_by_role("textbox", name="Topic of the room")
    expect(box).to_have_value("<b>what</b> we build")
    box.fill("y" * 201)
    expect(box).to_have_value("y" * 200)
    box.fill("what we have built")
    box.press("Enter")

    expect(romeo.page.locator("#topic")).to_have_text("what we have built")
    notice = "Juliet changed the topic to what we have built"
    expect(romeo.page.locator("#log .notice").last).to_have_text(notice)
    expect(visit(site, "r/dev").page.locator("#topic")).to_have_text(
        "what we have built"
    )
    romeo.send('/topic ""')
    expect(topic).to_be_empty()


@on_asyncio
def test_a_day_has_one_heading_in_a_room_with_a_history(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = visit(site).join("Romeo").join_room("dev")
    romeo.send("before")
    romeo.expect_message("before")

    juliet = visit(site).join("Juliet").join_room("dev").expect_message("before")
    juliet.send("after")
    juliet.expect_message("after")

    expect(juliet.page.locator("#log .day")).to_have_count(1)


@on_threads
def test_a_reload_does_not_show_that_the_user_joined(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    juliet = visit(site).join("Juliet")
    juliet.send("in the lobby")
    juliet.expect_message("in the lobby")
    juliet.join_room("dev").send("in dev")
    juliet.expect_message("in dev")
    notices = juliet.page.locator("#log .notice")
    expect(notices).to_have_text(["Juliet joined"])

    juliet.page.reload()
    juliet.wait_until_live().expect_users("Juliet")
    juliet.send("again")
    juliet.expect_message("again")
    expect(notices).to_have_count(0)
    juliet.open_room("#lobby").expect_message("in the lobby")

    expect(notices).to_have_count(0)


@on_asyncio
def test_each_room_has_its_own_draft(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    tab = visit(serve(sandbox, engine)).join("Romeo").join_room("dev")
    tab.box.fill("for dev")

    tab.open_room("#lobby")
    expect(tab.box).to_have_value("")
    tab.box.fill("for the lobby")
    tab.open_room("#dev")
    expect(tab.box).to_have_value("for dev")
    tab.page.reload()
    tab.wait_until_live()

    expect(tab.box).to_have_value("for dev")
    tab.open_room("#lobby")
    expect(tab.box).to_have_value("for the lobby")


@on_asyncio
def test_a_rename_is_shown_in_every_room_of_the_user(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, juliet = meet(visit, site, "dev")

    romeo.rename("Montague")

    juliet.expect_users("Juliet", "Montague")
    juliet.open_room("#dev").expect_users("Juliet", "Montague")
    notices = juliet.page.locator("#log .notice")
    expect(notices.last).to_have_text(re.compile("Montague"))
    menu_button(romeo.open_room("#lobby"), "Leave room").click()
    juliet.open_room("#lobby").expect_users("Juliet")
    romeo.rename("Romeo")
    juliet.open_room("#dev").expect_users("Juliet", "Romeo")
    juliet.open_room("#lobby").expect_users("Juliet")


@on_asyncio
def test_a_page_can_be_in_a_hundred_rooms_with_long_names(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    names = [f"{'漢' * 29}{number:03}" for number in range(100)]
    rooms = json.dumps([{"name": name} for name in names])
    tab = visit.prepare(serve(sandbox, engine))
    tab.store(rooms=rooms, name='"Romeo"')
    tab.go().wait_until_live()
    expect(tab.page.locator("#room-list a.place")).to_have_count(101)

    tab.open_room(f"#{names[50]}").send("here")
    tab.expect_message("here").page.reload()
    tab.wait_until_live().expect_room(f"#{names[50]}").send("and again")

    tab.expect_messages([ChatMessage("Romeo", t) for t in ("here", "and again")])
    expect(tab.page.locator("#room-list a.place")).to_have_count(100)
    assert tab.overflowing("#room-list a") == []


@on_asyncio
def test_messages_are_counted_while_the_tab_is_hidden(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo, juliet = meet(visit, site)
    hide = """(isHidden) => {
        const value = { value: isHidden, configurable: true };
        Object.defineProperty(document, "hidden", value);
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    juliet.page.evaluate(hide, True)

    romeo.send("one", "two")
    expect(juliet.page).to_have_title("(2) #lobby \N{EN DASH} Parlour")
    juliet.page.evaluate(hide, False)

    expect(juliet.page).to_have_title("#lobby \N{EN DASH} Parlour")
    expect(juliet.page.locator("#log .new + .message .text")).to_have_text("one")
