"""What the prompt shows of the rooms: the current one, and what is unread elsewhere."""

from ..terminal.prompt_status import PromptStatus, RoomCount
from . import notes
from .destination import Destination
from .joined_rooms import JoinedRooms


def room_status(
    joined: JoinedRooms, destination: Destination, connection: str
) -> PromptStatus:
    """Return what the prompt shows, besides the state of the *connection*."""
    pending, current = destination.label, joined.current
    is_closed = current is not None and current.is_over
    label = current.label if current is not None else notes.NO_ROOM_LABEL
    label += notes.over_mark(current) if current is not None else ""
    label = pending or label
    users = current.names.user_count if current is not None and not is_closed else 0
    topic = current.topic if current is not None and not pending else ""
    status = PromptStatus(connection, users=users, place=label, topic=topic)
    if len(joined) == 1 and not is_closed and not pending:
        return status
    unread = (
        RoomCount(room.label, room.unread.count, room.for_you, number)
        for number, room in enumerate(joined.rooms, start=1)
        if room.unread.count
    )
    return status._replace(room=label, unread=tuple(unread))
