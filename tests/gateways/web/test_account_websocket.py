"""WebSockets with the cookie of an account: who opens them, and when they end."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from parlour.core.entries import Batch, Sanctioned, SanctionKind, Target
from parlour.core.events import SessionId
from parlour.core.rules import Rules
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.clients import receive_event, receive_types
from tests.gateways.web.running_gateway import (
    RunningGateway,
    WebSocketPeer,
    run_gateway,
)
from tests.gateways.web.site import serve as site_of
from tests.programs.sandbox import Sandbox
from tests.server.clients import command_line
from tests.server.running_servers import Serve, on_both_drivers

WATCH = command_line("hello", version=1, watch=True, rooms=["lobby"])
NAMES = ("Juliet",)
EndKey = Callable[[AccountClient, AccountClient], None]
AT_MOST = 1.0  # seconds until a revoked key has no connection


def sign_out(browser: AccountClient, _: AccountClient) -> None:
    assert browser.post("/sign-out").status == 303


def revoke(_: AccountClient, other: AccountClient) -> None:
    other.revoke(1)


def change_password(_: AccountClient, other: AccountClient) -> None:
    fields = {"password": PASSWORD, "new": "sweet sorrow", "repeated": "sweet sorrow"}
    response = other.post("/account/password", page="/account", **fields)
    assert response.status == 303


def open_page(gateway: RunningGateway, browser: AccountClient) -> WebSocketPeer:
    """Open a WebSocket as a page of *browser* does."""
    return gateway.connect(origin=browser.origin or "", cookie=browser.cookie)


def receive_until(page: WebSocketPeer, kind: str) -> dict[str, object]:
    """Receive lines until one of a *kind*, and return its data."""
    while (event := receive_event(page))[0] != kind:
        pass
    return event[1]


@on_both_drivers
@pytest.mark.parametrize(
    "hello",
    [
        WATCH,
        command_line("hello", version=1, name="Romeo", rooms=[]),
        command_line("hello", version=1, account="Romeo", password="x", rooms=[]),
    ],
)
def test_the_cookie_signs_a_page_in_whatever_its_hello_says(
    serve: Serve, hello: bytes
) -> None:
    with run_gateway(serve) as gateway:
        browser = AccountClient(gateway.port).register("Juliet")
        page = open_page(gateway, browser)
        page.send(hello)

        assert receive_event(page)[1]["you"] == "Juliet"
        kind, account = receive_event(page)
        assert (kind, account) == (
            "account",
            {"name": "Juliet", "role": "member", "device": 1},
        )


@on_both_drivers
def test_what_one_tab_says_the_other_hears(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        browser = AccountClient(gateway.port).register("Juliet")
        tabs = [open_page(gateway, browser) for _ in range(2)]
        for tab in tabs:
            tab.send(WATCH)
            receive_until(tab, "room")
        tabs[0].send(command_line("message", room="lobby", message="ay me", id="1"))

        assert receive_until(tabs[1], "message")["source"] == "Juliet"


@on_both_drivers
@pytest.mark.parametrize("end_key", [sign_out, revoke, change_password])
def test_the_sockets_of_a_revoked_key_close_within_a_second(
    serve: Serve, end_key: EndKey
) -> None:
    with run_gateway(serve) as gateway:
        browser = AccountClient(gateway.port).register("Juliet")
        page = open_page(gateway, browser)
        page.send(WATCH)
        receive_until(page, "room")
        other = AccountClient(gateway.port).sign_in("Juliet")

        end_key(browser, other)
        began = time.monotonic()

        assert receive_until(page, "bye")["code"] == "revoked"
        assert time.monotonic() - began < AT_MOST


@on_both_drivers
@pytest.mark.parametrize("origin", ["http://evil.example", "null", None])
def test_a_handshake_with_the_cookie_needs_the_exact_origin(
    serve: Serve, origin: str | None
) -> None:
    with run_gateway(serve) as gateway:
        browser = AccountClient(gateway.port).register("Juliet")

        with pytest.raises(InvalidStatus) as refused:
            gateway.connect(cookie=browser.cookie, origin=origin)
        assert refused.value.response.status_code == 403
        gateway.connect(origin=None if origin is None else browser.origin)


@on_both_drivers
def test_a_useless_cookie_is_deleted_by_the_handshake(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        browser = AccountClient(gateway.port)
        browser.cookies = {f"parlour-{gateway.port}": "SnVsaWV0.wrong"}
        page = open_page(gateway, browser)
        page.send(WATCH)

        assert receive_event(page)[1]["you"] is None
        assert page.socket.response is not None
        cookies = page.socket.response.headers.get_all("Set-Cookie")
        assert f"parlour-{gateway.port}=; Max-Age=0; HttpOnly" in cookies[0]


@on_both_drivers
def test_a_line_that_is_no_hello_gets_no_key(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        browser = AccountClient(gateway.port).register("Juliet")
        page = open_page(gateway, browser)
        page.send(b'["hello", {"type": "hello", "data": {}}]\n')

        assert browser.key not in f"{receive_event(page)}"


@on_both_drivers
def test_a_page_that_only_shows_the_chat_signs_nobody_in(serve: Serve) -> None:
    rules = Rules(guests="off")
    with run_gateway(serve, mode="read", rules=rules, accounts=NAMES) as gateway:
        browser = AccountClient(gateway.port).sign_in("Juliet")
        page = open_page(gateway, browser)
        page.send(WATCH + command_line("message", room="lobby", message="x", id="1"))

        assert receive_event(page)[1]["you"] is None
        refused = receive_until(page, "error")
        assert refused["code"] == "read_only"
        with pytest.raises(InvalidStatus):
            gateway.connect(origin=browser.origin or "")


@on_both_drivers
def test_a_ban_of_an_address_spares_an_account_on_a_read_only_page(
    serve: Serve,
) -> None:
    history, address = MemoryStore(Retention()), "127.0.0.2"
    target = Target(address, network=address)
    ban = Sanctioned(SessionId(0), "", SanctionKind.BAN, None, target, None, "spam")
    history.append(Batch(0.0, (ban,)))
    with run_gateway(
        serve,
        mode="read",
        rules=Rules(guests="off"),
        accounts=NAMES,
        history=history,
    ) as gateway:
        browser = AccountClient(gateway.port, source=address).sign_in("Juliet")
        origin, cookie = browser.origin or "", browser.cookie
        page = gateway.connect(origin=origin, cookie=cookie, source=address)
        page.send(WATCH)

        assert browser.get("/").status == 200
        assert receive_event(page)[0] == "welcome"
        assert receive_until(page, "room")["room"] == "lobby"


@on_both_drivers
def test_a_page_that_only_watches_closes_with_its_key(serve: Serve) -> None:
    rules = Rules(guests="off")
    with run_gateway(serve, mode="read", rules=rules, accounts=NAMES) as gateway:
        browser = AccountClient(gateway.port).sign_in("Juliet")
        page = open_page(gateway, browser)
        page.send(WATCH)
        receive_until(page, "room")

        browser.post("/sign-out", page="/account")

        assert receive_until(page, "bye")["code"] == "revoked"


@on_both_drivers
def test_no_log_has_the_key_or_the_password(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with run_gateway(serve) as gateway:
        browser = AccountClient(gateway.port).register("Juliet")
        page = open_page(gateway, browser)
        page.send(WATCH)
        receive_types(page, 2)
        key = browser.key

    own = [each for each in caplog.records if each.name != "websockets.client"]
    facts = "".join(f"{each.__dict__}" for each in own)
    assert "Juliet" in facts
    assert key not in facts
    assert PASSWORD not in facts


@pytest.mark.parametrize("engine", ["async", "threads"])
def test_no_trace_has_the_key_or_the_password(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    trace = tmp_path / "trace"
    site = site_of(sandbox, engine, "--history", "memory", "--trace", f"{trace}")
    browser = AccountClient(site.web_port).register("Juliet")
    page = WebSocketPeer(site.web_port, origin=browser.origin, cookie=browser.cookie)
    page.send(WATCH)
    receive_until(page, "room")
    browser.post("/sign-out")
    receive_until(page, "bye")
    page.close()
    site.program.stop()

    lines = trace.read_text()
    assert '"hello"' in lines
    assert '"register"' in lines
    assert browser.keys
    assert not [key for key in browser.keys if key in lines]
    assert PASSWORD not in lines
