"""Slow mode: who has spoken in a room, and how long they wait.

An account is one person. A guest is known by its session and its token, so that it
waits on under another name or as another session. One who comes back with another
client is known by the network alone, which others share: guests who are in the room do
not wait for each other, but one who enters it waits as the last who spoke from there.
"""

from collections.abc import Iterator

from ..limits import MAX_WAITING
from .room import Room, Speaker
from .sessions import Session


def waiting_time(session: Session, room: Room, time: float) -> float:
    """Return the seconds that somebody must wait in a slow room at a wall time."""
    times = [room.spoke[each] for each in speakers(session) if each in room.spoke]
    left = [last + room.slow - time for last in times if last <= time]
    return max(0.0, *left) if left else 0.0


def note_spoken(session: Session, room: Room, time: float) -> None:
    """Note that somebody has spoken in a slow room."""
    for each in speakers(session):
        _note(each, room, time)
    if not session.account and session.network:
        _note(_network(session), room, time)
    _forget(room, time)


def note_entered(session: Session, room: Room, time: float) -> None:
    """Note that somebody enters a room: a guest may have to wait if it is slow."""
    if session.account or (last := room.spoke.get(_network(session))) is None:
        return
    _note(session.person, room, max(last, room.spoke.get(session.person, last)))
    _forget(room, time)


def speakers(session: Session) -> Iterator[Speaker]:
    """Yield everything by which the user of a session waits."""
    yield session.person
    if session.token and not session.account:
        yield f"token {session.token}"


def _network(session: Session) -> Speaker:
    return f"network {session.network}"


def _note(speaker: Speaker, room: Room, time: float) -> None:
    room.spoke.pop(speaker, None)
    room.spoke[speaker] = time


def _forget(room: Room, time: float) -> None:
    """Forget the first who need not wait, or who are too many.

    Those who waited already when they came are noted after some who spoke later, and
    remembered as long as these.
    """
    spoke = room.spoke
    while spoke:
        first, last = next(iter(spoke.items()))
        if last <= time < last + room.slow and len(spoke) <= MAX_WAITING:
            break
        del spoke[first]
