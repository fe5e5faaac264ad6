"""Keeping order in a real browser: menus, dialogs, commands, and what others see."""

import re

import pytest

from tests.gateways.web.account_forms import enter, field, press
from tests.gateways.web.browser import (
    MOMENT,
    NARROW,
    WIDE,
    Locator,
    Tab,
    Visits,
    expect,
)
from tests.gateways.web.moderated_room import ann, bob, gateway, open_as
from tests.gateways.web.running_gateway import RunningGateway

__all__ = ["ann", "bob", "gateway"]


def rows(tab: Tab) -> Locator:
    """The rows about what moderators did."""
    return tab.page.locator("#log .act")


def person(tab: Tab, name: str) -> Locator:
    """Open the dialog about a user in the list."""
    tab.page.locator("#names").get_by_role("button", name=name).click()
    return tab.page.get_by_role("dialog", name=name)


def choose(tab: Tab, name: str, act: str) -> Locator:
    """Choose what to do with a user, and return the dialog that asks for details."""
    person(tab, name).get_by_role("button", name=act).click()
    dialog = tab.page.locator("#order")
    expect(dialog).to_be_visible()
    return dialog


def expect_rows(tab: Tab, *texts: str) -> None:
    """Wait until the last rows about what moderators did match *texts*."""
    for at, text in enumerate(reversed(texts)):
        row = rows(tab).nth(-1 - at)
        expect(row).to_have_text(re.compile(f"^{text}$"))


def test_a_moderator_mutes_a_user_by_the_menu_of_the_user(ann: Tab, bob: Tab) -> None:
    dialog = choose(ann, "Bob", "Mute")
    expect(dialog.get_by_role("heading")).to_have_text("Mute Bob")
    expect(field(ann, "For how long")).to_be_focused()
    field(ann, "For how long").fill("10m")
    field(ann, "Why").fill("noise")
    field(ann, "Why").press("Enter")

    expect(dialog).to_be_hidden()
    for tab in (ann, bob):
        expect_rows(tab, f"Ann has muted Bob until {MOMENT}: noise")
    standing = f"You are muted in #dev until {MOMENT}, by Ann: noise\\."
    expect(bob.page.locator("#standing")).to_have_text(re.compile(standing))
    focused = ann.page.locator("#names button:focus")
    expect(focused).to_have_text("Bob")


def test_one_who_is_muted_keeps_the_text_and_reads_why(ann: Tab, bob: Tab) -> None:
    ann.send("/mute Bob forever noise")
    expect(bob.page.locator("#standing")).to_be_visible()

    bob.send("let me speak")

    reason = "You are muted in #dev until somebody lifts it, by Ann: noise."
    expect(bob.page.locator("#box-error")).to_have_text(reason)
    expect(bob.box).to_have_value("let me speak")
    ann.send("/unmute Bob")
    expect(bob.page.locator("#standing")).to_be_hidden()
    bob.box.press("Enter")
    ann.expect_message("let me speak")


def test_a_mute_is_shown_again_after_a_reload(ann: Tab, bob: Tab) -> None:
    ann.send("/mute Bob 1h noise")
    expect(bob.page.locator("#standing")).to_be_visible()

    bob.page.reload()

    standing = re.compile(f"You are muted in #dev until {MOMENT}, by Ann: noise")
    expect(bob.page.locator("#standing")).to_have_text(standing)
    bob.send("/why")
    expect_rows(bob, f"You are muted in #dev until {MOMENT}, by Ann: noise")


def test_a_wrong_time_and_a_refusal_are_shown_in_the_dialog(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    ada = open_as(gateway, visit, "Ada")
    dialog = choose(ann, "Ada", "Ban")
    error = dialog.get_by_role("alert")

    field(ann, "For how long").fill("soon")
    press(ann, "Ban")
    expect(error).to_contain_text("A time is a number and a unit, such as 10m")
    expect(field(ann, "For how long")).to_be_focused()
    field(ann, "For how long").fill("2H")
    press(ann, "Ban")

    expect(error).to_have_text(
        "Only somebody with a higher role can do that to an admin."
    )
    press(ann, "Cancel")
    expect(dialog).to_be_hidden()
    expect(rows(ada)).to_have_count(0)


def test_one_who_is_removed_reads_by_whom_and_may_return(ann: Tab, bob: Tab) -> None:
    choose(ann, "Bob", "Remove")
    field(ann, "Why").fill("enough")
    press(ann, "Remove")

    outside = bob.page.locator("#outside")
    expect(outside).to_contain_text("Ann has removed you: enough.")
    ann.expect_users("Ann")
    press(bob, "Join #dev")
    ann.expect_users("Ann", "Bob")


def test_one_who_is_banned_from_a_room_reads_why_also_after_a_reload(
    ann: Tab, bob: Tab
) -> None:
    ann.send("/ban Bob 2h spam")
    outside = bob.page.locator("#outside")
    expect(outside).to_contain_text(
        re.compile(f"Ann has banned you until {MOMENT}: spam")
    )

    press(bob, "Join #dev")

    reason = re.compile(f"You are banned from #dev until {MOMENT}, by Ann: spam")
    expect(bob.page.locator("#box-error")).to_have_text(reason)
    ann.send("/unban Bob")
    press(bob, "Join #dev")
    expect(bob.box).to_be_visible()


def test_a_number_without_quotes_is_that_of_a_ban(
    gateway: RunningGateway, visit: Visits, ann: Tab, bob: Tab
) -> None:
    visit(gateway.url, "r/dev").join("1").expect_room("#dev")
    ann.expect_users("1", "Ann", "Bob")
    ann.send("/ban Bob")
    ann.expect_users("1", "Ann")
    ann.send("/ban 1")
    ann.expect_users("Ann")

    ann.send("/unban 1")
    expect(rows(ann).last).to_contain_text("lifted the ban of Bob")
    ann.send('/unban "1"')
    expect(rows(ann).last).to_contain_text("lifted the ban of 1")
    expect(bob.page.locator("#outside")).to_be_visible()


def test_a_page_that_is_banned_says_why_and_does_not_reconnect(
    gateway: RunningGateway, visit: Visits, bob: Tab
) -> None:
    ada = open_as(gateway, visit, "Ada")

    choose(ada, "Bob", "Ban")
    field(ada, "Where").select_option("On the whole server")
    field(ada, "For how long").fill("2h")
    field(ada, "Why").fill("spam")
    press(ada, "Ban")

    said = re.compile(f"You are banned until {MOMENT}, by Ada: spam")
    expect(bob.status.filter(has_text="banned")).to_have_text(said)
    expect(bob.page.locator("#state")).to_have_text("Banned")
    expect_rows(ada, "Done: Bob is banned on the whole server.*--server Bob")
    before = bob.sockets
    bob.page.evaluate("dispatchEvent(new Event('online'))")
    press(bob, "Try again")
    expect(bob.page.locator("#state")).to_have_text("Banned")
    assert bob.sockets == before + 1, "only by the button"
    bob.page.reload()
    expect(bob.status.filter(has_text="banned")).to_have_text(said)
    ada.send("/unban --server Bob")
    press(bob, "Try again")
    bob.wait_until_live()


def test_a_mute_on_the_whole_server_is_shown_to_the_muted_alone(
    gateway: RunningGateway, visit: Visits, ann: Tab, bob: Tab
) -> None:
    ada = open_as(gateway, visit, "Ada")

    ada.send('/mute --server "Bob" 1h noise')

    standing = bob.page.locator("#standing")
    said = re.compile(
        f"You are muted on the whole server until {MOMENT}, by Ada: noise"
    )
    expect(standing).to_have_text(said)
    ada.send("/unmute --server 01")
    expect(ada.page.locator("#box-error")).to_contain_text("Nobody with that name")
    ada.send("/unmute --server 1")
    expect(standing).to_be_hidden()
    expect_rows(ada, "Done: mute 1 is lifted on the whole server")
    expect(rows(ann)).to_have_count(0)


def test_a_locked_and_a_slow_room_say_so(ann: Tab, bob: Tab) -> None:
    standing = bob.page.locator("#standing")

    ann.send("/slow 30")
    expect(standing).to_have_text("Slow mode: one message in 30 seconds.")
    ann.send("/lock")
    expect(standing).to_have_text("#dev is locked: only moderators speak.")
    expect(ann.page.locator("#standing")).to_be_hidden()
    bob.send("hello?")
    expect(bob.page.locator("#box-error")).to_have_text(
        "#dev is locked: only moderators speak."
    )
    bob.page.reload()
    expect(standing).to_have_text("#dev is locked: only moderators speak.")
    ann.send("/unlock", "/slow off")

    expect(standing).to_be_hidden()
    expect_rows(bob, "Ann has unlocked the room", "Ann has ended slow mode")


def test_the_menus_follow_the_role(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    meg = open_as(gateway, visit, "Meg")
    acts = meg.page.locator("#person-order")
    link = meg.page.locator("#keep-order")
    person(meg, "Ann")
    expect(acts).to_be_hidden()
    press(meg, "Cancel")
    expect(link).to_have_attribute("hidden", "")

    choose(ann, "Meg", "Role")
    press(ann, "Give the role")
    expect_rows(meg, "Ann has made Meg a moderator")
    expect(link).not_to_have_attribute("hidden", "")
    person(meg, "Ann")
    expect(acts).to_be_visible()
    expect(acts.get_by_role("button", name="Role")).to_be_hidden()
    press(meg, "Cancel")
    meg.page.reload()
    expect(link).not_to_have_attribute("hidden", "")

    ann.send("/role Meg member")
    expect(link).to_have_attribute("hidden", "")
    meg.send("/bans")
    expect(meg.page.locator("#box-error")).to_have_text("Only moderators may do that.")


def test_a_room_is_given_away(gateway: RunningGateway, visit: Visits, ann: Tab) -> None:
    meg = open_as(gateway, visit, "Meg")

    ann.send("/role meg owner")

    expect_rows(meg, "Ann has made Meg the owner of the room")
    person(ann, "Meg")
    acts = ann.page.locator("#person-order")
    expect(acts).to_be_visible()
    expect(acts.get_by_role("button", name="Role")).to_be_hidden()


def test_the_page_of_the_room_opens_over_the_chat(ann: Tab, bob: Tab) -> None:
    ann.send("/mute Bob noise")
    menu_link(ann, "Keep order").click()
    over = ann.page.get_by_role("dialog", name="Keep order")
    expect(over).to_contain_text("Muted until it is lifted")

    over.get_by_role("button", name="Lift number 1, of Bob").click()

    expect(over.get_by_role("status")).to_have_text("Done: the user may speak again.")
    expect(over.get_by_role("status")).to_be_focused()
    expect_rows(bob, "Ann lets Bob speak again")
    over.get_by_label("Whom").fill("nobody")
    ann.ignore_errors("status of 422")
    over.get_by_role("button", name="Carry out").click()
    expect(over.get_by_label("Whom")).to_be_focused()
    expect(over.get_by_role("alert").filter(has_text="Nobody")).to_be_visible()
    expect(over.get_by_label("Whom")).to_have_value("nobody")
    press(ann, "Back to the chat")
    expect(over).to_be_hidden()
    ann.expect_room("#dev")


def test_an_announcement_is_told_in_all_rooms(
    gateway: RunningGateway, visit: Visits, bob: Tab
) -> None:
    ada = open_as(gateway, visit, "Ada")
    bob.join_room("garden")

    ada.send("/announce the server restarts at <b>noon</b>")

    text = "Announcement by Ada: the server restarts at <b>noon</b>"
    for tab in (ada, bob, bob.open_room("#dev")):
        announcement = tab.page.locator("#log .announcement")
        expect(announcement).to_have_text(text)
        expect(announcement).to_be_visible()


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("/kick", "Usage: /kick NAME [REASON]."),
        (
            "/mute Bob 10y0",
            "A time is a number and a unit, such as 10m, 2h, 3d or 1w, or forever.",
        ),
        ("/mute --here Bob", "Unknown option --here."),
        ('/mute "Bob', "A closing quotation mark is missing."),
        ("/ban Bob " + "x" * 201, "The text is longer than 200 characters."),
        ("/slow 3601", "At most 3600 seconds."),
        ("/slow fast", "Usage: /slow SECONDS."),
        ("/lock now", "Usage: /lock."),
        ("/role Bob", "Usage: /role [--server] NAME ROLE."),
        ("/role Bob admin", "Roles in a room are member, moderator, owner."),
        (
            "/role --server Bob owner",
            "Roles on the whole server are member, moderator, admin.",
        ),
        ("/role Bob moderator", "There is no such account."),
        ("/unban Bob", "Nobody with that name or number is muted or banned here."),
        ("/ban --server Meg", "Only admins may do that."),
        ("/announce hi", "Only admins may do that."),
        ("/bans --server", "Only admins may do that."),
    ],
)
def test_a_wrong_command_is_refused_beside_the_box(
    ann: Tab, line: str, error: str
) -> None:
    ann.send(line)

    expect(ann.page.locator("#box-error")).to_have_text(error)
    expect(rows(ann)).to_have_count(0)


def test_commands_list_sanctions(ann: Tab, bob: Tab) -> None:
    ann.send("/bans")
    expect_rows(ann, "Nobody is muted or banned in #dev")
    ann.send("/why")
    expect_rows(ann, "You are neither muted nor banned")
    ann.send("/mute Bob 2h <i>noise")
    expect_rows(bob, f"Ann has muted Bob until {MOMENT}: <i>noise")

    ann.send("/bans")

    expect_rows(
        ann,
        "1 sanction in #dev:",
        f"1 mute of Bob, until {MOMENT}, by Ann: <i>noise",
    )


def test_a_lost_connection_says_that_the_outcome_is_unknown(ann: Tab) -> None:
    ann.page.evaluate(
        """() => {
            const { send } = WebSocket.prototype;
            WebSocket.prototype.send = function (line) {
                if (line.includes("locked")) this.close();
                else send.call(this, line);
            };
        }"""
    )

    ann.send("/lock")

    expect(ann.page.locator("#box-error")).to_have_text(
        "The connection was lost before the server had answered: it may be done or not."
    )


def menu_link(tab: Tab, name: str) -> Locator:
    """Open the menu at the end of the header, and return its link *name*."""
    tab.page.get_by_role("button", name="Menu").click()
    return tab.page.locator("#settings").get_by_role("link", name=name)


@pytest.mark.parametrize(("size", "is_dark"), [(WIDE, False), (NARROW, True)])
def test_dialogs_and_pages_of_moderators_have_no_accessibility_violations(
    gateway: RunningGateway, visit: Visits, size: tuple[int, int], *, is_dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    reports = []

    def check(tab: Tab) -> None:
        reports.append(Axe().run(tab.page).generate_report())
        tab.expect_to_fit(size)

    bob = visit(gateway.url, "r/dev", size=size, is_dark=is_dark).join("Bob")
    ada = visit(gateway.url, "sign-in?next=/r/dev", size=size, is_dark=is_dark)
    enter(ada, "Ada")
    ada.send("/announce back at nine", "/slow 30", "/mute Bob 10m noise")
    expect(bob.page.locator("#standing.gap")).to_be_visible()
    check(bob)
    check(ada)
    if size == NARROW:
        ada.page.locator("#people summary").click()
    person(ada, "Bob")
    check(ada)
    ada.page.locator("#person-ban").click()
    field(ada, "For how long").fill("soon")
    press(ada, "Ban")
    check(ada)
    press(ada, "Cancel")
    if size == NARROW:
        ada.page.locator("#people-close").click()
    menu_link(ada, "Keep order").click()
    lift = ada.page.get_by_role("button", name="Lift number 1, of Bob")
    expect(lift).to_be_visible()
    check(ada)
    ada.go("server/order")
    check(ada)
    ada.go("r/dev").wait_until_live().send("/ban --server Bob spam")
    expect(bob.page.locator("#state")).to_have_text("Banned")
    check(bob)
    assert [each for each in reports if "Found 0" not in each] == []
