"""What a client says: commands, and the hello of the session dialect."""

from ..events import Cursor, Ping, Pong, Refused, Value


class Say(Value, frozen=True, gc=False):
    """Say *text* to the room."""

    text: str


class Submit(Say, frozen=True, gc=False):
    """Say *text*, and tell me when it is stored. *id* may be empty."""

    id: str


class SetName(Value, frozen=True, gc=False):
    """Be called *name* from now on."""

    name: str


class ReadHistory(Value, frozen=True, gc=False):
    """Tell me what was said last."""


class ReadPage(Value, frozen=True, gc=False):
    """Tell me at most *limit* messages *before* or *after* a sequence, or the last."""

    before: int | None
    after: int | None
    limit: int


class SearchHistory(Value, frozen=True, gc=False):
    """Tell me the last *limit* messages with *words*, *before* a sequence or at all."""

    words: str
    before: int | None
    limit: int


class ListUsers(Value, frozen=True, gc=False):
    """Tell me who is here."""


class Leave(Value, frozen=True, gc=False):
    """End this session; I shall not come back."""


class Hello(Value, frozen=True, gc=False):
    """I speak the session dialect.

    *token* is a secret of the client, hashed; empty if it has none. *cursor* is how
    far it has read the lobby. *fault* is what was wrong with the rest of it.
    """

    token: str
    name: str | None
    is_watching: bool
    cursor: Cursor | None
    fault: Refused | None = None


Command = (Say | Submit | SetName | ReadHistory | ReadPage | SearchHistory) | (
    ListUsers | Ping | Pong | Leave | Hello
)
