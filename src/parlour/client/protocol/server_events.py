"""The events of the session dialect, as a client receives them."""

from typing import NamedTuple

from parlour.core.events import Notice


class Welcome(NamedTuple):
    """The server supports the session dialect and has admitted the client."""

    you: str  # the client's name
    epoch: str
    sequence: int  # the last message of the room
    recovered: bool  # whether the room is replayed without a gap since the cursor


class Message(NamedTuple):
    """A recorded message."""

    sequence: int
    time: str  # RFC 3339
    source: str
    text: str


class Stored(NamedTuple):
    """The acknowledgement that a line is recorded. *id* is empty if it had none."""

    id: str


class MessagePage(NamedTuple):
    """An answer: messages, oldest first, and whether there are more before them."""

    messages: tuple[Message, ...]
    more: bool
    is_search: bool  # the messages answer a search, not a request for the history


class UserPage(NamedTuple):
    """A part of a list of users, and whether another part follows."""

    names: tuple[str, ...]
    more: bool


class Missed(NamedTuple):
    """A gap: the next message follows *resume_after*."""

    events: int | None  # how many are missing; None: unknown
    resume_after: int


class Refused(NamedTuple):
    """An error: the server refused a request."""

    code: str
    reason: str
    id: str  # of the refused line, or empty


class Ping(NamedTuple):
    """A request for a pong with the same token."""

    token: str


class Pong(NamedTuple):
    """The answer to a ping of the client."""


class Bye(NamedTuple):
    """The last event before the server closes the connection."""

    code: str
    reason: str
    retry_after: float  # seconds before the client may reconnect


class Unknown(NamedTuple):
    """An event of an unknown type, which the client ignores."""


ServerEvent = (
    Welcome
    | Message
    | Stored
    | Notice
    | MessagePage
    | UserPage
    | Missed
    | Refused
    | Ping
    | Pong
    | Bye
    | Unknown
)
