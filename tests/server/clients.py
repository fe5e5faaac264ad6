"""Lines that peers send and receive, in the plain and the session dialect."""

import json
from typing import Protocol, TypeVar


class Peer(Protocol):
    """A peer, with TLS or without."""

    address: str

    def send(self, data: bytes) -> None: ...

    def receive(self) -> bytes: ...


AnyPeer = TypeVar("AnyPeer", bound=Peer)

# -- the plain dialect --------------------------------------------------------------


def message_line(text: str) -> bytes:
    """Return the line that sends a message."""
    return json.dumps({"type": "message", "data": text}).encode() + b"\n"


def receive_message(peer: Peer) -> tuple[str, str]:
    """Return the source and the text of the next line."""
    data = json.loads(peer.receive())["data"]
    return data["source"], data["message"]


def receive_until(peer: Peer, text: str) -> None:
    """Receive lines until one has *text*."""
    while receive_message(peer)[1] != text:
        pass


def joined(peer: AnyPeer) -> AnyPeer:
    """Wait for the notice that *peer* joined, and return *peer*."""
    notice = f"{peer.address} has entered the chat"
    assert receive_message(peer) == ("[Server]", notice)
    return peer


# -- the session dialect ------------------------------------------------------------


def command_line(kind: str, **data: object) -> bytes:
    """Return the line of a command."""
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


def send(peer: Peer, kind: str, **data: object) -> None:
    """Send a command."""
    peer.send(command_line(kind, **data))


def receive_event(peer: Peer, *kinds: str) -> dict[str, object]:
    """Receive lines until an event of one of *kinds*, and return its data."""
    while (event := json.loads(peer.receive()))["type"] not in kinds:
        pass
    data: dict[str, object] = event["data"]
    return data
