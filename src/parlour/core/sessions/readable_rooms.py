"""The rooms that a visitor of the page may read."""

from collections.abc import Iterable

from ..events import Refused, RoomName
from ..state.public_rooms import readable_room
from ..state.state import State
from .sanction_lists import visitor_ban


def readable_rooms(
    state: State, rooms: Iterable[RoomName], account: str, network: str, wall: float
) -> dict[RoomName, int | Refused]:
    """Return the last sequence of each of *rooms* now, or why the visitor is banned.

    Rooms of which the visitor must not know, and those without a history, are left out.
    The visitor has an *account*, whose name it is, or else comes from a *network*.
    """
    found: dict[RoomName, int | Refused] = {}
    for name in rooms:
        room = readable_room(state, name, account)
        if room is not None:
            why = visitor_ban(state, account, network, name, wall)
            found[name] = room.sequence if why is None else why
    return found
