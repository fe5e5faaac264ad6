"""The rooms that everybody may read, or an account, as a gateway shows them."""

from ..events import LOBBY, ListedRoom, RoomName, Snapshot
from ..names.folding import fold_key
from .room import Room
from .state import State


def readable_room(state: State, name: RoomName, account: str) -> Room | None:
    """Return a room, open or closed, unless an account, or nobody, must not know it.

    It is None if the room is a conversation of two, or private and *account*, the name
    of one or empty, is not in it.
    """
    room = state.rooms.get(name)
    if room is None or room.is_direct:
        return None
    known = state.accounts.named(fold_key(account)) if account else None
    if room.is_private and (known is None or name not in known.rooms):
        return None
    return room


def snapshot_of(
    state: State, name: RoomName = LOBBY, account: str = ""
) -> Snapshot | None:
    """Return the users and the last sequence of a `readable_room`, or None."""
    room = readable_room(state, name, account)
    if room is None:
        return None
    return Snapshot(
        users=room.users(state.sessions, state.roles.of_account),
        epoch=state.epoch_of(room),
        sequence=room.sequence,
        room=name,
        topic=room.topic,
        is_open=room.is_open,
        is_private=room.is_private,
    )


def public_rooms(state: State) -> list[ListedRoom]:
    """Return all open public rooms, sorted by name."""
    listed = [
        ListedRoom(room.name, room.topic, room.count_users(state.sessions))
        for room in state.rooms.listable
        if room.is_public
    ]
    return sorted(listed, key=lambda each: each.room)
