"""The addresses of rooms and messages. `static/rooms.js` has the same rules.

The lobby's are ``/`` and ``/m/N``, as before there were other rooms.
"""

from typing import Final
from urllib.parse import quote, urlencode

from parlour.core.events import LOBBY, RoomName

SAY_PATH: Final = "/say"
"""The path to which pages without scripts send messages."""


def room_path(room: RoomName) -> str:
    """Return the path of *room*."""
    return "/" if room == LOBBY else f"/r/{quote(room, safe='')}"


def named_room_path(room: RoomName, name: str) -> str:
    """Return the address of *room* whose form has the name filled in."""
    return f"{room_path(room)}?{urlencode({'name': name})}"


def message_path(room: RoomName, sequence: int | str) -> str:
    """Return the path of a message in *room*."""
    return f"/m/{sequence}" if room == LOBBY else f"{room_path(room)}/m/{sequence}"


def older_path(room: RoomName, before: int) -> str:
    """Return the address of the messages in *room* before a sequence."""
    return f"{room_path(room)}?before={before}"


def search_path(rooms: list[RoomName], words: str, before: int) -> str:
    """Return the address of the messages with *words* before a sequence."""
    query = {"q": words, "before": str(before)}
    if rooms != [LOBBY]:
        query["room"] = " ".join(rooms)
    return f"/search?{urlencode(query)}"


def rooms_path(after: RoomName) -> str:
    """Return the address of the list of rooms that continues after a name."""
    return f"/rooms?{urlencode({'after': after})}"
