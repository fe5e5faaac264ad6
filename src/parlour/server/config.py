"""How a server is to run: one frozen value, made once by `cli` and passed down."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from parlour.core.limits import DEFAULT_RATE, MAX_HTTP_CONNECTIONS, Limits
from parlour.core.rate_limit import Rate

Engine = Literal["async", "threads"]
People = Literal["full", "names", "addresses", "none"]
"""What the log records about users."""

MAX_USERS: dict[Engine, int] = {"async": 10_000, "threads": 1_000}


class Bound(NamedTuple):
    """What a history keeps of one kind at most."""

    kind: Literal["max_messages", "max_bytes", "max_age"]
    """A field of `history.retention.Retention`."""
    value: int
    """Messages of a room, bytes of their text, or seconds."""


@dataclass(frozen=True, slots=True)
class Web:
    """How the page is to be served, if it is."""

    port: int | None = None
    """0 takes a free one; None: `WEB_PORT`, or a free one if that is taken."""
    host: str = "127.0.0.1"
    mode: Literal["read", "write"] | None = None
    """What those at a page may do; None: write if only this machine reaches it."""
    allowed: tuple[str, ...] = ()
    """Names by which the page may be asked for, besides addresses and localhost."""


WEB_PORT = 8080
"""Where the page is, if nobody says where."""


@dataclass(frozen=True, slots=True)
class Config:
    """What `parlour serve` was told. Sizes are in bytes."""

    host: str = "127.0.0.1"
    port: int = 5555
    """0 takes a free one."""
    engine: Engine = "async"
    max_users: int | None = None
    """None: as many as the engine carries well."""
    history: Path | None = None
    """The file in which what was said is kept; None: it is kept in memory."""
    max_history: tuple[Bound, ...] = ()
    """How much is kept per room, each kind once at most; others as by default."""
    max_line: int = 32_768
    max_per_address: int | None = None
    """None: 256, or a quarter of the users if that is less, but 16 at the least."""
    rate: Rate | None = DEFAULT_RATE
    recv_size: int = 65_536
    """Read from a socket at most at once."""
    web: Web | None = None
    show_chat: bool = False
    """Write what the room hears to stdout."""
    log_level: str = "info"
    log_format: Literal["text", "json"] = "text"
    log_people: People = "full"
    trace: Path | None = None
    """Write every line of the wire to this file."""

    def limits(self, max_descriptors: int) -> Limits:
        """Return the limits of the chat for a process with so many descriptors."""
        most = self.max_users or MAX_USERS[self.engine]
        free = max(max_descriptors - RESERVED_DESCRIPTORS, 0)
        pages = min(Limits().max_pages, max(free // 4, 1)) if self.web else 0
        browsers = pages + min(pages, MAX_HTTP_CONNECTIONS)
        users = min(most, max(free - browsers, 1))
        return Limits(
            max_users=users,
            max_per_address=self.max_per_address or _share(users),
            max_pages=pages,
            max_line=self.max_line,
            rate=self.rate,
        )


def _share(users: int) -> int:
    """Return how many connections one address may have where *users* may be here."""
    return min(Limits().max_per_address, max(users // 4, MIN_PER_ADDRESS))


MIN_PER_ADDRESS = 16
"""Connections that one address may have, however few users may be here."""

RESERVED_DESCRIPTORS = 64
"""Kept free of users, for files and sockets of the server itself."""

MIN_DESCRIPTORS = RESERVED_DESCRIPTORS + 16
"""With fewer the server does not start."""
