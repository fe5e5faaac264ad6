"""Events about the session itself: its start, its end and refused commands."""

from .ids import RoomName
from .rooms import RoomInfo
from .value import Value


class Welcome(Value, frozen=True, gc=False):
    """The answer to `hello`, and the first event in the session dialect.

    *name* is the member's name, or empty if the session only watches. *room* is the
    lobby, for a client that knows no other room, and None for others, which receive a
    `RoomInfo` for each room; somebody who has signed in gets an `AccountInfo` before
    these. *max_line* and *max_text* are the limits in `Limits`.
    """

    name: str
    room: "RoomInfo | None"
    max_line: int
    max_text: int


class Greeting(Value, frozen=True, gc=False):
    """What the operator tells each new session, in one line or more."""

    text: str


class IgnoredNames(Value, frozen=True, gc=False):
    """All names that a session ignores, sorted."""

    names: tuple[str, ...]


class Refused(Value, frozen=True, gc=False):
    """A command was not carried out. *code* is for programs, *reason* for people.

    *id* is the client's id for the message, if it was a message with an id. *about* is
    the type of the line that was refused, and *room* the room that it was about; each
    is empty or None if unknown.
    """

    code: str
    reason: str
    id: str = ""
    room: RoomName | None = None
    about: str = ""


class Ping(Value, frozen=True, gc=False):
    """A request for a pong; either side may send it.

    A client may also ask about the server: its time and its rules.
    """

    token: str
    asks_about: bool = False


class Pong(Value, frozen=True, gc=False):
    """The answer to a ping, with its *token*.

    If that asks about the server, it has the *time* in seconds since 1970, what
    *guests* may do, and who may register; otherwise these are None and "".
    """

    token: str
    time: float | None = None
    guests: str = ""
    registration: str = ""


class Bye(Value, frozen=True, gc=False):
    """The server closes the connection; no event follows.

    *retry_after* is the seconds to wait before connecting again; None if unknown.
    """

    code: str
    reason: str
    retry_after: float | None = None
