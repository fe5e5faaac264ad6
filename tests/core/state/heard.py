"""What the others hear: the chat as somebody knows it who only follows the effects."""

from collections.abc import Sequence

from parlour.core.events import (
    LOBBY,
    Left,
    RoleChanged,
    RoomName,
    SessionId,
    is_direct_room,
)
from parlour.core.roles import Role
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
    """The users of each public room, and the sessions, by the effects so far.

    The role of a user who enters or is renamed is that in the *state*. Two users share
    a name only after entries that no server proposes. Their roles are not followed,
    because `RoleChanged` identifies a user by name.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.names: dict[RoomName, list[str]] = {LOBBY: []}
        self.roles: dict[tuple[RoomName, str], Role] = {}  # above that of a member
        self.doubled: set[tuple[RoomName, str]] = set()  # names that two users had
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
                case RoomEntered(_, room) | RoomLeft(_, room) if is_direct_room(room):
                    pass
                case RoomEntered(_, room, name) if each.is_new and each.is_first:
                    self._add(room, name)
                    self._note(room, name, self._state.role_in(each.session, room))
                case RoomLeft(_, room, name) if each.is_last:
                    self.names[room].remove(name)
                case Told(room, Left(_, name)):
                    self.names[room].remove(name)
                case Told(room, RoleChanged(_, name, role)):
                    self._note(room, name, role)
                case NameChanged(session, name, to, rooms):
                    for room in rooms:
                        if not is_direct_room(room):
                            self.names[room].remove(name)
                            self._add(room, to)
                            self._note(room, to, self._state.role_in(session, room))

    def _add(self, room: RoomName, name: str) -> None:
        if name in self.names[room]:
            self.doubled.add((room, name))
            self.roles.pop((room, name), None)
        self.names[room].append(name)

    def _note(self, room: RoomName, name: str, role: Role) -> None:
        if role > Role.MEMBER and (room, name) not in self.doubled:
            self.roles[room, name] = role
        else:
            self.roles.pop((room, name), None)

    def users(self) -> dict[RoomName, list[tuple[str, Role]]]:
        """Return the users of each public room, each person once."""
        return {
            room: sorted(
                (name, self.roles.get((room, name), Role.MEMBER)) for name in names
            )
            for room, names in self.names.items()
        }

    def users_in_state(self) -> dict[RoomName, list[tuple[str, Role]]]:
        """Return what `users` should return; guests are shown like members."""
        state, role_of = self._state, self._state.roles.of_account

        def seen(room: RoomName, name: str, role: Role) -> tuple[str, Role]:
            is_followed = role > Role.MEMBER and (room, name) not in self.doubled
            return name, role if is_followed else Role.MEMBER

        return {
            room.name: sorted(
                seen(room.name, each.name, each.role)
                for each in room.users(state.sessions, role_of)
            )
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
