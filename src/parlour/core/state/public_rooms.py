"""The public rooms, as a gateway shows them."""

from ..events import LOBBY, ListedRoom, RoomName, Snapshot
from .state import State


def snapshot_of(state: State, name: RoomName = LOBBY) -> Snapshot | None:
    """Return the users and the last sequence of a public room, open or closed."""
    room = state.rooms.get(name)
    if room is None or not room.is_public:
        return None
    return Snapshot(
        users=room.users(state.sessions),
        epoch=state.epoch_of(room),
        sequence=room.sequence,
        room=name,
        topic=room.topic,
        is_open=room.is_open,
    )


def public_rooms(state: State) -> list[ListedRoom]:
    """Return all open public rooms, sorted by name."""
    listed = [
        ListedRoom(room.name, room.topic, room.count_users(state.sessions))
        for room in state.rooms
        if room.is_open and room.is_public
    ]
    return sorted(listed, key=lambda each: each.room)
