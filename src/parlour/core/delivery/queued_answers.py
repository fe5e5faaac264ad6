"""The size of the large answers that are queued for members."""

from collections.abc import Iterable
from typing import Final

from ..events import Act, ConnectionId, Message, PrivateEvent, Users
from ..storage import Page, Question

ANSWER_SIZE: Final = 100  # bytes counted for a message or a user, besides its text


class QueuedAnswers:
    """Estimated bytes of the large answers by connection, and in total.

    Small answers are not counted; their number per connection is limited.
    """

    def __init__(self) -> None:
        self.size = 0
        """Bytes, in total."""
        self._sizes: dict[ConnectionId, int] = {}

    def add(
        self, connection: ConnectionId, answers: Iterable[PrivateEvent | Question | Act]
    ) -> None:
        """Count *answers* until `clear` is called for *connection*."""
        size = sum(map(_size, answers))
        self.size += size
        self._sizes[connection] = self._sizes.get(connection, 0) + size

    def add_page(self, connection: ConnectionId, page: Page) -> None:
        """Count what *page* has, as `add` does."""
        self.add(connection, page.messages or page.acts)

    def clear(self, connection: ConnectionId) -> None:
        """Stop counting the answers for *connection*: it received or dropped them."""
        self.size -= self._sizes.pop(connection, 0)

    def size_of(self, connection: ConnectionId) -> int:
        """Return the bytes that are queued for *connection*."""
        return self._sizes.get(connection, 0)


def _size(answer: PrivateEvent | Question | Act) -> int:
    if isinstance(answer, Message):
        return ANSWER_SIZE + len(answer.text)
    if isinstance(answer, Act):
        return 2 * ANSWER_SIZE + len(answer.reason)
    if isinstance(answer, Users):
        return ANSWER_SIZE * (1 + len(answer.users))
    return ANSWER_SIZE
