"""What has happened in a room and has not been told yet, in the order of happening.

Drafts wait here until the history has recorded them, and nothing passes them: a
step that came after a draft is taken after it.
"""

from collections import deque
from collections.abc import Sequence

from .events import Answer, Bye, Draft, Message, SessionId, Word
from .limits import MAX_BATCH

DRAFT_WEIGHT = 200  # bytes that a waiting draft takes besides its text


class Enter(Word, frozen=True, gc=False):
    """A session becomes a member and is called *name*."""

    session: SessionId
    name: str


class Rename(Word, frozen=True, gc=False):
    """A member is called *name* from here on."""

    session: SessionId
    name: str


class Depart(Word, frozen=True, gc=False):
    """A member ends; *bye*, if any, is the last that it hears."""

    session: SessionId
    reason: str
    bye: Bye | None


class Tell(Word, frozen=True, gc=False):
    """A member alone hears *event*."""

    session: SessionId
    event: Answer


class Recall(Word, frozen=True, gc=False):
    """A member wants the last *limit* messages that were told up to here."""

    session: SessionId
    limit: int


class Count(Word, frozen=True, gc=False):
    """A member wants to know who is here at this moment."""

    session: SessionId


class Stop(Word, frozen=True, gc=False):
    """Everybody hears *bye*, and the room is over."""

    bye: Bye


Step = Enter | Rename | Depart | Tell | Recall | Count | Stop


class Pending:
    """A queue of drafts and steps. A batch of drafts is out at most once at a time."""

    def __init__(self) -> None:
        self._queue: deque[Draft | Step] = deque()
        self._waiting: list[Draft] = []  # drafts that are not out yet
        self._out = 0  # drafts that are with the history
        self.size = 0
        """Bytes, about, of the drafts that are neither recorded nor refused."""

    def say(self, draft: Draft) -> None:
        """Add a draft."""
        self._queue.append(draft)
        self._waiting.append(draft)
        self.size += DRAFT_WEIGHT + len(draft.text)

    def add(self, step: Step) -> None:
        """Add a step."""
        self._queue.append(step)

    def drafts(self) -> list[Draft]:
        """Return the next batch for the history; empty while one is out."""
        if self._out:
            return []
        batch = self._waiting[:MAX_BATCH]
        del self._waiting[:MAX_BATCH]
        self._out = len(batch)
        return batch

    def recorded(self, messages: Sequence[Message]) -> Sequence[Message | Step]:
        """Return what may be told now that the batch became *messages*."""
        return self._settled(messages)

    def refused(self, refusals: Sequence[Tell]) -> Sequence[Message | Step]:
        """Return what may be told now that the batch became *refusals*."""
        return self._settled(refusals)

    def ready(self) -> list[Step]:
        """Return the steps that no draft stands before."""
        queue = self._queue
        steps: list[Step] = []
        while queue and not isinstance(step := queue[0], Draft):
            steps.append(step)
            queue.popleft()
        return steps

    def _settled(self, outcomes: Sequence[Message | Tell]) -> Sequence[Message | Step]:
        if len(outcomes) != self._out:
            raise ValueError(f"{len(outcomes)} outcomes of {self._out} drafts")
        self._out = 0
        queue = self._queue
        told: list[Message | Step] = []
        for outcome in outcomes:
            while not isinstance(draft := queue.popleft(), Draft):
                told.append(draft)
            told.append(outcome)
            self.size -= DRAFT_WEIGHT + len(draft.text)
        told += self.ready()
        return told
