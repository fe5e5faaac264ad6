"""Direct messages between accounts, and what is read, in real browsers and programs."""

from pathlib import Path

import pytest

from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.account_forms import enter, expect_signed_in, open_another
from tests.gateways.web.browser import Tab, Visits, expect
from tests.gateways.web.site import ChatMessage, Site, on_asyncio, restart, serve
from tests.programs.launch import start_client
from tests.programs.sandbox import Sandbox


def sign_in_tab(visit: Visits, site: Site, name: str) -> Tab:
    """Sign in with another browser."""
    tab = visit(site, "sign-in")
    enter(tab, name)
    return tab


@pytest.fixture
def history(tmp_path: Path) -> list[str]:
    """Return the options of a server that keeps its history."""
    return ["--history", str(tmp_path / "chat.db")]


@on_asyncio
def test_a_message_waits_for_an_account_over_a_restart_and_is_read_once(
    sandbox: Sandbox, visit: Visits, history: list[str], engine: str
) -> None:
    site = serve(sandbox, engine, *history)
    for name in ("Romeo", "Juliet"):
        AccountClient(site.web_port).register(name)
    romeo = sign_in_tab(visit, site, "Romeo")
    romeo.send("/msg Juliet psst")
    romeo.expect_room("Juliet").expect_message("psst")
    expect(romeo.page.locator("#topic")).to_have_text("")
    romeo.send("are you there?")
    romeo.expect_message("are you there?")
    assert site.program.stop() == 0
    site = restart(sandbox, engine, site, *history)
    expect_signed_in(romeo.ignore_errors("WebSocket", "ERR_CONNECTION"), "Romeo")

    juliet, phone = (sign_in_tab(visit, site, "Juliet") for _ in range(2))
    for each in (juliet, phone):
        each.expect_notes("Romeo", "2 unread")
    sandbox.setenv("PARLOUR_PASSWORD_COMMAND", f"echo {PASSWORD}")
    options = ("--no-state", "--account", "juliet")
    terminal = start_client(sandbox, site.port, engine, *options)
    terminal.out.expect("@Romeo Romeo: are you there?")

    juliet.open_room("Romeo")
    messages = [ChatMessage("Romeo", "psst"), ChatMessage("Romeo", "are you there?")]
    juliet.expect_messages(messages)
    phone.expect_notes("Romeo")
    terminal.type("/msg Romeo yes")
    romeo.expect_message("yes")
    juliet.expect_message("yes")


@on_asyncio
def test_what_one_tab_shows_is_read_in_the_others(
    sandbox: Sandbox, visit: Visits, history: list[str], engine: str
) -> None:
    site = serve(sandbox, engine, *history)
    AccountClient(site.web_port).register("Juliet")
    juliet = sign_in_tab(visit, site, "Juliet").join_room("dev")
    phone = sign_in_tab(visit, site, "Juliet")
    nurse = visit(site).join("Nurse").join_room("dev")

    nurse.send("juliet, come")
    juliet.expect_message("juliet, come")
    phone.expect_notes("#dev")  # the other one has shown it
    juliet.open_room("#lobby")
    nurse.send("juliet!", "madam")
    juliet.expect_notes("#dev", "@1 with your name, 2 unread")
    phone.expect_notes("#dev", "@1 with your name, 2 unread")

    phone.open_room("#dev")

    juliet.expect_notes("#dev")
    expect(juliet.page).to_have_title("#lobby \N{EN DASH} Parlour")


@on_asyncio
def test_what_was_said_while_an_account_was_away_is_unread(
    sandbox: Sandbox, visit: Visits, history: list[str], engine: str
) -> None:
    site = serve(sandbox, engine, *history)
    AccountClient(site.web_port).register("Juliet")
    sign_in_tab(visit, site, "Juliet").join_room("dev").page.close()
    nurse = visit(site).join("Nurse").join_room("dev")
    nurse.expect_users("Nurse")
    nurse.send("one", "two")
    nurse.expect_message("two")

    juliet = sign_in_tab(visit, site, "Juliet")

    juliet.expect_notes("#dev", "2 unread")
    juliet.open_room("#dev").expect_message("two")
    expect(juliet.page.locator("#log .new + .message .text")).to_have_text("one")
    other = open_another(visit, juliet)
    other.expect_notes("#dev")
