"""Accounts in a real browser: register, sign in and out, revoke, change passwords."""

from collections.abc import Iterator

import pytest

from parlour.core.rules import Rules
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.account_forms import (
    UNPROCESSABLE,
    account_cookies,
    change_password,
    enter,
    expect_signed_in,
    expect_signed_out,
    field,
    follow_menu,
    open_another,
    press,
    register,
    sign_in,
    sign_out,
)
from tests.gateways.web.browser import NARROW, WIDE, Tab, Visits, WebSocket, expect
from tests.gateways.web.narrow_window import menu_button
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.gateways.web.site import ChatMessage, Site, on_asyncio, on_threads, serve
from tests.programs.sandbox import Sandbox
from tests.server.running_servers import serve_threads

JULIET = "Juliet"


@pytest.fixture
def site(sandbox: Sandbox, engine: str) -> Site:
    """Run a server that keeps accounts."""
    return serve(sandbox, engine, "--history", "memory")


@pytest.fixture
def juliet(site: Site) -> AccountClient:
    """Register Juliet in another browser, which is her device 1."""
    return AccountClient(site.web_port).register(JULIET)


@pytest.fixture
def tab(juliet: AccountClient, visit: Visits) -> Tab:
    """Sign Juliet in with a tab, whose browser is her device 2."""
    tab = visit(f"{juliet.origin}/", "sign-in")
    enter(tab, JULIET)
    return tab


@pytest.fixture
def rules() -> Rules:
    return Rules()


@pytest.fixture
def gateway(rules: Rules) -> Iterator[RunningGateway]:
    """Run a gateway for Juliet. Tests request it before `visit`, which ends first."""
    with run_gateway(serve_threads, rules=rules, accounts=(JULIET,)) as running:
        yield running


@pytest.mark.parametrize("engine", ["async", "threads"])
def test_a_person_registers_and_is_in_the_same_room_as_the_account(
    site: Site, visit: Visits
) -> None:
    romeo = visit(site).join("Romeo").join_room("dev")
    tab = visit(site, "r/dev").wait_until_live()

    follow_menu(tab, "Register a name")
    register(tab, JULIET)
    expect_signed_in(tab, JULIET)
    tab.send("ay me")

    romeo.expect_message("ay me")
    assert site.history("dev") == [ChatMessage(JULIET, "ay me")]
    expect(tab.page.locator("#rename")).to_be_hidden()


@on_asyncio
def test_a_guest_registers_the_name_that_the_guest_has(
    site: Site, visit: Visits
) -> None:
    tab = visit(site).join(JULIET)

    follow_menu(tab, "Register a name")
    expect(field(tab, "Name")).to_have_value(JULIET)
    register(tab, JULIET)

    expect_signed_in(tab, JULIET)
    tab.expect_users(JULIET)


@on_threads
def test_two_tabs_and_a_terminal_hear_each_other(
    sandbox: Sandbox, site: Site, tab: Tab, visit: Visits
) -> None:
    terminal = sandbox.join(site.port)
    other = open_another(visit, tab)

    tab.send("ay me")
    terminal.expect("Juliet: ay me")
    other.send("by any other name")
    terminal.expect("Juliet: by any other name")
    terminal.send_messages("speak again")

    for each in (tab, other):
        each.expect_message("by any other name").expect_message("speak again")
        each.expect_users(terminal.name, JULIET)


@on_asyncio
def test_signing_out_ends_all_tabs_of_the_browser_without_a_loop(
    tab: Tab, visit: Visits
) -> None:
    other = open_another(visit, tab)
    before = other.sockets

    sign_out(tab)
    expect_signed_out(other, "You are signed out: the device was revoked.")

    expect(tab.name_box).to_be_visible()
    expect(other.name_box).to_be_visible()
    assert other.sockets == before + 1
    other.join("Romeo").send("alone")
    other.expect_message("alone")


@on_asyncio
def test_a_revoked_browser_is_told_once_and_becomes_a_guest(
    juliet: AccountClient, tab: Tab
) -> None:
    juliet.revoke(2)
    expect_signed_out(tab, "the device was revoked")
    assert account_cookies(tab) == []
    tab.page.reload()
    tab.wait_until_live()

    expect(tab.page.locator("#told")).to_be_hidden()


@on_asyncio
def test_a_browser_that_was_revoked_while_it_was_away_is_told_when_it_returns(
    juliet: AccountClient, tab: Tab
) -> None:
    tab.go("rooms")

    juliet.revoke(2)
    tab.go()

    expect_signed_out(tab, "You are signed out")
    expect(tab.name_box).to_be_visible()


@on_asyncio
def test_a_password_is_changed_and_other_devices_are_revoked_on_the_account_page(
    juliet: AccountClient, tab: Tab
) -> None:
    tab.ignore_errors(UNPROCESSABLE)
    follow_menu(tab, "Account")
    devices = tab.page.get_by_role("listitem")
    expect(devices).to_have_count(2)

    press(tab, "Revoke Browser on Linux, device 1")
    expect(tab.status).to_have_text("The device is revoked.")
    expect(devices).to_have_count(1)
    change_password(tab, "wrong", "sweet sorrow")
    expect(field(tab, "Current password")).to_be_focused()
    expect(field(tab, "Current password")).to_have_accessible_description(
        "The old password is wrong."
    )
    expect(field(tab, "New password")).to_have_value("")
    change_password(tab, PASSWORD, "sweet sorrow")

    expect(tab.status).to_contain_text("The password is changed.")
    assert "signed out" in juliet.get("/").text
    juliet.sign_in(JULIET, "sweet sorrow")


@on_asyncio
@pytest.mark.usefixtures("juliet")
def test_a_registered_name_leads_a_guest_to_the_sign_in(
    site: Site, visit: Visits
) -> None:
    tab = visit(site).wait_until_live()

    tab.request_name("juliet")
    expect(tab.page.locator("#name-error")).to_contain_text("is registered")
    tab.page.locator("#name-error").get_by_role("link", name="Sign in").click()
    expect(field(tab, "Name")).to_have_value("juliet")
    field(tab, "Password").fill(PASSWORD)
    press(tab, "Sign in")

    expect_signed_in(tab, JULIET)


@on_asyncio
def test_a_room_that_another_device_joins_appears_and_is_not_shown(
    tab: Tab, visit: Visits
) -> None:
    other = open_another(visit, tab)

    other.join_room("dev")

    expect(tab.room_link("#dev")).to_be_visible()
    tab.expect_room("#lobby")
    third = open_another(visit, tab)
    expect(third.room_link("#dev")).to_be_visible()
    third.expect_room("#lobby")


@on_threads
def test_an_account_resumes_after_a_reload(
    sandbox: Sandbox, site: Site, tab: Tab
) -> None:
    terminal = sandbox.join(site.port)

    tab.page.reload()
    terminal.send_messages("speak again")

    expect_signed_in(tab, JULIET)
    tab.expect_message("speak again")
    tab.send("ay me")
    terminal.expect("Juliet: ay me")
    assert not [line for line in terminal.lines if "Juliet has left" in line]


@on_asyncio
def test_accounts_work_without_scripts(site: Site, visit: Visits) -> None:
    tab = visit(site, "r/dev", has_scripts=False).ignore_errors(UNPROCESSABLE, "404")

    tab.page.get_by_role("link", name="Sign in").click()
    tab.page.get_by_role("link", name="Register a name").click()
    register(tab, JULIET, "short")
    expect(tab.page.get_by_role("alert").filter(has_text="8 char")).to_be_visible()
    expect(field(tab, "Name")).to_have_value(JULIET)
    register(tab, JULIET)
    expect(tab.page).to_have_url(f"{site.url}r/dev")
    tab.box.fill("ay me")
    press(tab, "Send")
    tab.expect_message("ay me")
    tab.page.get_by_role("link", name="Account").click()
    press(tab, "Sign out")

    expect(tab.page.get_by_role("link", name="Sign in")).to_be_visible()
    assert site.history("dev") == [ChatMessage(JULIET, "ay me")]


@on_asyncio
@pytest.mark.usefixtures("juliet")
def test_a_person_signs_in_and_out_with_the_keyboard_alone(
    site: Site, visit: Visits
) -> None:
    tab = visit(site, "sign-in").ignore_errors(UNPROCESSABLE)
    keyboard = tab.page.keyboard

    expect(field(tab, "Name")).to_be_focused()
    keyboard.type(JULIET)
    keyboard.press("Tab")
    keyboard.type("wrong")
    keyboard.press("Enter")
    expect(field(tab, "Password")).to_be_focused()
    expect(field(tab, "Password")).to_have_attribute("aria-invalid", "true")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    expect_signed_in(tab, JULIET)
    tab.page.get_by_role("button", name="Menu").focus()
    keyboard.press("Enter")
    out = tab.page.locator("#settings").get_by_role("button", name="Sign out")
    for _ in range(9):
        if out.evaluate("node => node === document.activeElement"):
            break
        keyboard.press("Tab")
    keyboard.press("Enter")

    expect(tab.name_box).to_be_visible()
    tab.wait_until_live()


@on_asyncio
@pytest.mark.parametrize("size", [WIDE, NARROW, (320, 568)])
@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_pages_about_accounts_fit(
    site: Site,
    visit: Visits,
    size: tuple[int, int],
    *,
    has_scripts: bool,
) -> None:
    name = "W" * 32
    AccountClient(site.web_port).register(name)
    tab = visit(site, "register", size=size, has_scripts=has_scripts)
    tab.ignore_errors(UNPROCESSABLE)

    register(tab, name)
    expect(tab.page.get_by_role("link", name="Sign in with this name")).to_be_visible()
    assert tab.overflowing("main, main :not(input)") == []
    tab.page.get_by_role("link", name="Sign in with this name").click()
    sign_in(tab, name)
    expect(tab.box).to_be_visible()
    for path in ("account", "sign-out"):
        tab.go(path)
        assert tab.overflowing("main, main :not(input)") == []
    tab.go()
    if has_scripts:
        tab.page.get_by_role("button", name="Menu").click()
        assert tab.overflowing("#settings, #settings *:not(.unseen)") == []
    else:
        assert tab.overflowing(".foot, .foot *") == []


@pytest.mark.parametrize("has_scripts", [True, False])
@pytest.mark.parametrize("rules", [Rules(guests="read")])
def test_where_guests_may_only_read_they_are_told_how_to_write(
    gateway: RunningGateway, visit: Visits, *, has_scripts: bool
) -> None:
    tab = visit(gateway.url, has_scripts=has_scripts)
    note = tab.page.get_by_text("Guests can only read here.")
    expect(note).to_be_visible()
    expect(tab.box).to_have_count(0)
    note.get_by_role("link", name="Sign in").click()
    sign_in(tab, JULIET)
    expect(tab.box).to_be_visible()
    tab.box.fill("ay me")
    press(tab, "Send")
    tab.expect_message("ay me")


@pytest.mark.parametrize("rules", [Rules(guests="off")])
def test_where_guests_are_not_admitted_they_see_nothing_but_the_sign_in(
    gateway: RunningGateway, visit: Visits
) -> None:
    tab = visit(gateway.url, "r/dev?before=9").ignore_errors("404")
    expect(tab.page).to_have_url(f"{gateway.url}sign-in?next=%2Fr%2Fdev%3Fbefore%3D9")
    expect(tab.page.get_by_role("searchbox")).to_have_count(0)
    expect(tab.page.get_by_role("link", name="Back to the chat")).to_have_count(0)
    tab.go()
    enter(tab, JULIET)
    tab.send("ay me")
    tab.expect_message("ay me")
    AccountClient(gateway.port).sign_in(JULIET).revoke(1)

    expect(tab.page).to_have_url(f"{gateway.url}sign-in")
    expect(tab.page.locator("#told")).to_contain_text("You are signed out")


@on_asyncio
@pytest.mark.usefixtures("juliet")
def test_the_script_cannot_read_the_key(site: Site, visit: Visits) -> None:
    tab = visit.prepare(site)
    frames: list[str] = []

    def note(frame: bytes | str) -> None:
        frames.append(f"{frame!r}")

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", note)
        socket.on("framereceived", note)

    tab.page.on("websocket", listen)
    tab.go("sign-in")
    enter(tab, JULIET)
    (cookie,) = account_cookies(tab)
    key = cookie["value"].partition(".")[2]

    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert "parlour" not in tab.page.evaluate("document.cookie")
    assert key not in tab.page.content()
    assert '"account"' in "".join(frames)
    assert key not in "".join(frames)
    assert key not in tab.page.evaluate("JSON.stringify(sessionStorage)")


@on_asyncio
@pytest.mark.usefixtures("juliet")
def test_unsent_messages_of_another_account_are_not_sent(
    site: Site, visit: Visits
) -> None:
    tab = visit.prepare(site)
    entry = '[{"id": "1", "room": "lobby", "text": "of another", "reason": ""}]'
    tab.store(pending=entry, account='"Romeo"', token='"0123456789abcdef"')
    tab.go("sign-in")
    enter(tab, JULIET)

    expect(tab.pending).to_contain_text("it is not known whether this was sent")
    tab.send("ay me")
    tab.expect_message("ay me")
    assert site.history() == [ChatMessage(JULIET, "ay me")]


def test_a_phone_shows_how_to_sign_in_beside_the_name(
    gateway: RunningGateway, visit: Visits
) -> None:
    tab = visit(gateway.url, size=NARROW).wait_until_live()

    tab.page.locator("#join").get_by_role("link", name="Sign in").click()
    enter(tab, JULIET)

    expect_signed_in(tab, JULIET)


def test_the_menu_has_the_account_in_a_narrow_window(
    gateway: RunningGateway, visit: Visits
) -> None:
    tab = visit(gateway.url, "sign-in", size=NARROW)
    enter(tab, JULIET)

    expect(menu_button(tab, "Sign out")).to_be_visible()
    expect(tab.page.locator("#signed-in")).to_contain_text(f"Signed in as {JULIET}")
    expect(tab.page.locator("#who")).to_be_hidden()


@pytest.mark.parametrize(("size", "is_dark"), [(WIDE, False), (NARROW, True)])
def test_the_pages_about_accounts_have_no_accessibility_violations(
    gateway: RunningGateway, visit: Visits, size: tuple[int, int], *, is_dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    tab = visit(gateway.url, "register", size=size, is_dark=is_dark)
    tab.ignore_errors(UNPROCESSABLE)
    reports = []
    register(tab, JULIET)
    reports.append(Axe().run(tab.page).generate_report())
    tab.go("sign-in")
    sign_in(tab, JULIET, "wrong")
    reports.append(Axe().run(tab.page).generate_report())
    enter(tab, JULIET)
    tab.page.get_by_role("button", name="Menu").click()
    reports.append(Axe().run(tab.page).generate_report())
    AccountClient(gateway.port).sign_in(JULIET)
    for path in ("account", "sign-out"):
        tab.go(path)
        reports.append(Axe().run(tab.page).generate_report())

    assert [each for each in reports if "Found 0" not in each] == []
