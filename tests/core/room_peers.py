"""Peers that are in several rooms, and the lines that they receive."""

from typing import Any

from parlour.core.events import RoomName
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON, read_events

ALIVE = 20.0  # seconds, after which a peer sends something

Line = tuple[str, dict[str, Any]]


def token_of(name: str) -> str:
    """Return the token of a peer."""
    return f"the secret token of {name}"


def connect_in(server: FakeServer, name: str, *rooms: str, **more: object) -> FakePeer:
    """Connect a session that is in *rooms*; it has not read anything."""
    peer = server.connect()
    hello = {"version": 1, "token": token_of(name), "name": name, "rooms": rooms}
    peer.send(line("hello", {**hello, **more}))
    server.wait(SOON)
    return peer


def people_in(server: FakeServer, *rooms: str, names: str) -> list[FakePeer]:
    """Connect a session for each of *names*; drop what all peers have received."""
    peers = [connect_in(server, name, *rooms) for name in names.split()]
    drop_lines(server)
    return peers


def drop_lines(server: FakeServer) -> None:
    """Drop what all peers have received."""
    server.wait(0.1)
    for peer in server.peers.values():
        peer.unread = b""
        peer.writes.clear()


def ask(peer: FakePeer, kind: str, **data: object) -> list[Line]:
    """Send one line, and return what the peer receives for it."""
    peer.send(line(kind, data))
    return lines(peer)


def lines(peer: FakePeer) -> list[Line]:
    """Return the lines that a peer received since the last call."""
    return [(each["type"], each["data"]) for each in read_events(peer)]


def kinds(peer: FakePeer) -> list[str]:
    """Return the types of the lines of `lines`, with their rooms if they have one."""
    return [f"{kind} {data.get('room', '')}".strip() for kind, data in lines(peer)]


def codes(found: list[Line]) -> list[str]:
    """Return the codes of errors, and the types of other lines."""
    return [data["code"] if kind == "error" else kind for kind, data in found]


def say(peer: FakePeer, room: str, *texts: str) -> None:
    """Send a message for each of *texts*, without an id."""
    peer.send(b"".join(line("message", {"room": room, "message": t}) for t in texts))


def lose(server: FakeServer, peer: FakePeer) -> None:
    """Break the connection of a peer; its session is held."""
    peer.disconnect()
    server.wait(0.1)


def pass_time(server: FakeServer, seconds: float) -> None:
    """Advance the clock, while every peer answers its pings; drop what they receive."""
    for _ in range(int(seconds // ALIVE)):
        server.wait(ALIVE)
        for peer in server.peers.values():
            peer.feed(line("pong", {"token": ""}))
    server.wait(seconds % ALIVE)
    drop_lines(server)


def epoch_of(server: FakeServer, room: str) -> str:
    """Return the epoch of a room."""
    state = server.hub.state
    return state.epoch_of(state.rooms[RoomName(room)])


def open_direct(peer: FakePeer, to: str) -> str:
    """Open a direct room; return its name."""
    ((kind, room),) = ask(peer, "direct", to=to)
    assert kind == "room", room
    name = room["room"]
    assert isinstance(name, str)
    return name


def in_room(found: list[Line], room: str) -> list[str]:
    """Return the lines about a room, in brief."""
    return [
        f"{kind} {data.get('message', '')}".strip()
        for kind, data in found
        if data.get("room") == room
    ]
