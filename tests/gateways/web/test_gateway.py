"""The gateway limits its connections, and closes after the work in progress."""

import socket
import threading

import pytest

from parlour.core.events import RoomName, Snapshot
from parlour.core.limits import Limits
from parlour.gateways.web import gateway as gateway_module
from parlour.gateways.web.chat_queries import ServerQueries
from parlour.gateways.web.gateway import WebGateway
from tests.gateways.web.clients import (
    WATCH,
    connect_socket,
    read_to_end,
    receive_event,
    receive_types,
    request,
    status,
)
from tests.gateways.web.running_gateway import run_gateway
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers


@on_both_drivers
def test_a_connection_over_the_limit_gets_a_503(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.core.limits.MAX_HTTP_CONNECTIONS", 1)
    with run_gateway(serve, Limits(max_pages=1)) as gateway:
        page = gateway.connect()
        page.send(WATCH)
        assert receive_types(page, 1) == ["welcome"]
        with connect_socket(gateway), connect_socket(gateway) as third:
            third.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

            assert status(read_to_end(third)) == 503


@on_both_drivers
def test_connections_per_address_are_limited(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_module, "MAX_PER_ADDRESS", 3)
    with run_gateway(serve, Limits(max_pages=50)) as gateway:
        idle = [
            socket.create_connection(
                ("127.0.0.1", gateway.port), TIMEOUT, source_address=("127.0.0.9", 0)
            )
            for _ in range(4)
        ]

        assert status(read_to_end(idle[-1])) == 503
        assert status(request(gateway, "GET / HTTP/1.1\r\nHost: localhost")) == 200
        for sock in idle:
            sock.close()


@on_both_drivers
def test_sessions_per_address_are_limited(serve: Serve) -> None:
    limits = Limits(max_pages=50, max_per_address=2)
    with run_gateway(serve, limits) as gateway:
        pages = [gateway.connect(source="127.0.0.9") for _ in range(3)]
        events = []
        for page in pages:
            page.send(WATCH)
            events.append(receive_event(page))

        assert [kind for kind, _ in events] == ["welcome", "welcome", "bye"]
        assert events[-1][1]["code"] == "too_many_connections"
        other = gateway.connect(source="127.0.0.10")
        other.send(WATCH)
        assert receive_event(other)[0] == "welcome"


@on_both_drivers
def test_the_gateway_closes_after_the_pages_in_progress_are_rendered(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_started, is_closing, is_done = (threading.Event() for _ in range(3))
    snapshot, close = ServerQueries.snapshot, WebGateway.close

    def slow_snapshot(
        queries: ServerQueries, room: RoomName, account: str
    ) -> Snapshot | None:
        has_started.set()
        assert is_closing.wait(TIMEOUT)
        try:
            return snapshot(queries, room, account)
        finally:
            is_done.set()  # or cancelled, because the connection is closed

    async def noted_close(gateway: WebGateway) -> None:
        is_closing.set()
        await close(gateway)

    monkeypatch.setattr(ServerQueries, "snapshot", slow_snapshot)
    monkeypatch.setattr(WebGateway, "close", noted_close)
    with run_gateway(serve) as gateway:
        with connect_socket(gateway) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert has_started.wait(TIMEOUT)
        gateway.server.stop()

    assert is_done.is_set()
