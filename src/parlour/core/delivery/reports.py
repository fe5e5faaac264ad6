"""What the rooms report while they deliver: to the hub, for all rooms together."""

from collections import Counter
from typing import Final, Literal

from ..events import ConnectionId, RoomName
from ..storage import Question
from .queued_answers import QueuedAnswers

MAX_QUERIES: Final = 16  # in one turn; the history takes about 1 ms for a page

Resumption = Literal["complete", "gap", "none"]
"""Whether a client that continues from its cursor receives all messages after it, only
some of them, or none, since the cursor is of another history."""


class DeliveryReports:
    """The questions of members, and who received what, of all rooms."""

    def __init__(self) -> None:
        self.queued_answers = QueuedAnswers()
        self.questions: list[Question] = []
        """Questions for the history, in order."""
        self.answered: list[ConnectionId] = []
        """The connections that received their private events of a room."""
        self.finished: list[tuple[ConnectionId, RoomName]] = []
        """The members that received everything up to their end."""
        self.left: list[tuple[ConnectionId, RoomName]] = []
        """Finished members that were removed; they may have entered again since."""
        self.ended: list[ConnectionId] = []
        """The connections that received everything up to their end, in all rooms."""
        self.caught_up: dict[ConnectionId, int] | None = None
        """Bytes for each connection that catches up, during a flush of all rooms."""
        self.resumptions = Counter[Resumption]()
        """Rooms that a client continues from its cursor, by result, in total."""
        self.missed_count = 0
        """Events that were discarded before a member received them, in total."""

    def take_questions(self) -> list[Question]:
        """Return the next questions, each once, oldest first."""
        if not self.questions:
            return []
        questions = self.questions[:MAX_QUERIES]
        del self.questions[:MAX_QUERIES]
        return questions

    def take_answered(self) -> list[ConnectionId]:
        """Return the answered connections since the last call."""
        answered, self.answered = self.answered, []
        return answered

    def take_finished(self) -> list[tuple[ConnectionId, RoomName]]:
        """Return the finished members since the last call."""
        finished, self.finished = self.finished, []
        return finished

    def take_left(self) -> list[tuple[ConnectionId, RoomName]]:
        """Return the members that were removed since the last call."""
        left, self.left = self.left, []
        return left

    def take_ended(self) -> list[ConnectionId]:
        """Return the ended connections since the last call."""
        ended, self.ended = self.ended, []
        return ended
