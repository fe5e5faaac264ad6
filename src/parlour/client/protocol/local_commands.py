"""The commands of the user that the client answers itself: nothing is sent.

They are queued like items to show, so that they are answered in their order.
"""

from typing import NamedTuple


class SwitchRoom(NamedTuple):
    """The user asked to see another room, by its name or number."""

    target: str


class ShowRooms(NamedTuple):
    """The user asked for the rooms that the client is in."""


class ShowTopic(NamedTuple):
    """The user asked for the topic of a room."""

    room: str


class ShowIgnored(NamedTuple):
    """The user asked whom the client ignores."""


class ClearScreen(NamedTuple):
    """The user asked for an empty screen."""


class ShowLast(NamedTuple):
    """The user asked to see the last messages again."""

    limit: int
    room: str


class ShowWhole(NamedTuple):
    """The user asked for the whole of the message *sequence*."""

    sequence: int
    room: str


class Highlight(NamedTuple):
    """The user asked to mark messages with a word, or no more.

    An empty word asks which words there are.
    """

    word: str


class SetBell(NamedTuple):
    """The user asked when the bell rings; "" asks when it does."""

    mode: str


LocalCommand = (SwitchRoom | ShowRooms | ShowTopic | ShowIgnored) | (
    ClearScreen | ShowLast | ShowWhole | Highlight | SetBell
)
