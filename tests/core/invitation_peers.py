"""Peers in private rooms, and the invitations that they send and receive."""

import json
from typing import Any

from tests.core.account_peers import register, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON, read_events


def private_owner(server: FakeServer, name: str, room: str) -> FakePeer:
    """Return the session of an account that has opened a private room."""
    peer = register(server, name)
    peer.send(line("join", {"room": room, "private": True}))
    server.wait(SOON)
    assert f"room {room}" in told(peer)
    return peer


def answers(
    server: FakeServer, peer: FakePeer, kind: str, **data: object
) -> list[dict[str, Any]]:
    """Send a line; return the lines that the peer receives."""
    told(peer)
    peer.send(line(kind, data))
    server.wait(SOON)
    return read_events(peer)


def code_of(found: list[dict[str, Any]]) -> object:
    """Return the code of the error in an answer, or the type of its first line."""
    answer = found[0]
    return answer["data"].get("code", answer["type"])


def code_for(server: FakeServer, peer: FakePeer, room: str | None = None) -> str:
    """Make a code for a room or, without one, to make an account."""
    data = {} if room is None else {"room": room}
    (answer,) = answers(server, peer, "invite", **data)
    assert answer["type"] == "invitation", answer
    code = answer["data"]["invite"]
    assert isinstance(code, str)
    return code


def invite(server: FakeServer, peer: FakePeer, room: str, name: str) -> None:
    """Invite somebody by name."""
    (answer,) = answers(server, peer, "invite", room=room, name=name)
    assert answer["type"] == "invitation", answer


def invitations(peer: FakePeer) -> list[tuple[str, str]]:
    """Return the rooms of the invitations that a peer received, and by whom."""
    return [
        (each["data"]["room"], each["data"].get("by", ""))
        for each in read_events(peer)
        if each["type"] == "invited"
    ]


def brief(found: list[dict[str, Any]]) -> list[str]:
    """Return lines in the form in which they can be compared, without times."""
    return [json.dumps(each, sort_keys=True) for each in found]
