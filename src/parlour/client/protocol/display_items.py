"""The items that the client shows, as values: messages, answers and its own notes.

The handlers of both dialects, and the client itself, produce these items. The
formatter decides how they look.
"""

from typing import Final, NamedTuple, Self

MAX_NAME: Final = 1_024  # characters of a name; a Parlour server allows 32


class ChatMessage(NamedTuple):
    """A message or a notice. Source and text are as received: unsafe to print."""

    source: str
    text: str
    line: bytes  # the line of the wire, without its LF
    time: str = ""  # when the message was sent, in RFC 3339, if that is known

    @classmethod
    def with_bounded_name(cls, source: str, text: str, line: bytes) -> Self:
        """Return a message whose source is cut to :data:`MAX_NAME` characters."""
        return cls(source[:MAX_NAME], text, line)


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
    """A line of the wire that is shown to programs only."""

    line: bytes


class UnknownLine(NamedTuple):
    """A line of the server that is not a message."""

    line: bytes
    is_reported: bool  # True for the first one, the only one that a person sees


class OwnLine(NamedTuple):
    """A line that the user entered. Only a prompt prints it."""

    text: str
    is_pending: bool = False  # it waits for a connection or for an overdue answer


class UserList(NamedTuple):
    """A part of the list of present users, for completion. It is not shown."""

    names: tuple[str, ...]
    is_first: bool  # it begins a list, which replaces the previous one


class Note(NamedTuple):
    """A note of the client itself, in one line or more."""

    text: str


class Disconnected(NamedTuple):
    """The server closed the connection, or the connection was lost."""

    is_last: bool = True  # False: the client will reconnect


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
