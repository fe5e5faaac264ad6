"""What a connection keeps of its hello: the dialect, and valid names of rooms."""

from ..events import Refused, RoomName, is_direct_room
from ..names.room_names import normalize_room_name
from ..protocol.commands import Hello
from ..protocol.dialect import Dialect
from ..protocol.session import LOBBY_SESSION, SESSION
from .connection import Connection


def take_first_hello(connection: Connection, hello: Hello) -> None:
    """Keep the hello on the first line, which also chooses the dialect."""
    take_hello(connection, hello)
    connection.dialect = session_dialect(hello)


def take_hello(connection: Connection, hello: Hello) -> None:
    """Keep a hello, with its names of rooms validated."""
    connection.token, connection.joins_by = hello.token, "hello"
    if hello.rooms is not None:
        rooms, errors = _valid_rooms(hello.rooms)
        hello = hello.replace(
            rooms=tuple(dict.fromkeys(rooms.values())),
            cursors=tuple(
                (rooms.get(name, RoomName(name)), cursor)
                for name, cursor in hello.cursors
                if name in rooms or is_direct_room(name)
            ),
            errors=(*hello.errors, *errors),
        )
    connection.hello = hello


def session_dialect(hello: Hello) -> Dialect:
    """Return the session dialect for a client that knows rooms, or that knows none."""
    return SESSION if hello.knows_rooms else LOBBY_SESSION


def _valid_rooms(
    names: tuple[str, ...],
) -> tuple[dict[str, RoomName], tuple[Refused, ...]]:
    """Return the valid ones of *names*, each with its room, and the errors."""
    rooms: dict[str, RoomName] = {}
    errors: list[Refused] = []
    for name in names:
        is_direct = is_direct_room(name)
        room = RoomName(name) if is_direct else normalize_room_name(name)
        if isinstance(room, Refused):
            errors.append(room.replace(about="hello", room=RoomName(name)))
        else:
            rooms[name] = room
    return rooms, tuple(errors)
