"""Bounds of the core: sizes and times."""

from dataclasses import dataclass, replace
from typing import Final

from .rate_limit import Rate

MAX_NAME: Final = 32  # characters after trimming and NFC
USERS_PAGE: Final = 100  # names in one line of an answer: 38,400 bytes at most
HISTORY_PAGE: Final = 200  # messages in the plain answer to `history`
SESSION_PAGE: Final = 100  # default messages in an answer of the session dialect
MAX_PAGE: Final = 1000  # messages in any answer, which also has at most 256 KiB
MAX_ID: Final = 64  # characters of a client's id for a message
MIN_TOKEN: Final = 16  # characters; a shorter token could be guessed
MAX_TOKEN: Final = 128  # characters
MAX_ROOM_NAME: Final = 32  # characters after PRECIS
MAX_GREETING: Final = 1_000  # characters of the greeting of a server
MAX_GREETING_LINES: Final = 20
MAX_TOPIC: Final = 200  # characters
MAX_OPEN_ROOMS: Final = 10_000  # of a server, without direct rooms
MAX_KNOWN_ROOMS: Final = 100_000  # open, closed with a history, or direct
MAX_ROOMS_EACH: Final = 100  # rooms that a session is in, without direct rooms
EMPTY_ROOM_TIME: Final = 600.0  # seconds until a room without members is closed
MAX_DIRECT_ROOMS: Final = 100  # that a person knows of
MAX_ALL_DIRECT_ROOMS: Final = 20_000  # of a server, of which a guest is in each
MAX_KEPT_DIRECT_ROOMS: Final = 100_000  # of a server, between accounts
MAX_UNREAD: Final = 1000  # unread messages that are counted in a room
MENTIONS_SEARCHED: Final = 100  # newest messages of a room in which names are searched
READ_INTERVAL: Final = 10.0  # seconds between two records of read positions
MAX_IGNORED: Final = 200  # names that a session ignores
MAX_ACCOUNTS: Final = 100_000  # of a server
MAX_ACCOUNT_SESSIONS: Final = 10  # of one account at the same time
MAX_DEVICES: Final = 20  # of an account; the one that was added first is revoked
MAX_DEVICE_LABEL: Final = 64  # characters
MIN_PASSWORD: Final = 8  # characters
MAX_PASSWORD: Final = 256  # bytes of UTF-8
MAX_SANCTIONS: Final = 10_000  # on the whole server, without those that have ended
MAX_ROOM_SANCTIONS: Final = 500  # the same in a room, or in the rooms of one account
MAX_ALL_ROOM_SANCTIONS: Final = 50_000  # the same in all rooms
MAX_MODERATORS: Final = 100  # of a room
MAX_OWNED_ROOMS: Final = 50  # open, of one account; they never close alone
MAX_KNOWN_OWNED_ROOMS: Final = 500  # of one account, also closed with a history
MAX_INVITATIONS: Final = 10_000  # to all rooms, without those that have ended
MAX_SENT_INVITATIONS: Final = 200  # the same by one account
MAX_ROOM_INVITATIONS: Final = 500  # to one room, or to make an account
MAX_TOLD_INVITATIONS: Final = 100  # to one person, at the start of a session
INVITATION_TIME: Final = 7 * 86_400  # seconds, if the inviter does not say otherwise
MAX_INVITATION_TIME: Final = 365 * 86_400  # seconds
MAX_TEXTS_ERASED: Final = 64  # of one account, by one entry
MAX_SLOW: Final = 3600  # seconds between two messages of one person
MAX_WAITING: Final = 10_000  # people, tokens and networks that wait in a slow room
MAX_SECONDS: Final = 100 * 365 * 86_400  # of a mute or a ban that ends
MAX_REASON: Final = 200  # characters of the reason of a sanction
BANNED_TIME: Final = 5.0
"""Seconds that a silent connection of a banned address has to sign in."""
SIGN_IN_TIME: Final = 30.0  # seconds to sign in, where guests are not admitted
ROOMS_PAGE: Final = 100  # default rooms in an answer to `rooms`
ALL_RECENT_BYTES: Final = 64 << 20  # recent events of all rooms together
MAX_HTTP_CONNECTIONS: Final = 256  # connections of browsers in addition to open pages
PENDING_HIGH_WATER: Final = 1 << 20  # characters of entries; input waits above this
MAX_WAITING_ANSWERS: Final = 16  # to one member; its input waits at the limit
MAX_INVALID_LINES: Final = 50  # consecutive lines without a valid command

DEFAULT_RATE: Final = Rate(5.0, 20.0)
DEFAULT_ARRIVAL_RATE: Final = Rate(10.0, 128.0)
"""New connections from one network address."""
REGISTRATION_RATE: Final = Rate(5.0 / 3600.0, 5.0)
"""Accounts that are registered from one network address."""
NEW_ROOM_RATE: Final = Rate(5.0 / 3600.0, 5.0)
"""New rooms that are opened from one network address."""
NEW_DIRECT_ROOM_RATE: Final = Rate(0.05, 100.0)
"""Direct rooms that are opened from one network address."""
LOCAL_ROOM_RATE: Final = Rate(1.0, 1000.0)
"""New rooms, and likewise direct rooms, that the server's own machine opens."""


def max_browser_connections(max_pages: int) -> int:
    """Return how many connections of browsers a server with *max_pages* accepts."""
    return max_pages + min(max_pages, MAX_HTTP_CONNECTIONS)


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds that a server can choose. Sizes are in bytes, times in seconds."""

    max_users: int = 10_000
    """Concurrent connections; a further one is rejected with a reason."""

    max_per_address: int = 256
    """Concurrent connections from one network address; a further one is rejected."""

    arrival_rate: Rate = DEFAULT_ARRIVAL_RATE
    """New connections from one network address; faster ones are rejected."""

    max_pages: int = 4096
    """Open pages, in addition to the users; a further one is rejected."""

    max_closing: int = 256
    """Connections still closing after their session; at it, new ones are rejected."""

    max_queued: int = 128 << 20
    """Queued input and output of all peers; those with the most are closed."""

    max_line: int = 32_768
    """A received line, LF not counted; a longer one is refused and skipped."""

    max_text: int = 4096
    """UTF-8 of one message; a longer one is refused."""

    recent_events_bytes: int = 4 << 20
    """Recent events of a room that stay in memory at least, per dialect."""

    flush_bytes: int = 256 << 10
    """Written to one member in one flush, unless a single event is longer."""

    max_pending: int = 4 << 20
    """Characters of messages not yet recorded; their senders have to wait."""

    batch_entries: int = 4096
    """Entries in one batch for the journal."""

    batch_characters: int = 512 << 10
    """Their characters, about; a batch has at least one entry."""

    admission_delay: float = 0.05
    """A connection that sends nothing is admitted after this time."""

    line_timeout: float = 30.0
    """A partial line must be completed within this time."""

    stall_timeout: float = 10.0
    """A lagging member that takes no bytes for this time is closed."""

    resume_timeout: float = 10.0
    """The name of a lost session stays reserved for this time."""

    heartbeat_interval: float = 30.0
    """A session that sends nothing for this time gets a ping."""

    unsettled_ping_interval: float = 15.0
    """A session that waits for its entry gets a ping after this time, and again."""

    welcome_ping_delay: float = 3.0
    """A client whose welcome waits for its entry gets a ping after this time.

    Our client takes a server that is silent for 4.5 seconds for a plain one.
    """

    pong_timeout: float = 20.0
    """A session that sends nothing for this time after a ping is lost."""

    rate: Rate | None = DEFAULT_RATE
    """Lines of one session; faster ones are delayed. None: no limit."""

    def changed(self, others: "Limits") -> "Limits":
        """Return these limits with those of *others* that a running server can change.

        Others are built into its connections, timers and buffers.
        """
        return replace(
            self,
            max_users=others.max_users,
            max_per_address=others.max_per_address,
            rate=others.rate,
        )

    @property
    def local_room_rate(self) -> Rate | None:
        """`LOCAL_ROOM_RATE`, or None, which is no limit, if lines have no limit."""
        return LOCAL_ROOM_RATE if self.rate is not None else None
