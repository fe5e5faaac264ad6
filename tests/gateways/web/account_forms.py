"""What a person does on the pages about an account, in a real browser."""

from tests.gateways.web.account_client import PASSWORD
from tests.gateways.web.browser import Cookie, Locator, Tab, Visits, expect
from tests.gateways.web.narrow_window import menu_button

UNPROCESSABLE = "status of 422"


def field(tab: Tab, label: str) -> Locator:
    """Return the field with exactly this label."""
    return tab.page.get_by_label(label, exact=True)


def press(tab: Tab, name: str) -> None:
    """Press a button."""
    tab.page.get_by_role("button", name=name, exact=True).click()


def register(tab: Tab, name: str, password: str = PASSWORD) -> None:
    """Fill in and send the form to register, which is shown."""
    field(tab, "Name").fill(name)
    field(tab, "Password").fill(password)
    field(tab, "Repeat the password").fill(password)
    press(tab, "Register and sign in")


def sign_in(tab: Tab, name: str, password: str = PASSWORD) -> None:
    """Fill in and send the form to sign in, which is shown."""
    field(tab, "Name").fill(name)
    field(tab, "Password").fill(password)
    press(tab, "Sign in")


def enter(tab: Tab, name: str) -> None:
    """Sign in with the form, which is shown, and wait for the chat."""
    sign_in(tab, name)
    expect_signed_in(tab, name)


def change_password(tab: Tab, present: str, new: str) -> None:
    """Fill in and send the form to change the password, which is shown."""
    field(tab, "Current password").fill(present)
    field(tab, "New password").fill(new)
    field(tab, "Repeat the new password").fill(new)
    press(tab, "Change the password")


def follow_menu(tab: Tab, name: str) -> None:
    """Follow a link in the menu of the chat."""
    tab.page.get_by_role("button", name="Menu").click()
    tab.page.locator("#settings").get_by_role("link", name=name).click()


def sign_out(tab: Tab) -> None:
    """Sign out by the menu of the chat."""
    menu_button(tab, "Sign out").click()


def account_cookies(tab: Tab) -> list[Cookie]:
    """Return the cookies of accounts that the browser has."""
    return [each for each in tab.page.context.cookies() if "form" not in each["name"]]


def expect_signed_in(tab: Tab, name: str) -> None:
    """Wait until the chat is live, and the user is signed in."""
    tab.wait_until_live()
    expect(tab.page.locator("html")).to_have_attribute("data-account", name)
    expect(tab.box).to_be_visible()


def open_another(visit: Visits, tab: Tab) -> Tab:
    """Open the chat in another tab of the same browser, of somebody signed in."""
    other = visit.track(tab.page.context.new_page(), tab.url).go()
    other.wait_until_live()
    expect(other.page.locator("html[data-account]")).to_have_count(1)
    return other


def expect_signed_out(tab: Tab, reason: str) -> None:
    """Wait until the chat is live again, and says why nobody is signed in."""
    expect(tab.page.locator("#told")).to_contain_text(reason)
    tab.wait_until_live()
    expect(tab.page.locator("html[data-account]")).to_have_count(0)
