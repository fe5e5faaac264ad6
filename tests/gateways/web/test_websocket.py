"""The session of a WebSocket, from the handshake to the close."""

import json
import socket
import threading

import pytest
from websockets.exceptions import InvalidStatus

from parlour.core.events import ConnectionId
from parlour.core.limits import Limits
from parlour.gateways.web import gateway as gateway_module
from parlour.server.threaded_driver.gateway_server import GatewayServer
from parlour.server.threaded_driver.gateway_transport import (
    HIGH_WATER,
    GatewayTransport,
)
from tests.gateways.web.clients import (
    HANDSHAKE,
    WATCH,
    connect_socket,
    hello,
    read_to_end,
    receive_event,
    receive_types,
    status,
    text_frame,
)
from tests.gateways.web.running_gateway import run_gateway
from tests.server.clients import command_line, message_line
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers, serve_threads


@on_both_drivers
def test_a_page_and_a_terminal_talk_to_each_other(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page, other = gateway.connect(), gateway.server.connect()
        page.send(hello("Juliet"))
        assert receive_types(page, 2) == ["welcome", "joined"]
        other.send(hello("Romeo"))
        assert json.loads(other.receive())["type"] == "welcome"

        assert receive_event(page) == ("joined", {"room": "lobby", "name": "Romeo"})
        page.send(message_line("ay me"))
        assert receive_types(page, 2) == ["stored", "message"]
        assert b'"Romeo"' in other.receive()
        assert b'"ay me"' in other.receive()


@on_both_drivers
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
def test_a_handshake_from_a_foreign_origin_is_refused(
    serve: Serve, origin: str
) -> None:
    with run_gateway(serve) as gateway, pytest.raises(InvalidStatus) as refused:
        gateway.connect(origin=origin)

    assert refused.value.response.status_code == 403


@on_both_drivers
def test_a_handshake_from_the_same_origin_is_accepted(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page = gateway.connect(origin=f"http://127.0.0.1:{gateway.port}")
        page.send(WATCH)

        assert receive_types(page, 1) == ["welcome"]


@on_both_drivers
def test_a_silent_page_times_out(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parlour.gateways.web.websocket.FIRST_LINE_TIMEOUT", 0.1)
    monkeypatch.setattr(gateway_module, "SWEEP_INTERVAL", 0.05)
    with run_gateway(serve) as gateway:
        assert gateway.connect().receive() == b""


@on_both_drivers
def test_a_page_above_the_limit_is_rejected_with_a_retry_time(serve: Serve) -> None:
    with run_gateway(serve, Limits(max_pages=1)) as gateway:
        first, second = gateway.connect(), gateway.connect()
        first.send(WATCH)
        assert receive_types(first, 1) == ["welcome"]
        second.send(WATCH)

        kind, data = receive_event(second)
        assert (kind, data["code"], data["retry_after"]) == ("bye", "server_full", 10.0)
        assert second.receive() == b""
        assert second.socket.close_code == 1013


@on_both_drivers
def test_a_read_only_page_receives_messages_and_cannot_send(serve: Serve) -> None:
    with run_gateway(serve, mode="read") as gateway:
        page, other = gateway.connect(), gateway.server.connect()
        other.send(hello("Romeo"))
        other.receive()
        page.send(hello("Juliet") + message_line("ay me"))

        assert receive_types(page, 1) == ["welcome"]
        kind, data = receive_event(page)
        assert (kind, data["code"]) == ("error", "read_only")
        other.receive()  # its own notice of joining
        other.send(message_line("anyone?"))
        assert b'"stored"' in other.receive()
        assert b'"anyone?"' in other.receive()  # Juliet sent nothing before
        assert receive_event(page)[1]["message"] == "anyone?"


@on_both_drivers
@pytest.mark.parametrize(
    "early",
    [b"\x88\x82\0\0\0\0\x03\xe8", b"\x88\x81\0\0\0\0\x03", b"\x89\x80\0\0\0\0"],
    ids=["close", "invalid close", "ping"],
)
def test_frames_sent_with_a_handshake_are_processed_after_it(
    serve: Serve, early: bytes
) -> None:
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(HANDSHAKE + text_frame(WATCH) + early)
        sock.shutdown(socket.SHUT_WR)
        response = read_to_end(sock)

        other = gateway.connect()
        other.send(WATCH)
        assert receive_types(other, 1) == ["welcome"]

    assert status(response) == 101
    frames = response.partition(b"\r\n\r\n")[2]
    assert frames[:1] == (b"\x8a" if early[:1] == b"\x89" else b"\x88")


@on_both_drivers
def test_a_stopping_server_sends_pages_a_reconnect_time(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page = gateway.connect()
        page.send(WATCH)
        assert receive_types(page, 1) == ["welcome"]
        gateway.server.stop()

        kind, data = receive_event(page)
        assert (kind, data["code"]) == ("bye", "server_stopping")
        assert data["retry_after"] == 2.0
        assert page.receive() == b""
        assert page.socket.close_code == 1012


@on_both_drivers
def test_a_stopping_server_closes_pages_without_a_session(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page = gateway.connect()
        gateway.server.stop()

        assert page.receive() == b""
        assert page.socket.close_code == 1012


@on_both_drivers
def test_a_reset_connection_leaves_the_room(serve: Serve) -> None:
    with run_gateway(serve, Limits(resume_timeout=0.0)) as gateway:
        page, other = gateway.connect(), gateway.connect()
        other.send(WATCH)
        assert receive_types(other, 1) == ["welcome"]
        page.send(hello("Juliet"))
        assert receive_event(other)[0] == "joined"
        page.reset()

        kind, data = receive_event(other)
        assert (kind, data["name"]) == ("left", "Juliet")


def test_a_page_may_disconnect_while_the_main_thread_writes_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with run_gateway(serve_threads) as gateway:
        page, other = gateway.connect(), gateway.server.connect()
        for each in (page, other):
            each.send(WATCH)
            assert json.loads(each.receive())["type"] == "welcome"

        is_disconnected, disconnect = threading.Event(), GatewayServer.disconnect
        write = GatewayTransport.write

        def noted_disconnect(server: GatewayServer, connection: ConnectionId) -> None:
            disconnect(server, connection)
            is_disconnected.set()

        def write_after_disconnect(transport: GatewayTransport, data: bytes) -> None:
            page.reset()
            assert is_disconnected.wait(TIMEOUT)
            write(transport, data.ljust(HIGH_WATER + 1))

        monkeypatch.setattr(GatewayServer, "disconnect", noted_disconnect)

        monkeypatch.setattr(GatewayTransport, "write", write_after_disconnect)
        other.send(command_line("set-name", name="Romeo"))
        assert b'"joined"' in other.receive()
        other.send(message_line("anyone?"))

        assert b'"stored"' in other.receive()
