"""Clients of the web gateway: raw HTTP requests, and lines through WebSockets."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from tests.gateways.web.running_gateway import RunningGateway, WebSocketPeer
from tests.server.clients import command_line
from tests.server.running_servers import TIMEOUT

WATCH = command_line("hello", version=1, watch=True)
HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\n"
    b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
)


def hello(name: str) -> bytes:
    return command_line("hello", version=1, name=name)


def text_frame(line: bytes) -> bytes:
    """Return *line*, of at most 125 bytes, as a masked frame."""
    return b"\x81" + bytes([0x80 | len(line)]) + b"\0\0\0\0" + line


def receive_event(peer: WebSocketPeer) -> tuple[str, dict[str, object]]:
    """Return the type and the data of the next line."""
    line = json.loads(peer.receive())
    return line["type"], line["data"]


def receive_types(peer: WebSocketPeer, count: int) -> list[str]:
    """Return the types of the next *count* lines."""
    return [receive_event(peer)[0] for _ in range(count)]


@contextmanager
def connect_socket(gateway: RunningGateway) -> Iterator[socket.socket]:
    """Connect to the gateway, and send nothing."""
    with socket.create_connection(("127.0.0.1", gateway.port), TIMEOUT) as sock:
        yield sock


def read_to_end(sock: socket.socket) -> bytes:
    """Return all bytes until the gateway closes the connection."""
    parts = []
    try:
        while part := sock.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def request(gateway: RunningGateway, head: str, body: bytes = b"") -> bytes:
    """Send a request with ``Connection: close``, and return the response."""
    with connect_socket(gateway) as sock:
        sock.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode() + body)
        return read_to_end(sock)


def status(response: bytes) -> int:
    """Return the status code of *response*."""
    return int(response.split(b" ", 2)[1])
