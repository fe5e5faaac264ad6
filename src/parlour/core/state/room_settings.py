"""The settings of rooms: locked, slow, private; and rooms that their owner closes."""

from ..entries import RoomSet, Shut
from ..events import LOBBY, Acted, RoomName
from ..limits import MAX_SLOW
from ..roles import Role
from . import refusals
from .effects import Effect, PrivacyChanged, Told
from .memberships import Memberships
from .permissions import Action, may
from .room import Room
from .tables import Tables
from .verdicts import EFFECT, NO_EFFECT, Verdict, void


class RoomSettings:
    """Changes the settings of rooms, and shuts rooms, for those who may do it."""

    def __init__(self, tables: Tables, memberships: Memberships) -> None:
        self._accounts, self._rooms = tables.accounts, tables.rooms
        self._sanctions, self._invitations = tables.sanctions, tables.invitations
        self._memberships = memberships

    def judge(self, entry: RoomSet | Shut, room: Room, role: Role) -> Verdict:
        """Return whether an entry changes *room*; *role* is that of who proposed it."""
        for action in _actions(entry):
            if why := may(role, action):
                return void(why)
        is_private = isinstance(entry, Shut) or bool(entry.is_private)
        if is_private and room.name == LOBBY:
            return void(refusals.lobby_is_public(room.name))
        if isinstance(entry, Shut):
            return EFFECT
        if entry.slow is not None and not 0 <= entry.slow <= MAX_SLOW:
            return NO_EFFECT
        wanted = entry.is_locked, entry.slow, entry.is_private
        settings = room.is_locked, room.slow, room.is_private
        pairs = zip(wanted, settings, strict=True)
        return Verdict(any(new is not None and new != old for new, old in pairs))

    def change(self, entry: RoomSet | Shut, room: Room) -> list[Effect]:
        """Apply an entry that changes *room*."""
        return self._shut(entry, room) if isinstance(entry, Shut) else _set(entry, room)

    def _shut(self, entry: Shut, room: Room) -> list[Effect]:
        """Close a room, which everybody leaves, also who is away."""
        reason = f"{entry.by or 'the operator'} has closed the room"
        self._sanctions.close_room(room.name, room.owner)
        effects = self._memberships.shut(room, reason)
        self._accounts.forget_room(room.name)
        self._invitations.forget_room(room.name)
        if self._rooms.get(room.name) is None:  # nothing was ever said in it
            self._sanctions.forget_room(room.name)
        return effects


def told_in(
    room: RoomName | None,
    action: str,
    by: str,
    name: str = "",
    until: float | None = None,
    reason: str = "",
) -> list[Effect]:
    """Tell the members of a room; what happens on the server is not told."""
    if room is None:
        return []
    return [Told(room, Acted(room, action, by, name, until, reason))]


def _actions(entry: RoomSet | Shut) -> list[Action]:
    """Return what somebody has to be allowed to do for *entry*."""
    if isinstance(entry, Shut):
        return [Action.SHUT]
    settings = (
        (entry.is_locked, Action.LOCK),
        (entry.slow, Action.SLOW),
        (entry.is_private, Action.SET_PRIVATE),
    )
    return [action for setting, action in settings if setting is not None]


def _set(entry: RoomSet, room: Room) -> list[Effect]:
    effects = list[Effect]()
    if entry.is_locked is not None and entry.is_locked != room.is_locked:
        room.is_locked = entry.is_locked
        action = "lock" if entry.is_locked else "unlock"
        effects += told_in(entry.room, action, entry.by)
    if entry.slow is not None and entry.slow != room.slow:
        room.slow = entry.slow
        if not room.slow:
            room.spoke = {}
        effects += told_in(entry.room, "slow", entry.by, f"{room.slow}")
    if entry.is_private is not None and entry.is_private != room.is_private:
        room.is_private = entry.is_private
        action = "private" if entry.is_private else "public"
        effects.append(PrivacyChanged(entry.room))
        effects += told_in(entry.room, action, entry.by)
    return effects
