"""The states of the pages about accounts, for screenshots."""

from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.account_forms import (
    UNPROCESSABLE,
    change_password,
    enter,
    expect_signed_out,
    field,
    register,
    sign_in,
)
from tests.gateways.web.browser import Tab, expect


def _port(tab: Tab) -> int:
    return int(tab.url.rstrip("/").rpartition(":")[2])


def _signed_in(tab: Tab) -> AccountClient:
    """Sign in to the account of Juliet, who has another browser."""
    other = AccountClient(_port(tab)).register("Juliet")
    tab.go("sign-in")
    enter(tab, "Juliet")
    return other


def sign_in_form(_users: object, tab: Tab) -> None:
    tab.go("sign-in")


def failed_sign_in(_users: object, tab: Tab) -> None:
    tab.ignore_errors(UNPROCESSABLE).go("sign-in?next=/r/garden")
    sign_in(tab, "Juliet", "wrong")
    expect(field(tab, "Password")).to_be_focused()


def failed_registration(_users: object, tab: Tab) -> None:
    AccountClient(_port(tab)).register("Juliet")
    tab.ignore_errors(UNPROCESSABLE).go("register")
    register(tab, "Juliet")
    expect(tab.page.get_by_role("link", name="Sign in with this name")).to_be_visible()


def account_page(_users: object, tab: Tab) -> None:
    _signed_in(tab)
    tab.go("account")


def changed_password(_users: object, tab: Tab) -> None:
    _signed_in(tab)
    tab.go("account")
    change_password(tab, PASSWORD, "sweet sorrow")
    expect(tab.status).to_contain_text("The password is changed.")


def account_menu(_users: object, tab: Tab) -> None:
    _signed_in(tab)
    tab.page.get_by_role("button", name="Menu").click()


def signed_out(_users: object, tab: Tab) -> None:
    other = _signed_in(tab)
    other.revoke(2)
    expect_signed_out(tab, "the device was revoked")


def registered_name(_users: object, tab: Tab) -> None:
    AccountClient(_port(tab)).register("Juliet")
    tab.go().wait_until_live().request_name("juliet")
    expect(tab.page.locator("#name-error a")).to_be_visible()
