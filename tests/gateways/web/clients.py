"""What pages and strangers say at the door, and hear."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.gateways.web.running_gateway import Open, PagePeer
from tests.server.stage import PATIENCE, serve_async, serve_threads

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
