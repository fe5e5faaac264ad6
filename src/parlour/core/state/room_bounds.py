"""Bounds of rooms, and of all rooms of one account: others need their share as well."""

from ..entries import RoleSet
from ..events import AccountNumber, Refused, RoomName
from ..limits import (
    MAX_ALL_ROOM_SANCTIONS,
    MAX_KNOWN_OWNED_ROOMS,
    MAX_MODERATORS,
    MAX_OWNED_ROOMS,
    MAX_ROOM_SANCTIONS,
    MAX_SANCTIONS,
)
from ..order_rules import changed_roles
from ..roles import Role
from . import refusals
from .room import Room
from .rooms import Rooms
from .sanctions import Sanctions


class RoomBounds:
    """Says whether a room, or the account that owns it, has reached a bound."""

    def __init__(self, rooms: Rooms, sanctions: Sanctions) -> None:
        self._rooms, self._sanctions = rooms, sanctions

    def owner_refusal(self, name: RoomName, owner: AccountNumber) -> Refused | None:
        """Return why the room called *name* cannot become an open one of *owner*."""
        owned = self._rooms.of_owner(owner)
        if sum(each.is_open for each in owned) >= MAX_OWNED_ROOMS:
            return refusals.too_many_owned(name)
        is_known = any(each.name == name for each in owned)
        if not is_known and len(owned) >= MAX_KNOWN_OWNED_ROOMS:
            return refusals.too_many_owned_known(name)
        return None

    def role_refusal(self, room: Room, entry: RoleSet, time: float) -> Refused | None:
        """Return why nobody else can have the role of *entry* in a room, or None."""
        if entry.role is Role.MEMBER:
            return None
        roles = changed_roles(room.roles, entry.account, entry.role).values()
        if sum(each is Role.MODERATOR for each in roles) > MAX_MODERATORS:
            return refusals.too_many_moderators(room.name)
        if entry.role is not Role.OWNER:
            return None
        if why := self.owner_refusal(room.name, entry.account):
            return why
        owned = [each.name for each in self._rooms.of_owner(entry.account)]
        if self._sanctions.reach(MAX_ROOM_SANCTIONS + 1, (*owned, room.name), time):
            return refusals.too_many_room_sanctions(room.name)
        return None

    def sanction_refusal(self, room: Room | None, time: float) -> Refused | None:
        """Return why nobody else can be muted or banned in a room, or on the server."""
        reach = self._sanctions.reach
        if room is None:
            is_full = reach(MAX_SANCTIONS, (None,), time)
            return refusals.too_many_sanctions() if is_full else None
        rooms = self._rooms.of_owner(room.owner) if room.is_owned else (room,)
        if reach(MAX_ROOM_SANCTIONS, [each.name for each in rooms], time):
            return refusals.too_many_room_sanctions(room.name)
        if reach(MAX_ALL_ROOM_SANCTIONS, self._sanctions.rooms, time):
            return refusals.rooms_too_many_sanctions(room.name)
        return None
