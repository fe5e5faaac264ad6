"""The states of the page in which somebody keeps order, for screenshots."""

from tests.gateways.web.account_client import AccountClient
from tests.gateways.web.account_forms import enter, field, press
from tests.gateways.web.browser import Tab, expect

ROOM = "garden"
ACTS = ("/slow 30", "/mute Romeo 10m he climbs over walls", "/bans")


def _port(tab: Tab) -> int:
    return int(tab.url.rstrip("/").rpartition(":")[2])


def _other(tab: Tab) -> Tab:
    """Return a tab of another browser."""
    browser = tab.page.context.browser
    assert browser is not None
    return Tab(browser.new_context().new_page(), tab.url)


def _enter(juliet: Tab, romeo: Tab) -> None:
    """Open a room of Juliet, who has an account, and let Romeo join it."""
    AccountClient(_port(juliet)).register("Juliet")
    juliet.go("sign-in")
    enter(juliet, "Juliet")
    juliet.join_room(ROOM)
    romeo.go(f"r/{ROOM}").join("Romeo").expect_room(f"#{ROOM}")


def _choose(tab: Tab) -> None:
    if not tab.page.locator("#names").is_visible():
        tab.page.locator("#people summary").click()
    tab.page.locator("#names").get_by_role("button", name="Romeo").click()


def acts(_users: object, tab: Tab) -> None:
    _enter(tab, _other(tab))
    tab.send(*ACTS)
    expect(tab.page.locator("#log .act").last).to_contain_text("1 mute of Romeo")


def menu_of_a_user(_users: object, tab: Tab) -> None:
    _enter(tab, _other(tab))
    _choose(tab)


def mute_dialog(_users: object, tab: Tab) -> None:
    _enter(tab, _other(tab))
    _choose(tab)
    tab.page.locator("#person-mute").click()
    field(tab, "For how long").fill("soon")
    press(tab, "Mute")


def page_of_a_room(_users: object, tab: Tab) -> None:
    _enter(tab, _other(tab))
    tab.send(*ACTS)
    expect(tab.page.locator("#log .act").last).to_contain_text("1 mute of Romeo")
    tab.go(f"r/{ROOM}/order?done=mute")


def muted(_users: object, tab: Tab) -> None:
    juliet = _other(tab)
    _enter(juliet, tab)
    juliet.send(*ACTS[:2])
    expect(tab.page.locator("#standing.gap")).to_be_visible()


def removed(_users: object, tab: Tab) -> None:
    juliet = _other(tab)
    _enter(juliet, tab)
    juliet.send("/ban Romeo 2h he climbs over walls")
    expect(tab.page.locator("#outside")).to_contain_text("has banned you")
