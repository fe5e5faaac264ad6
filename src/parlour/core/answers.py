"""How many bytes wait in answers that members have not been given."""

from collections.abc import Iterable
from typing import Final

from .events import Answer, Message, Question, Users
from .members import Member

ANSWER_SIZE: Final = 100  # bytes that an answer, or a user in one, counts besides text


class WaitingAnswers:
    """The sum of the large answers that wait, about; small ones have a bound anyway."""

    def __init__(self) -> None:
        self.size = 0
        """Bytes."""

    def add(self, member: Member, answers: Iterable[Answer | Question]) -> None:
        """Count *answers* until all that *member* is owed is given."""
        size = sum(map(_size, answers))
        self.size += size
        member.answers_size += size

    def settle(self, member: Member) -> None:
        """Count nothing any more for *member*, that was given all or is gone."""
        self.size -= member.answers_size
        member.answers_size = 0


def _size(answer: Answer | Question) -> int:
    if isinstance(answer, Message):
        return ANSWER_SIZE + len(answer.text)
    if isinstance(answer, Users):
        return ANSWER_SIZE * (1 + len(answer.users))
    return ANSWER_SIZE
