"""The limits of a WebSocket: frames, input, and peers that do not read."""

import json
import select
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.server import ServerProtocol

from parlour.core.limits import Limits
from parlour.gateways.web import gateway as gateway_module
from parlour.gateways.web.websocket import SLICE
from tests.gateways.web.clients import (
    HANDSHAKE,
    WATCH,
    connect_socket,
    hello,
    read_to_end,
    receive_event,
    receive_types,
    text_frame,
)
from tests.gateways.web.running_gateway import run_gateway
from tests.server.clients import command_line, message_line
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers

CHUNK = 1 << 16  # bytes
NO_LINES = b"too many frames without a line"
STALL = 2.0  # seconds in which a slow server would read something


@on_both_drivers
@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"binary", 1003), ("x" * 70_000, 1009), (["x"] * 100, 1008)],
    ids=["binary", "too long", "too many fragments"],
)
def test_invalid_frames_close_the_connection(
    serve: Serve, payload: bytes | str, code: int
) -> None:
    with run_gateway(serve) as gateway:
        page = gateway.connect()
        page.send(WATCH)
        assert receive_types(page, 1) == ["welcome"]

        with suppress(ConnectionClosed):  # the server may close before all is sent
            page.socket.send(payload)

        assert page.receive() == b""
        assert page.socket.close_code == code


@on_both_drivers
def test_an_invalid_frame_does_not_affect_other_pages(serve: Serve) -> None:
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
@pytest.mark.parametrize("before", [b"", b'{"type":"bye","data":{}}\n'])
def test_unread_pongs_stop_the_server_from_reading(serve: Serve, before: bytes) -> None:
    pings = (b"\x89\xfd\0\0\0\0" + b"x" * 125) * 500_000
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(HANDSHAKE + text_frame(WATCH + before))
        sock.setblocking(False)
        sent = 0

        while sent < len(pings) and select.select([], [sock], [], STALL)[1]:
            sent += sock.send(pings[sent : sent + CHUNK])

        assert sent < len(pings) // 2, (
            "the server reads on, and pongs pile up in memory"
        )


@on_both_drivers
@pytest.mark.parametrize("head", [0, 4000])
def test_input_is_processed_in_slices(
    serve: Serve, head: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    receive = ServerProtocol.receive_data

    def noted_receive(frames: ServerProtocol, data: bytes) -> None:
        if not data.startswith(b"GET"):
            sizes.append(len(data))
        receive(frames, data)

    monkeypatch.setattr(ServerProtocol, "receive_data", noted_receive)
    pad = b"\r\nX: " + b"x" * head + b"\r\n\r\n"
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(HANDSHAKE.removesuffix(b"\r\n\r\n") + pad)
        sock.sendall(text_frame(WATCH) + b"\x89\x80\0\0\0\0" * 150)
        received = b""
        while received.count(b"\x8a\0") < 150:
            received += sock.recv(65_536)

    assert max(sizes) <= SLICE


@on_both_drivers
def test_lines_sent_at_once_are_delivered_in_few_frames(serve: Serve) -> None:
    with run_gateway(serve) as gateway:
        page, other = gateway.connect(), gateway.server.connect()
        page.send(WATCH)
        assert receive_types(page, 1) == ["welcome"]
        other.send(hello("Romeo") + b"".join(map(message_line, map(str, range(500)))))
        frames = 0
        lines = b""
        while lines.count(b"\n") < 501:
            frame = page.socket.recv(TIMEOUT)
            assert isinstance(frame, str)
            assert frame.endswith("\n")
            frames, lines = frames + 1, lines + frame.encode()
        flushes = gateway.server.hub.counters.flushes

    assert frames <= flushes < 100
    texts = [json.loads(line)["data"].get("message") for line in lines.splitlines()]
    assert texts == [None, *map(str, range(500))]


@on_both_drivers
def test_a_page_that_never_reads_is_closed_without_affecting_others(
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
        page.send(command_line("set-name", name="Romeo"))
        sent = 0
        while gateway.server.hub.capacity.pages > 1:
            page.send(message_line("x" * 4000) * 15)
            sent += 15
            for _ in range(15):
                while receive_event(page)[0] != "message":
                    pass
            assert sent < 20_000

        assert gateway.server.hub.counters.closed["stalled"] == 1


@on_both_drivers
@pytest.mark.parametrize("before", [b"", WATCH], ids=["before hello", "after hello"])
@pytest.mark.parametrize(
    "frame",
    [
        b"\x89\x80\0\0\0\0",
        b"\x8a\x80\0\0\0\0",
        b"\x81\x80\0\0\0\0",
        b"\x01\x80\0\0\0\0\x80\x80\0\0\0\0",
    ],
    ids=["pings", "pongs", "empty", "empty fragments"],
)
def test_too_many_frames_without_a_line_close_the_connection(
    serve: Serve, before: bytes, frame: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.gateways.web.websocket.CLOSE_TIMEOUT", 0.2)
    monkeypatch.setattr(gateway_module, "SWEEP_INTERVAL", 0.05)
    with run_gateway(serve) as gateway, connect_socket(gateway) as sock:
        sock.sendall(HANDSHAKE + (text_frame(before) if before else b""))
        sock.sendall(frame * 400)
        response = read_to_end(sock)

        close_frame = bytes([0x88, 2 + len(NO_LINES)]) + b"\x03\xf0" + NO_LINES
        assert close_frame in response
        other = gateway.connect()
        other.send(WATCH)
        assert receive_types(other, 1) == ["welcome"]
