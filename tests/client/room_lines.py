"""The lines of a server with rooms."""

from tests.client.listener import Peer
from tests.client.server_lines import session_line


def rooms_welcome(*rooms: str) -> bytes:
    """Return the welcome of a server, and the lines with which Ann enters *rooms*."""
    welcome = session_line("welcome", version=1, you="Ann", limits={"rooms": 100})
    return welcome + b"".join(map(entered, rooms))


def entered(room: str, other: str = "", *, topic: str = "") -> bytes:
    """Return the line with which Ann is in a room, or with *other* in a direct one."""
    data: dict[str, object] = {"with": other} if other else {}
    data |= {"epoch": "e", "sequence": 0, "recovered": True, "kept": not other}
    return session_line("room", room=room, topic=topic, **data)


def said(source: str, text: str, room: str, sequence: int = 1) -> bytes:
    """Return a message in a room."""
    return session_line(
        "message", room=room, sequence=sequence, source=source, message=text
    )


def welcome_peer(peer: Peer, *rooms: str) -> None:
    """Answer the hello of a client that enters *rooms*."""
    hello = peer.read_json()
    assert hello["type"] == "hello"
    peer.sock.sendall(rooms_welcome(*rooms))


def read_request(peer: Peer, kind: str) -> dict[str, object]:
    """Return the data of the next request of this *kind*; skip what Tab asks for."""
    while (found := peer.read_json())["type"] != kind:
        assert found["type"] == "users"
    data = found["data"]
    assert isinstance(data, dict)
    return data
