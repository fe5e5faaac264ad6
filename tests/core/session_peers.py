"""Peers that use the session dialect, and their events in brief."""

import json
from typing import Any

from tests.core.fake_server import FakePeer, FakeServer, line

TOKEN = "a secret of the client"
SOON = 0.001  # seconds until a few members have received notices, too


def connect_session(
    server: FakeServer,
    name: str | None = None,
    *,
    token: str = TOKEN,
    after: int | None = None,
    **more: object,
) -> FakePeer:
    """Connect a peer that sends hello; its cursor is the sequence *after*, if any."""
    data: dict[str, object] = {"version": 1, "token": token, **more}
    if name is not None:
        data["name"] = name
    if after is not None:
        epoch = server.hub.state.epoch
        data["resume"] = {"lobby": {"epoch": epoch, "sequence": after}}
    peer = server.connect()
    peer.send(line("hello", data))
    server.wait(SOON)
    return peer


def connect_ann_and_bob(server: FakeServer) -> tuple[FakePeer, FakePeer]:
    """Connect two sessions: Ann with `TOKEN`, and Bob with another token."""
    ann = connect_session(server, "Ann")
    return ann, connect_session(server, "Bob", token="x" * 16)


def send_messages(peer: FakePeer, *texts: str) -> None:
    """Send a message for each of *texts*, which is also its id."""
    peer.send(b"".join(line("message", {"message": t, "id": t}) for t in texts))


def read_events(peer: FakePeer) -> list[dict[str, Any]]:
    """Return the lines that a peer received since the last call."""
    whole, end, peer.unread = peer.unread.rpartition(b"\n")
    return [json.loads(each) for each in (whole + end).splitlines()]


def read_brief(peer: FakePeer) -> list[str]:
    """Return the lines of `read_events`, each in a few words."""
    return [_brief(each["type"], each["data"]) for each in read_events(peer)]


def _brief(kind: str, data: dict[str, Any]) -> str:
    match kind:
        case "message":
            return f"{data['sequence']} {data['message']}"
        case "welcome":
            state = data["rooms"]["lobby"]
            return f"welcome {state['sequence']} {state['recovered']}"
        case "missed":
            return f"missed {data['events']} {data['resume_after']}"
        case "stored":
            return f"stored {data.get('id')} {data['sequence']}"
        case "error" | "bye":
            return f"{kind} {data['code']}"
        case "joined" | "left":
            return f"{kind} {data['name']}"
        case "renamed":
            return f"{data['name']} is {data['to']}"
    return kind
