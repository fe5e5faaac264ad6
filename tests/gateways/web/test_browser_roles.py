"""The roles of users in the list of users, in a real browser."""

import re

import pytest

from tests.gateways.web.browser import NARROW, WIDE, Tab, Visits, expect
from tests.gateways.web.moderated_room import LONG, ann, bob, gateway, open_as
from tests.gateways.web.running_gateway import RunningGateway

__all__ = ["ann", "bob", "gateway"]


def expect_roles(tab: Tab, *roles: str) -> None:
    """Wait until the users in the list have exactly these roles, in order."""
    expect(tab.page.locator("#names .role")).to_have_text(roles)


def test_the_list_of_users_shows_their_roles_at_once(
    gateway: RunningGateway, visit: Visits, ann: Tab, bob: Tab
) -> None:
    meg = open_as(gateway, visit, "Meg")
    bob.expect_users("Ann", "Bob", "Meg")
    expect_roles(bob, "owner", "", "")
    ann.send("/role Meg moderator")
    for tab in (ann, bob, meg):
        expect_roles(tab, "owner", "", "moderator")
    row = bob.page.locator("#names li").last
    expect(row).to_have_text(re.compile("^M?Megmoderatorsince "))

    ann.send("/role Meg owner")

    expect_roles(bob, "moderator", "", "owner")
    meg.page.reload()
    expect_roles(meg, "moderator", "", "owner")
    meg.send("/role Ann member")
    expect_roles(bob, "", "", "owner")


def test_roles_come_and_go_with_users(
    gateway: RunningGateway, visit: Visits, bob: Tab
) -> None:
    ada = open_as(gateway, visit, "Ada")
    bob.expect_users("Ada", "Ann", "Bob")
    expect_roles(bob, "admin", "owner", "")

    ada.send("/leave")

    bob.expect_users("Ann", "Bob")
    expect_roles(bob, "owner", "")


def test_roles_are_shown_without_scripts(
    gateway: RunningGateway, visit: Visits, bob: Tab
) -> None:
    expect_roles(bob, "owner", "")
    tab = visit(gateway.url, "r/dev", has_scripts=False)

    expect_roles(tab, "owner", "")
    expect(tab.page.locator("#names li").first).to_contain_text("owner")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_role_is_beside_the_longest_name(
    gateway: RunningGateway, visit: Visits, ann: Tab, size: tuple[int, int]
) -> None:
    tab = open_as(gateway, visit, LONG)
    ann.expect_users("Ann", LONG).send(f"/role {LONG} moderator")
    expect_roles(tab, "owner", "moderator")

    tab.page.set_viewport_size({"width": size[0], "height": size[1]})
    if not tab.page.locator("#names").is_visible():
        tab.page.locator("#people summary").click()

    assert tab.overflowing("#names li, #names .role") == []
    boxes = [each.bounding_box() for each in tab.page.locator("#names .role").all()]
    owner, moderator = [each for each in boxes if each is not None]
    assert owner["height"] == moderator["height"], "on one line"
