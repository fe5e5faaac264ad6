"""What a person gets to see, in order, as values.

Every dialect of the wire, and everything the client says by itself, becomes
these. How they look is the printer's business.
"""

from typing import Final, NamedTuple

MAX_NAME: Final = 1_024  # characters of a name; our server's have 32 at the most

SERVER = "[Server]"
"""The source of a plain server's own lines."""


class ChatMessage(NamedTuple):
    """Somebody said something. Both texts are as they came: unsafe to print."""

    source: str
    text: str
    line: bytes  # the line of the wire, without its LF
    time: str = ""  # when it was said, in RFC 3339, if that is known


def heard(source: str, text: str, line: bytes, time: str = "") -> ChatMessage:
    """Return what somebody said, whose name is no longer than it may be."""
    return ChatMessage(source[:MAX_NAME], text, line, time)


class AnswerRow(NamedTuple):
    """One row of an answer: an earlier message, or a heading of the server."""

    source: str
    text: str
    time: str = ""  # when the message was sent, in RFC 3339, if that is known
    prefix: str = ""  # shown before the source: the sequence, after a search


class Answer(NamedTuple):
    """An answer to a request: one line of the wire, shown as several rows."""

    rows: tuple[AnswerRow, ...]
    line: bytes


class ProtocolLine(NamedTuple):
    """A line of the wire that only programs see, not people."""

    line: bytes


class UnknownLine(NamedTuple):
    """The server sent a line that is not a message."""

    line: bytes
    is_reported: bool  # True for the first one, the only one that a person sees


class OwnLine(NamedTuple):
    """The person's own line, accepted. Only a prompt has to print it."""

    text: str
    is_pending: bool = False  # it waits for a connection or for an overdue answer


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


DisplayItem = (
    ChatMessage
    | Answer
    | ProtocolLine
    | UnknownLine
    | OwnLine
    | UserList
    | Note
    | Disconnected
)
