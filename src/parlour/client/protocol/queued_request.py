"""A request of the user, with what the client knows about it."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from parlour.core.names.folding import fold_key

from .nickname import trimmed
from .requests import Direct, Request, Say

REQUEST_OVERHEAD: Final = 256  # characters that a request counts besides its text


class QueuedRequest(NamedTuple):
    """A request, its number in the order of entry, and when it was entered."""

    request: Request
    number: int
    entered_at: float
    was_sent: bool = False  # with its id, on a connection lost before the answer
    is_automatic: bool = False  # a question of the client itself

    @property
    def id(self) -> str:
        """The idempotency key of a line; empty for a question, which needs none."""
        return str(self.number) if isinstance(self.request, Say) else ""

    @property
    def text(self) -> str:
        """The line for a room; empty for other requests."""
        return self.request.text if isinstance(self.request, Say | Direct) else ""

    @property
    def size(self) -> int:
        """The number of characters that it counts as."""
        return REQUEST_OVERHEAD + len(self.text)


def count_lines(requests: Iterable[QueuedRequest]) -> int:
    """Return the number of lines for a room among *requests*."""
    return sum(isinstance(each.request, Say) or bool(each.text) for each in requests)


def is_same_name(name: str, other: str) -> bool:
    """Return whether two names are of the same user.

    They are, also for a server, if they differ only by case or width.
    """
    return fold_key(trimmed(name)) == fold_key(trimmed(other))
