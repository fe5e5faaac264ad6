"""What only browsers, and those who pretend to be one, can do at the gateway."""

import socket
import threading

import pytest

from parlour.core.events import Snapshot
from parlour.core.limits import Limits
from parlour.gateways.web import gateway as gateway_module
from parlour.gateways.web import http
from parlour.gateways.web.chat_queries import ServerQueries
from parlour.gateways.web.gateway import WebGateway
from tests.gateways.web.clients import (
    WATCH,
    connect_socket,
    on_both_drivers,
    read_to_end,
    receive_types,
    request,
    status,
)
from tests.gateways.web.running_gateway import run_gateway
from tests.server.stage import PATIENCE, Serve


@on_both_drivers
@pytest.mark.parametrize("path", ["/", "/ws", "/healthz", "/api/messages"])
def test_a_request_for_an_unknown_host_is_refused(serve: Serve, path: str) -> None:
    with run_gateway(serve) as gateway:
        foreign = request(gateway, f"GET {path} HTTP/1.1\r\nHost: evil.example")
        allowed = request(gateway, f"GET {path} HTTP/1.1\r\nHost: localhost")

    assert status(foreign) == 400
    assert b"--web-allow" in foreign
    assert status(allowed) == (426 if path == "/ws" else 200)


@on_both_drivers
def test_a_handshake_for_an_unknown_host_is_refused(serve: Serve) -> None:
    upgrade = (
        "Host: evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="
    )
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(f"GET /ws HTTP/1.1\r\n{upgrade}\r\n\r\n".encode())
        sock.shutdown(socket.SHUT_WR)

        assert status(read_to_end(sock)) == 400


@on_both_drivers
def test_a_request_with_a_body_is_refused(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        said = "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000"
        chunked = "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"

        assert status(request(gateway, said, b"x" * 100_000)) == 413
        assert status(request(gateway, chunked, b"5\r\nhello\r\n")) == 413


@on_both_drivers
def test_an_invalid_chunked_body_is_refused_without_a_traceback(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with run_gateway(serve) as gateway:
        chunked = "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"

        assert status(request(gateway, chunked, b"no number\r\n")) == 400

    assert not [each for each in caplog.records if each.exc_info]


@on_both_drivers
def test_a_request_head_that_is_too_long_is_refused(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        head = f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 20_000}"

        assert status(request(gateway, head)) == 431


@on_both_drivers
def test_a_request_head_without_an_end_is_refused(serve: Serve) -> None:
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000)

        assert status(read_to_end(sock)) == 400


@on_both_drivers
@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHost: lo"])
def test_an_incomplete_request_times_out(
    serve: Serve, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "REQUEST_TIMEOUT", 0.1)
    monkeypatch.setattr(gateway_module, "SWEEP_INTERVAL", 0.05)
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(start)

        assert read_to_end(sock) == b""


@on_both_drivers
def test_a_connection_over_the_limit_gets_a_503(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway_module, "MAX_HTTP_CONNECTIONS", 1)
    with run_gateway(serve, Limits(max_pages=1)) as gateway:
        page = gateway.connect()
        page.send(WATCH)
        assert receive_types(page, 1) == ["welcome"]
        with connect_socket(gateway), connect_socket(gateway) as third:
            third.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

            assert status(read_to_end(third)) == 503


@on_both_drivers
def test_the_gateway_closes_after_the_pages_in_progress_are_rendered(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_started, is_closing, is_done = (threading.Event() for _ in range(3))
    snapshot, close = ServerQueries.snapshot, WebGateway.close

    def slow_snapshot(queries: ServerQueries) -> Snapshot:
        has_started.set()
        assert is_closing.wait(PATIENCE)
        try:
            return snapshot(queries)
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
            assert has_started.wait(PATIENCE)
        gateway.server.stop()

    assert is_done.is_set()
