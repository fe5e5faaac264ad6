"""The records of a run: what each client sent and received, and what was stored.

A *step* is a number that increases with every event of a run and so gives their order.
Texts are unique: a text identifies a message, however often it is sent. A run has one
history for each time that the history was truncated or recreated.
"""

from dataclasses import dataclass, field
from typing import NamedTuple


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


class Page(NamedTuple):
    """Messages that a client requested."""

    messages: tuple[Received, ...]


class Welcome(NamedTuple):
    """The state of the room that the server reported in a welcome."""

    epoch: str
    sequence: int
    recovered: bool


@dataclass
class ConnectionRecord:
    """What a client received over one connection, in order.

    *log* is the index of the server's history among those of the run.
    """

    log: int = 0
    resume: Cursor | None = None
    welcome: Welcome | None = None
    events: list[Received | Missed | Page] = field(default_factory=list)
    is_plain: bool = False


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


@dataclass
class ClientRecord:
    """One client, over all of its connections."""

    name: str
    names: set[str] = field(default_factory=set)
    """All names that it ever had."""
    sent: dict[str, Sent] = field(default_factory=dict)
    """By text."""
    connections: list[ConnectionRecord] = field(default_factory=list)


class StoredMessage(NamedTuple):
    """A message in a history."""

    sequence: int
    source: str
    text: str


@dataclass
class StoredHistory:
    """All messages of a history, until it was damaged or the run ended."""

    epoch: str
    messages: list[StoredMessage] = field(default_factory=list)
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
