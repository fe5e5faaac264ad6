"""Entries: everything that others can notice, as frozen values.

A session proposes an entry, the journal puts the entries of all sessions in one order,
and `state.State` applies them in that order. Times are those of the batch, put there by
the proposer. An entry can turn out to be void when it is applied; only the session that
proposed it is told.

Durable entries are stored; the others only take their place in the order.

What a session does names its connection, *attachment*: it is void if the session has
another one meanwhile. So each session has one order, even if its client goes to another
node while entries of the connection that it left are under way.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from .events import RoomName, SessionId, Value


class SessionOpened(Value, frozen=True, gc=False, tag="session_opened"):
    """A connection opens a session, or resumes the one that has the same *token*.

    Only `apply` knows which: the token may have become known, or unknown, meanwhile.
    *attachment* identifies the connection in the whole cluster. It becomes the id of a
    new session; if that session exists already, it gets the token, name and rooms.
    *name* is the wanted name, or empty, and *keys* are its conflict keys. A session
    that cannot have it is called by its *address*; if it *must_have_name*, the entry
    is void instead. *rooms* are the rooms that the session is to be in, and no others.
    *knows_rooms* is true if its client can be in other rooms than the lobby.
    """

    attachment: SessionId
    address: str
    name: str = ""
    keys: tuple[str, ...] = ()
    token: str = ""
    rooms: tuple[RoomName, ...] = ()
    knows_rooms: bool = False
    must_have_name: bool = False
    account: str = ""


class SessionHeld(Value, frozen=True, gc=False, tag="session_held"):
    """The session at *attachment* lost its connection, and may be resumed."""

    attachment: SessionId


class SessionClosed(Value, frozen=True, gc=False, tag="session_closed"):
    """The session at *attachment* ended; void if it was resumed elsewhere."""

    attachment: SessionId
    reason: str


class Renamed(Value, frozen=True, gc=False, tag="renamed"):
    """A session takes *name*, whose conflict keys are *keys*."""

    attachment: SessionId
    name: str
    keys: tuple[str, ...]


class Entered(Value, frozen=True, gc=False, tag="entered"):
    """A session becomes a member of a room."""

    attachment: SessionId
    room: RoomName


class Left(Value, frozen=True, gc=False, tag="left"):
    """A session is no longer a member of a room."""

    attachment: SessionId
    room: RoomName
    reason: str


class Said(Value, frozen=True, gc=False, tag="said"):
    """A message in a room.

    *key* is the idempotency key: entries with the same key, unless it is empty, are one
    message. *id* is chosen by the client and identifies the message in the
    acknowledgement. It may be empty; it is None if the client expects no
    acknowledgement. *token* is the token of the session, if there is a key.
    """

    room: RoomName
    source: str
    text: str
    attachment: SessionId
    key: str = ""
    id: str | None = None
    token: str = ""


class Whispered(Value, frozen=True, gc=False, tag="whispered"):
    """A message in a direct room, which is not kept; its fields are as in `Said`."""

    room: RoomName
    source: str
    text: str
    attachment: SessionId
    key: str = ""
    id: str | None = None
    token: str = ""


class RoomOpened(Value, frozen=True, gc=False, tag="room_opened"):
    """A session opens a room. *keys* are the conflict keys of its name."""

    room: RoomName
    attachment: SessionId
    keys: tuple[str, ...] = ()


class RoomClosed(Value, frozen=True, gc=False, tag="room_closed"):
    """A room without members closes; its history remains."""

    room: RoomName


class TopicSet(Value, frozen=True, gc=False, tag="topic_set"):
    """A session sets the topic of a room; it may be empty."""

    room: RoomName
    attachment: SessionId
    topic: str


class DirectOpened(Value, frozen=True, gc=False, tag="direct_opened"):
    """A session opens the direct room *room* with the session *other*."""

    room: RoomName
    attachment: SessionId
    other: SessionId


class Ignored(Value, frozen=True, gc=False, tag="ignored"):
    """A session ignores users whose name has the conflict key *key*, such as *name*."""

    attachment: SessionId
    name: str
    key: str


class Unignored(Value, frozen=True, gc=False, tag="unignored"):
    """A session no longer ignores users whose name has the conflict key *key*."""

    attachment: SessionId
    key: str


class NodeLost(Value, frozen=True, gc=False, tag="node_lost"):
    """A node of the cluster is gone: each of its sessions is held, or closed."""

    node: int


Entry = (
    (SessionOpened | SessionHeld | SessionClosed | Renamed | Entered | Left)
    | (Said | Whispered | RoomOpened | RoomClosed | TopicSet | DirectOpened)
    | (Ignored | Unignored | NodeLost)
)


def message_run(entries: Sequence[object], start: int = 0) -> list[Said]:
    """Return the messages of one room that follow each other from *start* on."""
    run: list[Said] = []
    for index in range(start, len(entries)):  # islice() would skip all before it
        each = entries[index]
        if not isinstance(each, Said) or (run and each.room != run[0].room):
            break
        run.append(each)
    return run


DURABLE: Final = (Said, RoomOpened, RoomClosed, TopicSet)
"""The entries that a journal stores."""


class Batch(Value, frozen=True, gc=False):
    """The entries of one turn of one node, in order.

    *time* is the wall time of all of them, in whole microseconds as seconds since 1970.
    *node* identifies the incarnation of the node that proposed them.
    """

    time: float
    entries: tuple[Entry, ...]
    node: int = 0

    @property
    def is_durable(self) -> bool:
        """Whether it contains an entry that a journal stores."""
        for entry in self.entries:  # noqa: SIM110 -- faster than any()
            if isinstance(entry, DURABLE):
                return True
        return False


MAX_TIME: Final = 253_370_764_799.0  # seconds: the end of the year 9998


def batch_time(wall: float) -> float:
    """Return the wall time *wall* in whole microseconds, from the year 1970 to 9998."""
    if not 0.0 <= wall <= MAX_TIME:
        wall = min(max(wall, 0.0), MAX_TIME)
    return round(wall * 1_000_000) / 1_000_000


encode_batch: Final = msgspec.msgpack.Encoder().encode
decode_batch: Final = msgspec.msgpack.Decoder(Batch).decode
