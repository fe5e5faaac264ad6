"""What is known of a run: what each client did and was told, and what was kept.

A *step* is a number that grows with everything that happens in a run, so that it tells
what came first. Texts are unique: a text stands for one message, however often it is
sent. A run has one *log* for each history that it saw: another begins when a history
was damaged or begun anew.
"""

from dataclasses import dataclass, field
from typing import NamedTuple


class Cursor(NamedTuple):
    """How far a client has heard, as it says when it comes back."""

    epoch: str
    sequence: int


class Received(NamedTuple):
    """A message that a client was told; plain clients are told no *sequence* (0)."""

    sequence: int
    source: str
    text: str
    step: int


class Missed(NamedTuple):
    """A gap that was declared; None where the server did not or could not know."""

    events: int | None
    resume_after: int | None


class Page(NamedTuple):
    """Messages that a client had asked for."""

    messages: tuple[Received, ...]


class Welcome(NamedTuple):
    """What the server said of the room to a client that came."""

    epoch: str
    sequence: int
    recovered: bool


@dataclass
class ConnectionRecord:
    """What a client was told over one connection, in order.

    *log* is the place in the run's logs of the one that this server had.
    """

    log: int = 0
    resume: Cursor | None = None
    welcome: Welcome | None = None
    events: list[Received | Missed | Page] = field(default_factory=list)
    is_plain: bool = False


class Acknowledged(NamedTuple):
    """The server said that a message is kept, and where."""

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
    """How many attempts were refused; those that were not answered are unknown."""
    line: int = 0
    """Messages of one client keep their order if this is the same."""
    is_abandoned: bool = False
    """Whether the client does not ask for it any more: nobody owes it an answer."""


@dataclass
class ClientRecord:
    """Somebody who came, perhaps over many connections."""

    name: str
    names: set[str] = field(default_factory=set)
    """All that it was ever called."""
    sent: dict[str, Sent] = field(default_factory=dict)
    """By text."""
    connections: list[ConnectionRecord] = field(default_factory=list)


class StoredMessage(NamedTuple):
    """A message in a log."""

    sequence: int
    source: str
    text: str


@dataclass
class StoredHistory:
    """Everything that a history ever kept, up to its damage or the end of the run."""

    epoch: str
    messages: list[StoredMessage] = field(default_factory=list)
    is_pruned: bool = False
    """Whether it forgets the oldest, so that one may come back too late."""


@dataclass
class Run:
    """All that is known of a run."""

    clients: list[ClientRecord]
    histories: list[StoredHistory]
    refused_texts: set[str] = field(default_factory=set)
    """Texts that a history refused at some time: they may be kept later than others."""
    is_settled: bool = False
    """Whether everything was healed at the end, and everybody had time to hear all."""
