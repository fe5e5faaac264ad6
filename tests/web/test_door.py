"""What only browsers, and those who pretend to be one, can do at the door."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.server import ServerProtocol

from parlour.core.events import View
from parlour.core.limits import Limits
from parlour.server.side_doors import SideCarrier
from parlour.web import door as doors
from parlour.web import front
from parlour.web.chat import HallChat
from parlour.web.websocket import SLICE
from tests.server.stage import PATIENCE, Serve, serve_async, serve_threads
from tests.web.stage import Open, PagePeer, serve_pages

on_both = pytest.mark.parametrize(
    "serve", [serve_async, serve_threads], ids=["async", "threads"]
)
WATCH = b'{"type":"hello","data":{"version":1,"watch":true}}\n'
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)


def hello(name: str) -> bytes:
    said = {"type": "hello", "data": {"version": 1, "name": name}}
    return json.dumps(said).encode() + b"\n"


def message(text: str) -> bytes:
    return json.dumps({"type": "message", "data": text}).encode() + b"\n"


def text_frame(line: bytes) -> bytes:
    """Return a short line as a browser frames it."""
    return b"\x81" + bytes([0x80 | len(line)]) + b"\0\0\0\0" + line


def heard(peer: PagePeer) -> tuple[str, dict[str, object]]:
    """Return the type and the data of the next line."""
    line = json.loads(peer.receive())
    return line["type"], line["data"]


def kinds(peer: PagePeer, count: int) -> list[str]:
    return [heard(peer)[0] for _ in range(count)]


@contextmanager
def plain_socket(door: Open) -> Iterator[socket.socket]:
    """Connect to the door without a word."""
    with socket.create_connection(("127.0.0.1", door.port), PATIENCE) as sock:
        yield sock


def answer(sock: socket.socket) -> bytes:
    """Read until the other side ends."""
    parts = []
    try:
        while part := sock.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def request(door: Open, head: str, body: bytes = b"") -> bytes:
    """Send a request with ``Connection: close``, and return all of the answer."""
    with plain_socket(door) as sock:
        sock.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)
        return answer(sock)


def status(answered: bytes) -> int:
    return int(answered.split(b" ", 2)[1])


@on_both
def test_a_page_and_a_terminal_talk_to_each_other(serve: Serve) -> None:
    with serve_pages(serve) as door:
        page, other = door.connect(), door.running.connect()
        page.send(hello("Juliet"))
        assert kinds(page, 2) == ["welcome", "joined"]
        other.send(hello("Romeo"))
        assert json.loads(other.receive())["type"] == "welcome"

        assert heard(page) == ("joined", {"room": "lobby", "name": "Romeo"})
        page.send(message("ay me"))
        assert kinds(page, 2) == ["stored", "message"]
        assert b'"Romeo"' in other.receive()
        assert b'"ay me"' in other.receive()


@on_both
@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1"])
def test_a_socket_of_a_foreign_page_is_refused(serve: Serve, origin: str) -> None:
    with serve_pages(serve) as door, pytest.raises(InvalidStatus) as refused:
        door.connect(origin=origin)

    assert refused.value.response.status_code == 403


@on_both
def test_a_socket_of_our_own_page_is_let_in(serve: Serve) -> None:
    with serve_pages(serve) as door:
        page = door.connect(origin=f"http://127.0.0.1:{door.port}")
        page.send(WATCH)

        assert kinds(page, 1) == ["welcome"]


@on_both
@pytest.mark.parametrize("path", ["/", "/ws", "/healthz", "/api/messages"])
def test_a_name_that_is_not_known_gets_nothing(serve: Serve, path: str) -> None:
    with serve_pages(serve) as door:
        foreign = request(door, f"GET {path} HTTP/1.1\r\nHost: evil.example")
        allowed = request(door, f"GET {path} HTTP/1.1\r\nHost: localhost")

    assert status(foreign) == 400
    assert b"--web-allow" in foreign
    assert status(allowed) == (426 if path == "/ws" else 200)


@on_both
def test_a_handshake_for_a_name_that_is_not_known_is_refused(serve: Serve) -> None:
    upgrade = (
        "Host: evil.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg=="
    )
    with serve_pages(serve) as door, plain_socket(door) as sock:
        sock.sendall(f"GET /ws HTTP/1.1\r\n{upgrade}\r\n\r\n".encode())
        sock.shutdown(socket.SHUT_WR)

        assert status(answer(sock)) == 400


@on_both
def test_a_body_is_refused_and_not_read(serve: Serve) -> None:
    with serve_pages(serve) as door:
        said = "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000"
        chunked = "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"

        assert status(request(door, said, b"x" * 100_000)) == 413
        assert status(request(door, chunked, b"5\r\nhello\r\n")) == 413


@on_both
def test_a_body_that_is_none_is_refused_without_a_trace(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    with serve_pages(serve) as door:
        chunked = "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked"

        assert status(request(door, chunked, b"no number\r\n")) == 400

    assert not [each for each in caplog.records if each.exc_info]


@on_both
def test_a_head_that_is_too_long_is_refused(serve: Serve) -> None:
    with serve_pages(serve) as door:
        head = f"GET / HTTP/1.1\r\nHost: localhost\r\nX: {'x' * 20_000}"

        assert status(request(door, head)) == 431


@on_both
def test_a_head_that_has_no_end_is_refused(serve: Serve) -> None:
    with serve_pages(serve) as door, plain_socket(door) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000)

        assert status(answer(sock)) == 400


@on_both
@pytest.mark.parametrize("start", [b"", b"GET / HTTP/1.1\r\nHost: lo"])
def test_half_a_request_does_not_stay(
    serve: Serve, start: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(front, "REQUEST_WAIT", 0.1)
    monkeypatch.setattr(doors, "SWEEP", 0.05)
    with serve_pages(serve) as door, plain_socket(door) as sock:
        sock.sendall(start)

        assert answer(sock) == b""


@on_both
def test_a_page_that_says_nothing_does_not_stay(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.web.websocket.FIRST_WAIT", 0.1)
    monkeypatch.setattr(doors, "SWEEP", 0.05)
    with serve_pages(serve) as door:
        assert door.connect().receive() == b""


@on_both
def test_there_are_so_many_connections_at_most(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MAX_OTHERS", 1)
    with serve_pages(serve, Limits(max_pages=1)) as door:
        page = door.connect()
        page.send(WATCH)
        assert kinds(page, 1) == ["welcome"]
        with plain_socket(door), plain_socket(door) as third:
            third.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")

            assert status(answer(third)) == 503


@on_both
def test_one_page_too_many_is_told_when_to_come_back(serve: Serve) -> None:
    with serve_pages(serve, Limits(max_pages=1)) as door:
        first, second = door.connect(), door.connect()
        first.send(WATCH)
        assert kinds(first, 1) == ["welcome"]
        second.send(WATCH)

        kind, data = heard(second)
        assert (kind, data["code"], data["retry_after"]) == ("bye", "server_full", 30.0)
        assert second.receive() == b""
        assert second.socket.close_code == 1013


@on_both
def test_a_read_only_page_hears_and_is_not_heard(serve: Serve) -> None:
    with serve_pages(serve, mode="read") as door:
        page, other = door.connect(), door.running.connect()
        other.send(hello("Romeo"))
        other.receive()
        page.send(hello("Juliet") + message("ay me"))

        assert kinds(page, 1) == ["welcome"]
        kind, data = heard(page)
        assert (kind, data["code"]) == ("error", "read_only")
        other.receive()  # its own entering
        other.send(message("anyone?"))
        assert b'"stored"' in other.receive()
        assert b'"anyone?"' in other.receive()  # and nothing of Juliet before
        assert heard(page)[1]["message"] == "anyone?"


@on_both
@pytest.mark.parametrize(
    ("said", "code"),
    [(b"binary", 1003), ("x" * 70_000, 1009), (["x"] * 100, 1008)],
    ids=["binary", "too long", "in pieces"],
)
def test_frames_have_bounds(serve: Serve, said: bytes | str, code: int) -> None:
    with serve_pages(serve) as door:
        page = door.connect()
        page.send(WATCH)
        assert kinds(page, 1) == ["welcome"]

        with suppress(ConnectionClosed):  # it may be ended before all of it is sent
            page.socket.send(said)

        assert page.receive() == b""
        assert page.socket.close_code == code


@on_both
def test_hostile_frames_end_one_page_and_nothing_else(serve: Serve) -> None:
    with serve_pages(serve) as door:
        page, other = door.connect(), door.connect()
        for each in (page, other):
            each.send(WATCH)
            assert kinds(each, 1) == ["welcome"]
        page.socket.socket.sendall(b"\x81\x05hello")  # not masked

        assert page.receive() == b""
        other.send(b'{"type":"ping","data":{"token":"1"}}\n')
        assert heard(other) == ("pong", {"token": "1"})


@on_both
@pytest.mark.parametrize(
    "early",
    [b"\x88\x82\0\0\0\0\x03\xe8", b"\x88\x81\0\0\0\0\x03", b"\x89\x80\0\0\0\0"],
    ids=["close", "bad close", "ping"],
)
def test_frames_behind_a_handshake_come_after_its_answer(
    serve: Serve, early: bytes
) -> None:
    with serve_pages(serve) as door, plain_socket(door) as sock:
        sock.sendall(HANDSHAKE + text_frame(WATCH) + early)
        sock.shutdown(socket.SHUT_WR)
        answered = answer(sock)

        other = door.connect()
        other.send(WATCH)
        assert kinds(other, 1) == ["welcome"]

    assert status(answered) == 101
    frames = answered.partition(b"\r\n\r\n")[2]
    assert frames[:1] == (b"\x8a" if early[:1] == b"\x89" else b"\x88")


@on_both
@pytest.mark.parametrize("before", [b"", b'{"type":"bye","data":{}}\n'])
def test_answers_to_pings_do_not_pile_up(serve: Serve, before: bytes) -> None:
    pings = (b"\x89\xfd\0\0\0\0" + b"x" * 125) * 500_000
    with serve_pages(serve) as door, plain_socket(door) as sock:
        sock.sendall(HANDSHAKE + text_frame(WATCH + before))
        sock.settimeout(0.5)

        with pytest.raises(TimeoutError):  # it is not read from any more
            sock.sendall(pings)


@on_both
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
    with serve_pages(serve) as door, plain_socket(door) as sock:
        sock.sendall(HANDSHAKE.removesuffix(b"\r\n\r\n") + pad)
        sock.sendall(text_frame(WATCH) + b"\x89\x80\0\0\0\0" * 20_000)
        heard = b""
        while heard.count(b"\x8a\0") < 20_000:
            heard += sock.recv(65_536)

    assert max(sizes) <= SLICE


@on_both
def test_lines_that_come_at_once_go_out_in_few_frames(serve: Serve) -> None:
    with serve_pages(serve) as door:
        page, other = door.connect(), door.running.connect()
        page.send(WATCH)
        assert kinds(page, 1) == ["welcome"]
        other.send(hello("Romeo") + b"".join(map(message, map(str, range(500)))))
        frames = 0
        lines = b""
        while lines.count(b"\n") < 501:
            frame = page.socket.recv(PATIENCE)
            assert isinstance(frame, str)
            assert frame.endswith("\n")
            frames, lines = frames + 1, lines + frame.encode()
        flushes = door.running.hub.counters.flushes

    assert frames <= flushes < 100
    texts = [json.loads(line)["data"].get("message") for line in lines.splitlines()]
    assert texts == [None, *map(str, range(500))]


@on_both
def test_a_page_that_never_reads_is_cut_off_and_nobody_else_notices(
    serve: Serve,
) -> None:
    with serve_pages(serve, Limits(stall=0.2, rate=None, log_bytes=1 << 20)) as door:
        stuck, page = door.connect(), door.connect()
        stuck.socket.protocol.max_message_size = None
        for each in (stuck, page):
            each.send(WATCH)
            assert kinds(each, 1) == ["welcome"]
        stuck.stop_reading()
        page.send(hello("Romeo").replace(b"hello", b"set-name"))
        said = 0
        while door.running.hub.capacity.pages > 1:
            page.send(message("x" * 4000) * 15)
            said += 15
            for _ in range(15):
                while heard(page)[0] != "message":
                    pass
            assert said < 20_000

        assert door.running.hub.counters.ended["stalled"] == 1


@on_both
def test_a_server_that_stops_tells_pages_when_to_come_back(serve: Serve) -> None:
    with serve_pages(serve) as door:
        page = door.connect()
        page.send(WATCH)
        assert kinds(page, 1) == ["welcome"]
        door.running.stop()

        kind, data = heard(page)
        assert (kind, data["code"]) == ("bye", "server_stopping")
        assert data["retry_after"] == 2.0
        assert page.receive() == b""
        assert page.socket.close_code == 1012


@on_both
def test_a_page_that_has_said_nothing_is_told_too(serve: Serve) -> None:
    with serve_pages(serve) as door:
        page = door.connect()
        door.running.stop()

        assert page.receive() == b""
        assert page.socket.close_code == 1012


@on_both
def test_a_door_closes_after_the_pages_that_are_made(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, made = threading.Event(), threading.Event()
    view = HallChat.view

    def slow_view(chat: HallChat) -> View:
        begun.set()
        time.sleep(0.3)
        found = view(chat)
        made.set()
        return found

    monkeypatch.setattr(HallChat, "view", slow_view)
    with serve_pages(serve) as door:
        with plain_socket(door) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert begun.wait(PATIENCE)
        door.running.stop()

    assert made.is_set()


@on_both
def test_a_page_that_leaves_is_gone_for_the_others(serve: Serve) -> None:
    with serve_pages(serve, Limits(hold=0.0)) as door:
        page, other = door.connect(), door.connect()
        other.send(WATCH)
        assert kinds(other, 1) == ["welcome"]
        page.send(hello("Juliet"))
        assert heard(other)[0] == "joined"
        page.reset()

        kind, data = heard(other)
        assert (kind, data["name"]) == ("left", "Juliet")


def test_a_page_may_go_while_the_main_thread_writes_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serve_pages(serve_threads) as door:
        page, other = door.connect(), door.running.connect()
        for each in (page, other):
            each.send(WATCH)
            assert json.loads(each.receive())["type"] == "welcome"

        def write_too_late(_side: SideCarrier, data: bytes) -> int:
            page.reset()
            while door.running.hub.capacity.pages:
                time.sleep(0.001)
            return len(data)

        monkeypatch.setattr(SideCarrier, "write", write_too_late)
        other.send(hello("Romeo").replace(b"hello", b"set-name"))
        assert b'"joined"' in other.receive()
        other.send(message("anyone?"))

        assert b'"stored"' in other.receive()
