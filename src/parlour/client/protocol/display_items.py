"""What a person gets to see, in order, as values.

Every dialect of the wire, and everything the client says by itself, becomes
these. How they look is the printer's business.
"""

from typing import Final, NamedTuple

MAX_NAME: Final = 1_024  # characters of a name; our server's have 32 at the most

SERVER = "[Server]"
"""The source of a plain server's own lines."""


class Said(NamedTuple):
    """Somebody said something. Both texts are as they came: unsafe to print."""

    source: str
    text: str
    line: bytes  # the line of the wire, without its LF
    time: str = ""  # when it was said, in RFC 3339, if that is known


def heard(source: str, text: str, line: bytes, time: str = "") -> Said:
    """Return what somebody said, whose name is no longer than it may be."""
    return Said(source[:MAX_NAME], text, line, time)


class Quoted(NamedTuple):
    """A message of before, in an answer."""

    source: str
    text: str
    time: str = ""  # when it was said, in RFC 3339, if that is known
    place: str = ""  # its sequence, where that shall be seen


class Told(NamedTuple):
    """A line of the wire that a person sees as several, or not at all."""

    said: tuple[Quoted, ...] = ()
    line: bytes | None = None  # for programs, unless they do not see it either


class UnknownLine(NamedTuple):
    """The server sent a line that is not a message."""

    line: bytes
    is_told: bool  # the first one is told to the person, the others are not


class OwnLine(NamedTuple):
    """The person's own line, accepted. Only a prompt has to print it."""

    text: str
    is_unsent: bool = False  # there is nobody to send it to now


class UserList(NamedTuple):
    """Some of those who are here: for completion, nobody sees it."""

    names: tuple[str, ...]
    is_first: bool  # of a list that holds instead of the one before


class Note(NamedTuple):
    """The client itself has something to say, in one line or more."""

    text: str


class Disconnected(NamedTuple):
    """The server is gone."""

    is_last: bool = True  # nothing follows: we do not come back


DisplayItem = Said | Told | UnknownLine | OwnLine | UserList | Note | Disconnected
