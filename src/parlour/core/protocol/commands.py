"""The commands of clients, in either dialect."""

from ..events import Cursor, Ping, Pong, Refused, Value


class Say(Value, frozen=True, gc=False):
    """Send *text* to the room."""

    text: str


class Submit(Say, frozen=True, gc=False):
    """Send *text* to the room, and acknowledge it with its *id*, which may be empty."""

    id: str


class SetName(Value, frozen=True, gc=False):
    """Rename the member to *name*."""

    name: str


class ReadHistory(Value, frozen=True, gc=False):
    """Return the newest messages."""


class ReadPage(Value, frozen=True, gc=False):
    """Return at most *limit* messages *before* or *after* a sequence, or the newest."""

    before: int | None
    after: int | None
    limit: int


class SearchHistory(Value, frozen=True, gc=False):
    """Return the newest *limit* messages with *words*, *before* a sequence if given."""

    words: str
    before: int | None
    limit: int


class ListUsers(Value, frozen=True, gc=False):
    """Return the users of the room."""


class Leave(Value, frozen=True, gc=False):
    """End the session; the client will not resume it."""


class Hello(Value, frozen=True, gc=False):
    """Switch to the session dialect.

    *token* is a hash of the client's token, or empty if it has none. *cursor* is how
    far the client has read the lobby. *error* is an error in the rest of the hello.
    """

    token: str
    name: str | None
    is_watching: bool
    cursor: Cursor | None
    error: Refused | None = None


Command = (Say | Submit | SetName | ReadHistory | ReadPage | SearchHistory) | (
    ListUsers | Ping | Pong | Leave | Hello
)
