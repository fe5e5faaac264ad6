"""The size of the large answers that are queued for members."""

from collections.abc import Iterable
from typing import Final

from ..events import Message, PrivateEvent, SessionId, Users
from ..storage import SessionQuery

ANSWER_SIZE: Final = 100  # bytes counted for a message or a user, besides its text


class QueuedAnswers:
    """Estimated bytes of the large answers by session, and in total.

    Small answers are not counted; their number per session is limited.
    """

    def __init__(self) -> None:
        self.size = 0
        """Bytes, in total."""
        self._sizes: dict[SessionId, int] = {}

    def add(
        self, session: SessionId, answers: Iterable[PrivateEvent | SessionQuery]
    ) -> None:
        """Count *answers* until `clear` is called for *session*."""
        size = sum(map(_size, answers))
        self.size += size
        self._sizes[session] = self._sizes.get(session, 0) + size

    def clear(self, session: SessionId) -> None:
        """Stop counting the answers for *session*: it received or dropped them."""
        self.size -= self._sizes.pop(session, 0)

    def size_of(self, session: SessionId) -> int:
        """Return the bytes that are queued for *session*."""
        return self._sizes.get(session, 0)


def _size(answer: PrivateEvent | SessionQuery) -> int:
    if isinstance(answer, Message):
        return ANSWER_SIZE + len(answer.text)
    if isinstance(answer, Users):
        return ANSWER_SIZE * (1 + len(answer.users))
    return ANSWER_SIZE
