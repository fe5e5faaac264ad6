"""The configuration of a server: one frozen value, which `cli` makes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from parlour.core.default_ports import CHAT_PORT, CHAT_TLS_PORT
from parlour.core.limits import DEFAULT_RATE, Limits, max_browser_connections
from parlour.core.log_level import LogLevel
from parlour.core.loopback import is_own_name
from parlour.core.rate_limit import Rate
from parlour.core.rules import GuestNames, Guests, Registration, Rules

if TYPE_CHECKING:  # the command lines of other programs import this module, too
    from parlour.core.ports import Mode

Engine = Literal["async", "threads"]
People = Literal["full", "names", "addresses", "none"]
"""What the log records about users."""

MAX_USERS: dict[Engine, int] = {"async": 10_000, "threads": 1_000}

CLIENT = "python3 client.py"  # as the assignment starts it
WEB_PORT = 8080
"""The default port of the page."""

"""The default port of the chat with TLS."""

MIN_PER_ADDRESS = 16
"""The lowest default of `Config.max_per_address`."""

MAX_EARLY_CONNECTIONS = 256
"""The most TLS handshakes in progress on a port, and connections without a header."""

DRAIN_TIMEOUT = 10.0
"""The default of `Config.drain_timeout`, in seconds."""

RESERVED_DESCRIPTORS = 64
"""File descriptors that are reserved for the server's own files and sockets."""

MIN_DESCRIPTORS = RESERVED_DESCRIPTORS + 16
"""The fewest file descriptors with which the server starts."""


class PortNames(NamedTuple):
    """The names of a port of the server."""

    socket: str
    """Of sockets that the service manager hands over; "" if it cannot."""
    port: str
    """Of the setting for the port."""
    host: str
    """Of the setting for the host."""


CHAT = PortNames("chat", "port", "host")
CHAT_TLS = PortNames("tls", "tls-port", "host")
PAGE = PortNames("web", "web-port", "web-host")
PAGE_TLS = PortNames("web-tls", "web-tls-port", "web-host")
OPS = PortNames("", "ops-port", "ops-host")

PORTS = {each.socket: each for each in (CHAT, CHAT_TLS, PAGE, PAGE_TLS)}
"""The ports that the service manager may hand over, by the names of their sockets."""


class Bound(NamedTuple):
    """A bound on the history of each room."""

    kind: Literal["max_messages", "max_bytes", "max_age"]
    """A field of `history.retention.Retention`."""
    value: int
    """Messages of a room, bytes of their text, or seconds."""


@dataclass(frozen=True, slots=True)
class Web:
    """The configuration of the page."""

    port: int | None = None
    """0: any free port; None: `WEB_PORT`, or a nearby port if that is in use."""
    host: str = "127.0.0.1"
    mode: "Mode | None" = None
    """What users of the page may do; None: write if only this machine can reach it."""
    allowed: tuple[str, ...] = ()
    """Host names of the page, besides localhost and numeric addresses."""
    has_plain_port: bool = True
    """Whether the page is served without TLS, on *port*."""
    tls_port: int | None = None
    """The port for HTTPS, if there is one; 0: any free port."""
    proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies whose ``X-Forwarded`` headers count."""
    prefix: str = ""
    """The path under which everything is served, such as ``/chat``; "" for none."""

    @property
    def proxied(self) -> tuple[str, ...]:
        """The names at which a proxy serves the page: those of other machines.

        Browsers elsewhere reach the page by these, wherever it listens.
        """
        return tuple(name for name in self.allowed if not is_own_name(name))

    @property
    def is_proxied(self) -> bool:
        """Whether a proxy lets others reach the page."""
        return bool(self.proxied or self.proxies)

    def mode_for(self, *, is_local: bool) -> "Mode":
        """Return the mode of the page; *is_local* if only this machine can reach it."""
        return self.mode or ("write" if is_local else "read")


@dataclass(frozen=True, slots=True)
class TLSFiles:
    """The configuration of TLS."""

    cert: Path
    """The certificate, followed by those between it and its authority."""
    key: Path
    port: int | None = CHAT_TLS_PORT
    """The port of the chat with TLS; 0: any free port; None: it has none."""


@dataclass(frozen=True, slots=True)
class Ops:
    """The configuration of health checks and metrics."""

    port: int
    """0: any free port."""
    host: str = "127.0.0.1"
    allowed: tuple[str, ...] = ()
    """Host names that requests may use, besides localhost and numeric addresses."""


@dataclass(frozen=True, slots=True)
class Config:
    """The configuration of `parlour serve`. Sizes are in bytes."""

    host: str = "127.0.0.1"
    port: int | None = CHAT_PORT
    """0: any free port; None: the chat is served with TLS only."""
    tls: TLSFiles | None = None
    proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies that send PROXY headers to the chat."""
    engine: Engine = "async"
    max_users: int | None = None
    """None: the default of the engine (`MAX_USERS`)."""
    history: Path | None = None
    """The file in which messages are stored; None: they are stored in memory."""
    max_history: tuple[Bound, ...] = ()
    """Bounds on the history of each room, one per kind; other kinds have defaults."""
    max_line: int = 32_768
    max_per_address: int | None = None
    """None: 256, or a quarter of the users if that is less, but at least 16."""
    rate: Rate | None = DEFAULT_RATE
    recv_size: int = 65_536
    """The maximum size of one read from a socket."""
    drain_timeout: float = DRAIN_TIMEOUT
    """Seconds for clients to take their last bytes when the server shuts down."""
    web: Web | None = None
    ops: Ops | None = None
    """None: no health checks and metrics."""
    guests: Guests = "on"
    guest_names: GuestNames = "address"
    greeting: str = ""
    """As in `Rules`."""
    registration: Registration | None = None
    """None: open if only this machine can reach server and page, otherwise invite."""
    show_chat: bool = False
    """Whether to write the events of the room to stdout."""
    log_level: LogLevel = "info"
    log_format: Literal["text", "json"] = "text"
    log_people: People = "full"
    runtime_directory: Path | None = None
    """Where the admin socket is if it cannot be beside the history."""
    trace: Path | None = None
    """The file to which every line of the wire is written."""
    client: str = CLIENT
    """The command that starts the client, for the banner and the page."""

    def rules(self, *, is_local: bool) -> Rules:
        """Return the rules; *is_local* if it listens for this machine only.

        A proxy in front of it lets others reach it all the same.
        """
        default: Registration = "open" if is_local and not self.is_proxied else "invite"
        registration = self.registration or default
        return Rules(self.guests, registration, self.guest_names, self.greeting)

    @property
    def is_proxied(self) -> bool:
        """Whether proxies let others reach the chat or the page."""
        return bool(self.proxies) or (self.web is not None and self.web.is_proxied)

    @property
    def tls_ports(self) -> int:
        """How many ports have TLS: that of the chat, and that of the page."""
        has_chat = self.tls is not None and self.tls.port is not None
        return has_chat + (self.web is not None and self.web.tls_port is not None)

    def limits(self, max_descriptors: int) -> Limits:
        """Return the limits of a chat whose process may have *max_descriptors* open."""
        available = max(max_descriptors - RESERVED_DESCRIPTORS, 0)
        early = self.tls_ports + bool(self.proxies)
        available -= early * max_early_connections(max_descriptors)
        pages = min(Limits().max_pages, max(available // 4, 1)) if self.web else 0
        browsers = max_browser_connections(pages)
        wanted = self.max_users or MAX_USERS[self.engine]
        users = min(wanted, max(available - browsers, 1))
        return Limits(
            max_users=users,
            max_per_address=self.max_per_address or _default_per_address(users),
            max_pages=pages,
            max_line=self.max_line,
            rate=self.rate,
        )


def max_early_connections(max_descriptors: int) -> int:
    """Return how many handshakes a port may have in progress, or headers be missing."""
    available = max(max_descriptors - RESERVED_DESCRIPTORS, 0)
    return min(MAX_EARLY_CONNECTIONS, max(available // 8, 1))


def _default_per_address(users: int) -> int:
    """Return how many connections one address may have if *users* may connect."""
    return min(Limits().max_per_address, max(users // 4, MIN_PER_ADDRESS))
