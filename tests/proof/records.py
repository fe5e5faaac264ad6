"""The records of a run: what each client sent and received, and what was stored.

A *step* is a number that increases with every event of a run and so gives their order.
Texts are unique: a text identifies a message, however often it is sent. A run has one
history for each time that the history was truncated or recreated.
"""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

LOBBY: Final = "lobby"
DIRECT: Final = "direct:"  # the beginning of the names of direct rooms
ANYBODY: Final = "anybody"  # the first part of names that several clients may have


class Cursor(NamedTuple):
    """How far a client has received messages, as it sends it to resume."""

    epoch: str
    sequence: int


class Received(NamedTuple):
    """A message that a client received; for plain clients, *sequence* is 0."""

    sequence: int
    source: str
    text: str
    step: int


class Missed(NamedTuple):
    """A declared gap; None if the server did not or could not know the number."""

    events: int | None
    resume_after: int | None


class Opening(NamedTuple):
    """The state of a room as the server reported it when the client entered."""

    epoch: str
    sequence: int
    recovered: bool


@dataclass
class RoomView:
    """What a client received of one room over one connection, in order.

    A client that leaves a room and enters it again has another view. *log* is the index
    of the server's history among those of the run.
    """

    room: str = LOBBY
    log: int = 0
    resume: Cursor | None = None
    opening: Opening | None = None
    events: list[Received | Missed | Opening] = field(default_factory=list)
    """Another opening reports the state again; the client stays where it is."""
    is_plain: bool = False
    is_over: bool = False
    """Whether the client left the room or lost the connection."""


class Page(NamedTuple):
    """Messages of a room that a client requested."""

    room: str
    log: int
    messages: tuple[Received, ...]


class Overheard(NamedTuple):
    """A line about a room that the client was not in; *text* is that of a message."""

    room: str
    kind: str
    text: str


class RenameTold(NamedTuple):
    """A rename that a client was told on its connection with this number."""

    connection: int
    room: str
    name: str
    to: str


class ComparedUsers(NamedTuple):
    """The users of a room: those that a client has in its list, and the server's."""

    room: str
    known: tuple[str, ...]
    listed: tuple[str, ...]


class IgnoredSince(NamedTuple):
    """The names that a client knows to be ignored, from *step* on."""

    step: int
    names: frozenset[str]


class Acknowledged(NamedTuple):
    """An acknowledgement: the message is stored with this *sequence*."""

    sequence: int
    step: int
    log: int


@dataclass
class Sent:
    """A message of a client: the steps at which it was sent, and the answers."""

    text: str
    attempts: list[int]
    stored: list[Acknowledged] = field(default_factory=list)
    refused: int = 0
    """How many attempts were refused. The outcome of unanswered ones is unknown."""
    line: int = 0
    """Messages of one client with the same number keep their order."""
    is_abandoned: bool = False
    """Whether the client does not retry any more, so that no answer is due."""
    may_be_refused: bool = False
    """Whether it was sent to a room that the client did not know to be in.

    The refusal may be lost, and the message may be stored when it is sent again.
    """
    room: str = LOBBY
    readers: frozenset[str] | None = None
    """The clients that may receive it, by name; None or `ANYBODY` if all may."""


@dataclass
class ClientRecord:
    """One client, over all of its connections."""

    name: str
    names: set[str] = field(default_factory=set)
    """All names that it ever had."""
    sent: dict[str, Sent] = field(default_factory=dict)
    """By text."""
    views: list[RoomView] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    overheard: list[Overheard] = field(default_factory=list)
    renames: list[RenameTold] = field(default_factory=list)
    rosters: list[ComparedUsers] = field(default_factory=list)
    ignored: list[IgnoredSince] = field(default_factory=list)
    ever_ignored: set[str] = field(default_factory=set)
    """The names that it asked to ignore; it may miss direct messages from these."""


class StoredMessage(NamedTuple):
    """A message in a history; *source* is empty if it is unknown."""

    sequence: int
    source: str
    text: str


Rooms = dict[str, list[StoredMessage]]
"""The messages of each room, in order."""


@dataclass
class StoredHistory:
    """All messages of a history, until it was damaged or the run ended."""

    epoch: str
    rooms: Rooms = field(default_factory=dict)
    is_pruned: bool = False
    """Whether old messages are deleted, so that a resume may find a gap."""


@dataclass
class Run:
    """All records of a run."""

    clients: list[ClientRecord]
    histories: list[StoredHistory]
    refused_texts: set[str] = field(default_factory=set)
    """Texts that a history refused at least once: they may be stored out of order."""
    is_settled: bool = False
    """Whether all faults ended, and every client had time to receive everything."""
