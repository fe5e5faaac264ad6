"""Commands about messages: say, read, search."""

from ...events import RoomName, Value


class Say(Value, frozen=True, gc=False):
    """Send *text* to the lobby."""

    text: str


class Submit(Say, frozen=True, gc=False):
    """Send *text* to a room, and acknowledge it with its *id*, which may be empty."""

    room: RoomName
    id: str


class ReadHistory(Value, frozen=True, gc=False):
    """Return the newest messages of the lobby."""


class ReadPage(Value, frozen=True, gc=False):
    """Return at most *limit* messages *before* or *after* a sequence, or the newest."""

    room: RoomName
    before: int | None
    after: int | None
    limit: int


class SearchHistory(Value, frozen=True, gc=False):
    """Return the newest *limit* messages with *words*, *before* a sequence if given.

    Without a *room*, all rooms of the session are searched.
    """

    room: RoomName | None
    words: str
    before: int | None
    limit: int
