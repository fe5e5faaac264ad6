"""How many bytes wait in answers that members have not been given."""

from collections.abc import Iterable
from typing import Final

from ..events import Message, PrivateEvent, SessionId, Users
from ..storage import Question

ANSWER_SIZE: Final = 100  # bytes that an answer, or a user in one, counts besides text


class QueuedAnswers:
    """The sum of the large answers that wait, about; small ones have a bound anyway."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes."""
        self._sizes: dict[SessionId, int] = {}

    def add(
        self, session: SessionId, answers: Iterable[PrivateEvent | Question]
    ) -> None:
        """Count *answers* until all that *session* is owed is given."""
        size = sum(map(_size, answers))
        self.size += size
        self._sizes[session] = self._sizes.get(session, 0) + size

    def clear(self, session: SessionId) -> None:
        """Count nothing any more for *session*, that was given all or is gone."""
        self.size -= self._sizes.pop(session, 0)

    def size_of(self, session: SessionId) -> int:
        """Return how many bytes wait for *session*."""
        return self._sizes.get(session, 0)


def _size(answer: PrivateEvent | Question) -> int:
    if isinstance(answer, Message):
        return ANSWER_SIZE + len(answer.text)
    if isinstance(answer, Users):
        return ANSWER_SIZE * (1 + len(answer.users))
    return ANSWER_SIZE
