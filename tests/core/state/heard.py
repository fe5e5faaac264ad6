"""What the others hear: the chat as somebody knows it who only follows the effects."""

from collections.abc import Sequence

from parlour.core.events import DIRECT_PREFIX, LOBBY, Left, RoomName, SessionId
from parlour.core.state.effects import (
    Effect,
    NameChanged,
    RoomEnded,
    RoomEntered,
    RoomLeft,
    RoomMade,
    RoomShown,
    SessionEnded,
    SessionStarted,
    Told,
)
from parlour.core.state.state import State


class Heard:
    """The names in each public room, and the sessions, by the effects so far."""

    def __init__(self) -> None:
        self.names: dict[RoomName, list[str]] = {LOBBY: []}
        self.sessions: set[SessionId] = set()

    def hear(  # noqa: C901 -- a row per effect
        self, effects: Sequence[Effect]
    ) -> None:
        """Follow the effects of an entry."""
        for each in effects:
            match each:
                case SessionStarted(session):
                    self.sessions.add(session)
                case SessionEnded(session):
                    self.sessions.remove(session)
                case RoomMade(room):
                    self.names[room] = []
                case RoomEnded(room, members) if room in self.names:
                    # Whoever is in a room when it is shut hears that it is closed.
                    assert bool(self.names.pop(room)) == bool(members)
                case RoomEntered(room=room) | RoomLeft(room=room) if room.startswith(
                    DIRECT_PREFIX
                ):
                    pass
                case RoomEntered(_, room, name) if each.is_new and each.is_first:
                    self.names[room].append(name)
                case RoomLeft(_, room, name) if each.is_last:
                    self.names[room].remove(name)
                case Told(room, Left(_, name)):
                    self.names[room].remove(name)
                case NameChanged(_, name, to, rooms):
                    for room in rooms:
                        if not room.startswith(DIRECT_PREFIX):
                            self.names[room].remove(name)
                            self.names[room].append(to)

    def sorted_names(self) -> dict[RoomName, list[str]]:
        return {room: sorted(names) for room, names in self.names.items()}


def names_in(state: State) -> dict[RoomName, list[str]]:
    """Return the names in each public room, each person once."""
    return {
        room.name: sorted(each.name for each in room.users(state.sessions))
        for room in state.rooms
        if room.is_open and not room.is_direct
    }


def outsiders(state: State, effects: Sequence[Effect]) -> list[Effect]:
    """Return the effects that tell a session of a room in which it is not."""
    return [
        each
        for each in effects
        if isinstance(each, RoomEntered | RoomShown)
        and each.room not in state.sessions[each.session].rooms
    ]
