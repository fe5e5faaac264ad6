"""Session clients that meet in rooms: when they have everything, and whether it is so.

The load of a test connects the clients, and lets them talk. At its end it sends a fence
to each room; once all members of each room have the same cursor, their records can be
compared with what is stored.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Protocol, TypeVar

from .checker import check
from .records import LOBBY, ClientRecord, Rooms, Run, StoredHistory
from .session_client import SessionClient
from .violation import Violation


class Member(Protocol):
    """A session client with a connection."""

    @property
    def session(self) -> SessionClient:
        """What it sends and receives."""

    @property
    def is_idle(self) -> bool:
        """Whether it is connected, in its rooms, and waits for no answer."""

    def send(self, data: bytes) -> None:
        """Send lines that the session has made."""


M = TypeVar("M", bound=Member)


def members(clients: Iterable[M]) -> dict[str, list[M]]:
    """Return the clients that are in each room."""
    found: dict[str, list[M]] = {}
    for client in clients:
        for room in client.session.rooms.entered:
            found.setdefault(room, []).append(client)
    return found


def are_idle(clients: Iterable[Member]) -> bool:
    """Return whether every message of them has been answered."""
    return all(each.is_idle for each in clients)


def fence(room: str) -> str:
    """Return the last thing that is said in a room."""
    return f"fence of {room}"


def send_fences(clients: Iterable[Member]) -> dict[str, str]:
    """Say a last thing in each room; return it, by the room."""
    fences = dict[str, str]()
    for room, (first, *_) in members(clients).items():
        fences[room] = text = fence(room)
        first.send(first.session.send(text, room))
    return fences


def have_everything(clients: Iterable[Member]) -> bool:
    """Return whether they are idle, and all members of each room have one cursor.

    If fences were sent before, nothing is missing then.
    """
    everybody = list(clients)
    return are_idle(everybody) and all(
        len({each.session.rooms.cursors[room] for each in some}) == 1
        for room, some in members(everybody).items()
    )


def judge(
    clients: Iterable[Member], recorded: Rooms, others: Iterable[ClientRecord] = ()
) -> list[Violation]:
    """Return every promise that was broken in a run that has settled.

    *recorded* is what is stored. *others* are the records of other clients, which took
    part.
    """
    sessions = [each.session for each in clients]
    everybody = [*(each.record for each in sessions), *others]
    history = StoredHistory(_epoch(everybody), recorded)
    found = check(Run(everybody, [history], is_settled=True))
    for session in sessions:
        for fault in session.faults:
            name = session.record.name
            found.append(Violation("the wire is as documented", name, fault))
    return found


def _epoch(clients: list[ClientRecord]) -> str:
    """Return the epoch of the lobby that most openings report."""
    epochs = Counter(
        view.opening.epoch
        for client in clients
        for view in client.views
        if view.room == LOBBY and view.opening is not None
    )
    ((epoch, _),) = epochs.most_common(1)
    return epoch
