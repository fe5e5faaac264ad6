"""Private rooms and invitations on the page, with scripts, in a real browser."""

import re
from collections.abc import Iterator

import pytest

from parlour.core.rules import Rules
from tests.gateways.web.account_forms import (
    enter,
    expect_signed_in,
    field,
    press,
    register,
)
from tests.gateways.web.browser import MOMENT, Locator, Tab, Visits, expect
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.running_servers import serve_threads

NOT_FOUND = "status of 404"


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """Run a server with accounts; Ann owns the room dev, and Ada is an admin."""
    with run_gateway(
        serve_threads,
        accounts=("Ada", "Ann", "Bea"),
        admins=("Ada",),
        rooms=(("dev", 2),),
        rules=Rules(registration="invite"),
    ) as running:
        yield running


def open_as(gateway: RunningGateway, visit: Visits, name: str, path: str = "") -> Tab:
    tab = visit(gateway.url, f"sign-in?next=/{path}")
    enter(tab, name)
    return tab.ignore_errors(NOT_FOUND)


@pytest.fixture
def ann(gateway: RunningGateway, visit: Visits) -> Tab:
    """Ann, in her room, which is private."""
    tab = open_as(gateway, visit, "Ann", "r/dev").expect_room("#dev")
    menu_button(tab, "Make private").click()
    expect(tab.page.locator("#title")).to_have_class("private")
    tab.page.keyboard.press("Escape")
    return tab


def last_row(tab: Tab) -> Locator:
    """The last row about what moderators did."""
    return tab.page.locator("#log .act").last


def made_link(ann: Tab, gateway: RunningGateway) -> str:
    """Let Ann make a link, and return its path."""
    ann.send("/invite")
    link = last_row(ann).locator("code")
    expect(link).to_be_visible()
    return link.inner_text().removeprefix(gateway.url)


def test_the_menu_of_an_owner_makes_a_room_private_and_public(ann: Tab) -> None:
    act = "Ann has made the room private: only invited users can enter it"
    expect(last_row(ann)).to_have_text(act)
    ann.expect_notes("#dev", "private")

    menu_button(ann, "Make public").click()
    press(ann, "Make public? Everybody can read it then")

    expect(last_row(ann)).to_have_text("Ann has made the room public")
    expect(ann.page.locator("#title")).not_to_have_class("private")
    ann.expect_notes("#dev")


def test_only_owners_see_the_buttons(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    ann.send("/public")
    bea = open_as(gateway, visit, "Bea", "r/dev").expect_room("#dev")

    bea.page.get_by_role("button", name="Menu").click()

    expect(bea.page.locator("#part")).to_be_visible()
    for button in ("#invite", "#set-private"):
        expect(bea.page.locator(button)).to_be_hidden()


def test_an_account_is_invited_by_the_menu_and_enters_by_the_list(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    bea = open_as(gateway, visit, "Bea")
    menu_button(ann, "Invite …").click()
    field(ann, "Whom").fill("bea")
    field(ann, "For how long").fill("2h")
    press(ann, "Invite")
    expect(last_row(ann)).to_have_text(
        re.compile(f"^Invited Bea to #dev, until {MOMENT}$")
    )
    expect(last_row(bea)).to_have_text(
        re.compile(f"^Ann invites you to #dev, until {MOMENT}$")
    )
    expect(bea.room_link("#dev").locator(".size")).to_have_text("by Ann")

    bea.open_room("#dev")
    expect(bea.page.locator("#outside-text")).to_have_text("Ann invites you to #dev.")
    press(bea, "Enter #dev")

    expect(bea.page.locator("#outside")).to_be_hidden()
    bea.send("I am in")
    ann.expect_message("I am in")
    expect(bea.page.locator("#title")).to_have_class("private")
    expect(bea.page.locator("#invited-title")).to_be_hidden()


def test_an_invitation_that_is_taken_back_disappears(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    bea = open_as(gateway, visit, "Bea")
    ann.send("/invite bea --for 2h")
    expect(bea.room_link("#dev")).to_be_visible()
    ann.send("/invites")
    row = re.compile(f"^[0-9]+: Bea, by Ann, until {MOMENT}$")
    expect(last_row(ann)).to_have_text(row)

    ann.send("/uninvite bea")

    taken = re.compile("^Took back invitation [0-9]+ of Bea to #dev$")
    expect(last_row(ann)).to_have_text(taken)
    expect(bea.room_link("#dev")).to_be_hidden()
    ann.send("/invites")
    expect(last_row(ann)).to_have_text("There are no open invitations to #dev")


def test_the_timer_of_a_long_invitation_is_not_longer_than_a_browser_can_wait(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    ann.send("/invite bea --for 30d")
    expect(last_row(ann)).to_contain_text("Invited Bea")
    bea = open_as(gateway, visit, "Bea")
    bea.page.add_init_script("""
        const start = setTimeout;
        window.longest = 0;
        window.setTimeout = (act, delay) => {
            window.longest = Math.max(window.longest, delay);
            return start(act, delay);
        };
    """)

    bea.page.reload()

    bea.wait_until_live()
    expect(bea.room_link("#dev").locator(".size")).to_have_text("by Ann")
    assert bea.page.evaluate("longest") == 2**31 - 1


def test_a_room_named_like_a_property_of_every_object_has_no_invitation(
    gateway: RunningGateway, visit: Visits
) -> None:
    bea = open_as(gateway, visit, "Bea").go("r/constructor")

    expect(bea.page.locator("#outside-text")).to_contain_text("is not open")


def test_an_invitation_waits_for_one_who_is_away_and_is_shown_once(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    ann.send("/invite Bea")
    expect(last_row(ann)).to_contain_text("Invited Bea")

    bea = open_as(gateway, visit, "Bea")
    expect(last_row(bea)).to_contain_text("Ann invites you to #dev")
    bea.page.reload()

    bea.wait_until_live()
    expect(bea.room_link("#dev").locator(".size")).to_have_text("by Ann")
    expect(bea.page.locator("#log .act")).to_have_count(0)


def test_a_guest_enters_by_a_link_after_choosing_a_name(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    path = made_link(ann, gateway)
    bob = visit(gateway.url).ignore_errors(NOT_FOUND).go(path)
    expect(bob.page.locator("#empty")).to_have_text("You have an invitation to #dev.")
    assert "invite" not in bob.page.url

    bob.join("Bob")

    ann.expect_users("Ann", "Bob")
    bob.send("hello")
    ann.expect_message("hello")


def test_a_link_that_was_used_is_refused(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    path = made_link(ann, gateway)
    visit(gateway.url).ignore_errors(NOT_FOUND).go(path).join("Bob")
    ann.expect_users("Ann", "Bob")
    bea = open_as(gateway, visit, "Bea")

    bea.send(f"/join {gateway.url}{path}")

    reason = "That invitation is wrong, was used, or has ended."
    expect(bea.page.locator("#box-error")).to_have_text(reason)
    assert bea.page.evaluate("sessionStorage.sent") is None


def test_the_link_of_a_terminal_leads_into_the_room(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    code = made_link(ann, gateway).rpartition("=")[2]
    bea = open_as(gateway, visit, "Bea")

    bea.page.locator("#go summary").click()
    bea.page.locator("#go-room").fill(f"parlour://127.0.0.1:5555/dev?invite={code}")
    press(bea, "Go")

    bea.expect_room("#dev")
    ann.expect_users("Ann", "Bea")


def test_a_new_private_room_has_a_name_that_nobody_guesses(
    gateway: RunningGateway, visit: Visits
) -> None:
    bea = open_as(gateway, visit, "Bea")

    bea.page.locator("#go summary").click()
    bea.page.locator("#go-room").fill("cell")
    bea.page.get_by_label("New and private").check()
    press(bea, "Go")

    expect(bea.page.locator("#title")).to_have_text(re.compile("^#cell-[a-z]{6}$"))
    expect(bea.page.locator("#title")).to_have_class("private")


def test_a_guest_is_not_offered_private_rooms(
    gateway: RunningGateway, visit: Visits
) -> None:
    bob = visit(gateway.url).join("Bob")

    bob.page.locator("#go summary").click()

    expect(bob.page.locator("#go-room")).to_be_visible()
    expect(bob.page.get_by_label("New and private")).to_be_hidden()


def test_an_owner_closes_a_private_room(ann: Tab) -> None:
    ann.send("/close dev")

    expect(ann.page.locator("#outside-text")).to_contain_text("#dev is not open.")


def test_an_administrator_makes_a_link_to_register(
    gateway: RunningGateway, visit: Visits
) -> None:
    ada = open_as(gateway, visit, "Ada")

    ada.send("/invite --server")

    link = last_row(ada).locator("code")
    expect(link).to_have_text(re.compile(f"^{gateway.url}register\\?invite=[\\w-]+$"))


def test_a_guest_registers_by_the_link_of_an_administrator(
    gateway: RunningGateway, visit: Visits
) -> None:
    ada = open_as(gateway, visit, "Ada")
    ada.send("/invite --server")
    link = last_row(ada).locator("code").inner_text()

    romeo = visit(gateway.url, link.removeprefix(gateway.url))
    register(romeo, "Romeo")

    expect_signed_in(romeo, "Romeo")


def test_an_owner_lists_what_was_done(ann: Tab) -> None:
    ann.send("/audit 1")

    done = "Ann has made the room private: only invited users can enter it"
    expect(last_row(ann)).to_have_text(re.compile(f"^{MOMENT}: {done}$"))
    heading = ann.page.locator("#log .act").nth(-2)
    expect(heading).to_have_text("The last act in #dev:")


def test_an_owner_erases_a_message_of_somebody_else(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    ann.send("/public")
    bob = visit(gateway.url, "r/dev").join("Bob")
    bob.send("but soft")
    message = ann.page.locator("#log .message").filter(has_text="but soft")

    message.hover()
    message.get_by_role("button", name="Erase").click()
    message.get_by_role("button", name="Erase for everybody?").click()

    for tab in (ann, bob):
        expect(tab.texts).to_have_text(["(erased)"])


def test_a_guest_is_not_offered_to_erase_what_others_said(
    gateway: RunningGateway, visit: Visits, ann: Tab
) -> None:
    ann.send("/public", "ay me")
    bob = visit(gateway.url, "r/dev").join("Bob")
    bob.send("but soft")
    bob.expect_message("but soft")

    for text in ("ay me", "but soft"):
        bob.page.locator("#log .message").filter(has_text=text).hover()

    expect(bob.page.locator("#log .erase")).to_have_count(1)
