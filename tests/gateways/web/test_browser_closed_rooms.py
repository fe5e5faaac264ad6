"""A room that is closed: its link shows the history, and offers to open it."""

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from parlour.core.entries import RoomClosed
from parlour.core.events import RoomName
from tests.gateways.web.browser import Visits, expect
from tests.gateways.web.site import on_asyncio, on_threads, serve
from tests.journal.stores import batch, open_store, said
from tests.programs.sandbox import Sandbox

if TYPE_CHECKING:
    from playwright.sync_api import WebSocketRoute

DEV = RoomName("dev")


@pytest.fixture
def history(tmp_path: Path) -> str:
    """A history with a closed room, in which 60 messages were sent."""
    path = tmp_path / "history.db"
    with closing(open_store(path)) as store:
        store.append(batch(*[said(f"number {each}", DEV) for each in range(1, 61)]))
        store.append(batch(RoomClosed(DEV)))
    return f"{path}"


@on_asyncio
def test_a_closed_room_can_be_read_without_scripts(
    sandbox: Sandbox, visit: Visits, engine: str, history: str
) -> None:
    site = serve(sandbox, engine, "--history", history)
    tab = visit(site, "r/dev", has_scripts=False)

    tab.expect_message("number 60").expect_users()
    expect(tab.page.locator("#closed")).to_contain_text("#dev is not open")
    tab.page.get_by_role("link", name="Older messages").click()
    expect(tab.page.locator(".message .text")).to_have_count(10)


@on_threads
def test_a_permalink_to_a_closed_room_leads_to_its_history(
    sandbox: Sandbox, visit: Visits, engine: str, history: str
) -> None:
    tab = visit(serve(sandbox, engine, "--history", history), "r/dev/m/7")
    expect(tab.page.locator("[aria-current] .text")).to_have_text("number 7")

    tab.page.get_by_role("link", name="Latest messages").click()

    tab.wait_until_live().expect_room("#dev").expect_message("number 60")


@on_asyncio
@pytest.mark.parametrize("mode", ["read", "write"])
def test_watching_a_closed_room_does_not_open_it(
    sandbox: Sandbox, visit: Visits, engine: str, history: str, mode: str
) -> None:
    site = serve(sandbox, engine, "--history", history, "--web", mode)

    tab = visit(site, "r/dev").wait_until_live().expect_message("number 60")

    expect(tab.page.locator("#closed")).to_contain_text("#dev is not open")
    assert "dev" not in f"{site.get('/api/rooms')}"


@on_threads
def test_a_user_who_reads_a_closed_room_does_not_open_it(
    sandbox: Sandbox, visit: Visits, engine: str, history: str
) -> None:
    site = serve(sandbox, engine, "--history", history)

    tab = visit(site).join("Romeo").go("r/dev").wait_until_live()

    expect(tab.page.get_by_role("button", name="Open #dev")).to_be_visible()
    assert "dev" not in f"{site.get('/api/rooms')}"


@on_asyncio
def test_a_new_user_who_reads_a_closed_room_opens_it_with_a_button(
    sandbox: Sandbox, visit: Visits, engine: str, history: str
) -> None:
    tab = visit(serve(sandbox, engine, "--history", history), "r/dev")

    tab.request_name("Romeo")
    tab.page.get_by_role("button", name="Open #dev").click()
    tab.send("again")

    tab.expect_message("again").expect_message("number 60").expect_users("Romeo")
    expect(tab.page.locator("#closed")).to_be_hidden()


@on_threads
def test_older_messages_of_a_closed_room_open_over_the_chat(
    sandbox: Sandbox, visit: Visits, engine: str, history: str
) -> None:
    site = serve(sandbox, engine, "--history", history)
    tab = visit(site, "r/dev").wait_until_live()

    tab.page.get_by_role("link", name="Older messages").click()

    overlay = tab.page.get_by_role("dialog")
    expect(overlay.locator(".message .text")).to_have_count(10)
    assert "dev" not in f"{site.get('/api/rooms')}"


@on_asyncio
def test_a_room_that_closes_while_it_is_watched_says_so(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    visit(site).join("Romeo").join_room("dev").send("before")
    tab = visit.prepare(site)
    sockets: list[WebSocketRoute] = []

    def relay(socket: "WebSocketRoute") -> None:
        socket.connect_to_server()
        sockets.append(socket)

    tab.page.route_web_socket("**/ws", relay)
    tab.go("r/dev").wait_until_live().expect_message("before")

    reason = "nobody uses the room any more"
    closed = {"type": "closed", "data": {"room": "dev", "reason": reason}}
    sockets[0].send(json.dumps(closed) + "\n")

    expect(tab.page.locator("#closed")).to_have_text(
        "#dev is not open. It opens when somebody joins it."
    )
