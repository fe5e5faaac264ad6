"""The items that the client shows, as values: messages, answers and its own notes.

The handlers of both dialects, and the client itself, produce these items. The
formatter decides how they look.

A *room* is the name on the wire; it is empty for what concerns no room or all of them.
A *line* is the line of the wire without its LF; it is empty if the client itself has
produced the item. The client is in the rooms of its options from the start, and in no
others before `RoomEntered`; it is in a room until `RoomLeft` or `RoomClosed`.
"""

from typing import Final, NamedTuple, Self

from parlour.core.events import LOBBY

from .account_items import AccountItem
from .local_commands import LocalCommand
from .order_items import OrderItem
from .server_events import ERASED

MAX_NAME: Final = 1_024  # characters of a name; a Parlour server allows 32


class ChatMessage(NamedTuple):
    """A message or a notice. Source and text are as received: unsafe to print."""

    source: str
    text: str
    line: bytes
    time: str = ""  # when the message was sent, in RFC 3339, if that is known
    room: str = LOBBY
    sequence: int = 0  # its number in the room; 0 if it has none
    is_of_another_device: bool = False  # of the user, who has read the room there

    @classmethod
    def with_bounded_name(cls, source: str, text: str, line: bytes) -> Self:
        """Return a message whose source is cut to :data:`MAX_NAME` characters."""
        return cls(source[:MAX_NAME], text, line)

    def erased(self) -> Self:
        """Return the message without its text."""
        return self._replace(text=ERASED)


class Refusal(NamedTuple):
    """An error of a session server: it refused a request, or a room of hello."""

    reason: str  # as received: unsafe to print
    line: bytes
    code: str
    room: str = ""
    about: str = ""  # the type of the refused line of the wire, such as "join"
    to: str = ""  # the user to whom a text was not sent, if it was for no room yet
    unsent: str = ""  # that text, or a line for the room


class AnswerRow(NamedTuple):
    """One row of an answer: an earlier message, or a heading of the server."""

    source: str
    text: str
    time: str = ""  # when the message was sent, in RFC 3339, if that is known
    prefix: str = ""  # shown before the source: the sequence, after a search
    room: str = ""  # only after a search in all rooms
    sequence: int = 0  # of a message in the history of its room; 0 for other rows
    cells: tuple[str, ...] = ()  # the text, where rows are shown as a table


class Answer(NamedTuple):
    """An answer to a request: one line of the wire, shown as several rows."""

    rows: tuple[AnswerRow, ...]
    line: bytes
    room: str = LOBBY
    is_asked: bool = True  # False: the earlier messages that one sees on entering
    words: str = ""  # that were searched, as typed


class RoomEntered(NamedTuple):
    """The client is in a room, or is in it again after a reconnect.

    *is_requested* is false if somebody's direct message has opened the room, or if the
    client enters it by its hello.
    """

    room: str
    line: bytes
    topic: str = ""
    other: str = ""  # the other user of a direct room; empty in any other room
    is_kept: bool = True  # False: the room's messages are in memory only
    is_one_way: bool = False  # the other one cannot answer
    is_requested: bool = False
    title: str = ""  # the name to show, if it is not the one on the wire
    is_private: bool = False  # only those who are invited may enter it
    unread: int = 0  # messages that the user has not read, and that do not follow
    mentions: int = 0  # of them, those that mention the user


class RoomRead(NamedTuple):
    """Another device of the user has read a room up to the message *sequence*."""

    room: str
    line: bytes
    sequence: int
    unread: int  # messages after that


class NewSince(NamedTuple):
    """The messages of a room that follow are new since those before, at *time*."""

    room: str
    time: str  # RFC 3339; "" if no earlier message is shown


class RoomLeft(NamedTuple):
    """The client has left a room at its own request."""

    room: str
    line: bytes


class RoomClosed(NamedTuple):
    """A room is over for this client, or it could not be entered (again)."""

    room: str
    line: bytes
    reason: str  # as received: unsafe to print
    unsent: tuple[str, ...] = ()  # lines for it that are not sent any more
    uncertain: tuple[str, ...] = ()  # the same, but the server may have had them


class OtherRenamed(NamedTuple):
    """The other user of a direct room is now called *other*. It is not shown."""

    room: str
    other: str


class TopicChanged(NamedTuple):
    """The user *by* has set the topic of a room; it may be empty.

    *by* is empty for the operator.
    """

    room: str
    topic: str
    by: str
    line: bytes


class RoomListRow(NamedTuple):
    """An open room, public or one of the user's."""

    room: str
    topic: str
    users: int
    is_private: bool = False


class RoomList(NamedTuple):
    """An answer: open public rooms, and whether there are more after the last one."""

    rooms: tuple[RoomListRow, ...]
    has_more: bool
    line: bytes
    after: str = ""  # the room after which they are, if the request named one


class IgnoredList(NamedTuple):
    """The names of all ignored users."""

    names: tuple[str, ...]
    line: bytes
    is_requested: bool  # False: the server sends the list after a reconnect


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
    room: str = LOBBY  # in which it was entered
    is_message: bool = False  # not a command: the server sends it to its sender, too


class RefusedLine(NamedTuple):
    """A line of the user that the server has refused, if it was not echoed."""

    text: str
    room: str


class Live(NamedTuple):
    """What follows in a room is said now; the messages before it are earlier ones."""

    room: str


class WholeMessage(NamedTuple):
    """A message that is shown with all of its lines."""

    message: ChatMessage


class UserList(NamedTuple):
    """A part of the list of a room's users, for completion. It is not shown."""

    names: tuple[str, ...]
    is_first: bool  # it begins a list, which replaces the previous one
    room: str = LOBBY


class Note(NamedTuple):
    """A note of the client itself, in one line or more."""

    text: str
    room: str = ""
    is_heading: bool = False  # of the earlier messages below
    copied: str = ""  # safe; what is to be copied whole, at the end of the text


class Disconnected(NamedTuple):
    """The server closed the connection, or the connection was lost."""

    is_last: bool = True  # False: the client will reconnect
    is_announced: bool = False  # the server said that it is shutting down


DisplayItem = (
    (ChatMessage | Refusal | Answer | ProtocolLine | UnknownLine)
    | (
        RoomEntered
        | RoomRead
        | NewSince
        | RoomLeft
        | RoomClosed
        | OtherRenamed
        | TopicChanged
    )
    | (AccountItem | OrderItem | RoomList | IgnoredList | LocalCommand)
    | (Live | WholeMessage)
    | (OwnLine | RefusedLine | UserList | Note | Disconnected)
)
