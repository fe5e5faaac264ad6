"""What pages, and those who pretend to be one, can do through a WebSocket."""

import json
import select
import socket
import threading
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.server import ServerProtocol

from parlour.core.events import SessionId
from parlour.core.limits import Limits
from parlour.gateways.web import gateway as gateway_module
from parlour.gateways.web.websocket import SLICE
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
    message,
    on_both_drivers,
    read_to_end,
    receive_event,
    receive_types,
    status,
    text_frame,
)
from tests.gateways.web.running_gateway import run_gateway
from tests.server.stage import PATIENCE, Serve, serve_threads

CHUNK = 1 << 16  # bytes
NOTHING = b"too many frames without a line"
STALL = 2.0  # seconds; a reader that is only slow takes something meanwhile


@on_both_drivers
def test_a_page_and_a_terminal_talk_to_each_other(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page, other = gateway.connect(), gateway.server.connect()
        page.send(hello("Juliet"))
        assert receive_types(page, 2) == ["welcome", "joined"]
        other.send(hello("Romeo"))
        assert json.loads(other.receive())["type"] == "welcome"

        assert receive_event(page) == ("joined", {"room": "lobby", "name": "Romeo"})
        page.send(message("ay me"))
        assert receive_types(page, 2) == ["stored", "message"]
        assert b'"Romeo"' in other.receive()
        assert b'"ay me"' in other.receive()


@on_both_drivers
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
def test_a_socket_of_a_foreign_page_is_refused(serve: Serve, origin: str) -> None:
    with run_gateway(serve) as gateway, pytest.raises(InvalidStatus) as refused:
        gateway.connect(origin=origin)

    assert refused.value.response.status_code == 403


@on_both_drivers
def test_a_socket_of_our_own_page_is_let_in(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page = gateway.connect(origin=f"http://127.0.0.1:{gateway.port}")
        page.send(WATCH)

        assert receive_types(page, 1) == ["welcome"]


@on_both_drivers
def test_a_page_that_says_nothing_does_not_stay(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.gateways.web.websocket.FIRST_LINE_TIMEOUT", 0.1)
    monkeypatch.setattr(gateway_module, "SWEEP_INTERVAL", 0.05)
    with run_gateway(serve) as gateway:
        assert gateway.connect().receive() == b""


@on_both_drivers
def test_one_page_too_many_is_told_when_to_come_back(serve: Serve) -> None:
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
def test_a_read_only_page_hears_and_is_not_heard(serve: Serve) -> None:
    with run_gateway(serve, mode="read") as gateway:
        page, other = gateway.connect(), gateway.server.connect()
        other.send(hello("Romeo"))
        other.receive()
        page.send(hello("Juliet") + message("ay me"))

        assert receive_types(page, 1) == ["welcome"]
        kind, data = receive_event(page)
        assert (kind, data["code"]) == ("error", "read_only")
        other.receive()  # its own entering
        other.send(message("anyone?"))
        assert b'"stored"' in other.receive()
        assert b'"anyone?"' in other.receive()  # and nothing of Juliet before
        assert receive_event(page)[1]["message"] == "anyone?"


@on_both_drivers
@pytest.mark.parametrize(
    ("said", "code"),
    [(b"binary", 1003), ("x" * 70_000, 1009), (["x"] * 100, 1008)],
    ids=["binary", "too long", "in pieces"],
)
def test_frames_have_bounds(serve: Serve, said: bytes | str, code: int) -> None:
    with run_gateway(serve) as gateway:
        page = gateway.connect()
        page.send(WATCH)
        assert receive_types(page, 1) == ["welcome"]

        with suppress(ConnectionClosed):  # it may be ended before all of it is sent
            page.socket.send(said)

        assert page.receive() == b""
        assert page.socket.close_code == code


@on_both_drivers
def test_hostile_frames_end_one_page_and_nothing_else(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page, other = gateway.connect(), gateway.connect()
        for each in (page, other):
            each.send(WATCH)
            assert receive_types(each, 1) == ["welcome"]
        page.socket.socket.sendall(b"\x81\x05hello")  # not masked

        assert page.receive() == b""
        other.send(b'{"type":"ping","data":{"token":"1"}}\n')
        assert receive_event(other) == ("pong", {"token": "1"})


@on_both_drivers
@pytest.mark.parametrize(
    "early",
    [b"\x88\x82\0\0\0\0\x03\xe8", b"\x88\x81\0\0\0\0\x03", b"\x89\x80\0\0\0\0"],
    ids=["close", "bad close", "ping"],
)
def test_frames_behind_a_handshake_come_after_its_answer(
    serve: Serve, early: bytes
) -> None:
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(HANDSHAKE + text_frame(WATCH) + early)
        sock.shutdown(socket.SHUT_WR)
        answered = read_to_end(sock)

        other = gateway.connect()
        other.send(WATCH)
        assert receive_types(other, 1) == ["welcome"]

    assert status(answered) == 101
    frames = answered.partition(b"\r\n\r\n")[2]
    assert frames[:1] == (b"\x8a" if early[:1] == b"\x89" else b"\x88")


@on_both_drivers
@pytest.mark.parametrize("before", [b"", b'{"type":"bye","data":{}}\n'])
def test_answers_to_pings_do_not_pile_up(serve: Serve, before: bytes) -> None:
    pings = (b"\x89\xfd\0\0\0\0" + b"x" * 125) * 500_000
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(HANDSHAKE + text_frame(WATCH + before))
        sock.setblocking(False)
        sent = 0

        while sent < len(pings) and select.select([], [sock], [], STALL)[1]:
            sent += sock.send(pings[sent : sent + CHUNK])

        assert sent < len(pings) // 2, "it is read from, and answers wait in memory"


@on_both_drivers
@pytest.mark.parametrize("head", [0, 4000])
def test_many_small_frames_are_taken_in_slices(
    serve: Serve, head: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    receive = ServerProtocol.receive_data

    def noted(frames: ServerProtocol, data: bytes) -> None:
        if not data.startswith(b"GET"):
            sizes.append(len(data))
        receive(frames, data)

    monkeypatch.setattr(ServerProtocol, "receive_data", noted)
    pad = b"\r\nX: " + b"x" * head + b"\r\n\r\n"
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(HANDSHAKE.removesuffix(b"\r\n\r\n") + pad)
        sock.sendall(text_frame(WATCH) + b"\x89\x80\0\0\0\0" * 150)
        heard = b""
        while heard.count(b"\x8a\0") < 150:
            heard += sock.recv(65_536)

    assert max(sizes) <= SLICE


@on_both_drivers
def test_lines_that_come_at_once_go_out_in_few_frames(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page, other = gateway.connect(), gateway.server.connect()
        page.send(WATCH)
        assert receive_types(page, 1) == ["welcome"]
        other.send(hello("Romeo") + b"".join(map(message, map(str, range(500)))))
        frames = 0
        lines = b""
        while lines.count(b"\n") < 501:
            frame = page.socket.recv(PATIENCE)
            assert isinstance(frame, str)
            assert frame.endswith("\n")
            frames, lines = frames + 1, lines + frame.encode()
        flushes = gateway.server.hub.counters.flushes

    assert frames <= flushes < 100
    texts = [json.loads(line)["data"].get("message") for line in lines.splitlines()]
    assert texts == [None, *map(str, range(500))]


@on_both_drivers
def test_a_page_that_never_reads_is_cut_off_and_nobody_else_notices(
    serve: Serve,
) -> None:
    with run_gateway(
        serve, Limits(stall_timeout=0.2, rate=None, recent_events_bytes=1 << 20)
    ) as gateway:
        stuck, page = gateway.connect(), gateway.connect()
        stuck.socket.protocol.max_message_size = None
        for each in (stuck, page):
            each.send(WATCH)
            assert receive_types(each, 1) == ["welcome"]
        stuck.stop_reading()
        page.send(hello("Romeo").replace(b"hello", b"set-name"))
        said = 0
        while gateway.server.hub.capacity.pages > 1:
            page.send(message("x" * 4000) * 15)
            said += 15
            for _ in range(15):
                while receive_event(page)[0] != "message":
                    pass
            assert said < 20_000

        assert gateway.server.hub.counters.closed["stalled"] == 1


@on_both_drivers
def test_a_server_that_stops_tells_pages_when_to_come_back(serve: Serve) -> None:
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
def test_a_page_that_has_said_nothing_is_told_too(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page = gateway.connect()
        gateway.server.stop()

        assert page.receive() == b""
        assert page.socket.close_code == 1012


@on_both_drivers
def test_a_page_that_leaves_is_gone_for_the_others(serve: Serve) -> None:
    with run_gateway(serve, Limits(resume_timeout=0.0)) as gateway:
        page, other = gateway.connect(), gateway.connect()
        other.send(WATCH)
        assert receive_types(other, 1) == ["welcome"]
        page.send(hello("Juliet"))
        assert receive_event(other)[0] == "joined"
        page.reset()

        kind, data = receive_event(other)
        assert (kind, data["name"]) == ("left", "Juliet")


def test_a_page_may_go_while_the_main_thread_writes_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with run_gateway(serve_threads) as gateway:
        page, other = gateway.connect(), gateway.server.connect()
        for each in (page, other):
            each.send(WATCH)
            assert json.loads(each.receive())["type"] == "welcome"

        gone, disconnect = threading.Event(), GatewayServer.disconnect
        write = GatewayTransport.write

        def told_disconnect(server: GatewayServer, session: SessionId) -> None:
            disconnect(server, session)
            gone.set()

        def write_too_late(transport: GatewayTransport, data: bytes) -> None:
            page.reset()
            assert gone.wait(PATIENCE)
            write(transport, data.ljust(HIGH_WATER + 1))

        monkeypatch.setattr(GatewayServer, "disconnect", told_disconnect)

        monkeypatch.setattr(GatewayTransport, "write", write_too_late)
        other.send(hello("Romeo").replace(b"hello", b"set-name"))
        assert b'"joined"' in other.receive()
        other.send(message("anyone?"))

        assert b'"stored"' in other.receive()


@on_both_drivers
@pytest.mark.parametrize("before", [b"", WATCH], ids=["before hello", "after it"])
@pytest.mark.parametrize(
    "frame",
    [
        b"\x89\x80\0\0\0\0",
        b"\x8a\x80\0\0\0\0",
        b"\x81\x80\0\0\0\0",
        b"\x01\x80\0\0\0\0\x80\x80\0\0\0\0",
    ],
    ids=["pings", "pongs", "empty", "empty parts"],
)
def test_frames_that_bring_nothing_end_the_page(
    serve: Serve, before: bytes, frame: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.gateways.web.websocket.CLOSE_TIMEOUT", 0.2)
    monkeypatch.setattr(gateway_module, "SWEEP_INTERVAL", 0.05)
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(HANDSHAKE + (text_frame(before) if before else b""))
        sock.sendall(frame * 400)
        answered = read_to_end(sock)

        assert (
            b"\x88" + bytes([len(b"xx" + NOTHING)]) + b"\x03\xf0" + NOTHING in answered
        )
        other = gateway.connect()
        other.send(WATCH)
        assert receive_types(other, 1) == ["welcome"]
