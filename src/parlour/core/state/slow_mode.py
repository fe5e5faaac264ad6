"""Slow mode: who has spoken in a room, and how long they wait.

An account is one person. A guest is known by its session, its token and its network,
like a guest who is banned, so that it waits on under another name or as another
session. Guests who share a network do not wait for each other: only one who entered
since the last message of a guest from there could be the one who said it.
"""

from collections.abc import Iterator

from ..limits import MAX_WAITING
from .room import Room, Speaker
from .sessions import Session


def waiting_time(session: Session, room: Room, time: float) -> float:
    """Return the seconds that somebody must wait in a slow room at a wall time."""
    since = room.members.get(session.id, time)
    network = _network(session)
    ends = [
        last + room.slow
        for each in speakers(session)
        if (last := room.spoke.get(each)) is not None
        and last <= time
        and (each != network or last <= since)
    ]
    return max(0.0, *(end - time for end in ends)) if ends else 0.0


def note_spoken(session: Session, room: Room, time: float) -> None:
    """Note that somebody has spoken in a slow room, and forget who need not wait."""
    spoke = room.spoke
    for each in speakers(session):
        spoke.pop(each, None)
        spoke[each] = time
    while spoke:
        first, last = next(iter(spoke.items()))
        if last <= time < last + room.slow and len(spoke) <= MAX_WAITING:
            break
        del spoke[first]


def speakers(session: Session) -> Iterator[Speaker]:
    """Yield everything by which the user of a session is known when it speaks."""
    yield session.person
    if session.account:
        return
    if session.token:
        yield f"token {session.token}"
    if network := _network(session):
        yield network


def _network(session: Session) -> str:
    return f"network {session.network}" if session.network else ""
