"""The real state of a node, which also notes what is stored, for the archive."""

from collections.abc import Sequence

from parlour.core.entries import Batch, Entry, RoomClosed, RoomOpened, Said, TopicSet
from parlour.core.events import Message
from parlour.core.state.effects import Effect, Outcome, Void
from parlour.core.state.state import EMPTY, State
from parlour.core.storage import Numbering, StoredState, consecutive
from tests.proof.records import Rooms, StoredMessage


class FoldedState(State):
    """A fold over the log, and the messages that it numbered, by room."""

    def __init__(
        self, stored: StoredState = EMPTY, numbering: Numbering = consecutive
    ) -> None:
        super().__init__(stored, numbering)
        self.said: Rooms = {}
        self._stored = list[Entry]()

    def fold(self, batch: Batch) -> None:
        """Apply a batch without a hub."""
        self.advance(batch.time)
        for entry in batch.entries:
            self.apply(entry, batch.time)

    def take_stored(self) -> tuple[Entry, ...]:
        """Return the durable entries since the last call that were not void."""
        stored, self._stored = self._stored, []
        return tuple(stored)

    def say(self, said: Sequence[Said], time: float) -> list[Outcome]:
        outcomes = super().say(said, time)
        for each, outcome in zip(said, outcomes, strict=True):
            if isinstance(outcome, Message):
                self._stored.append(each)
                message = StoredMessage(outcome.sequence, outcome.source, outcome.text)
                self.said.setdefault(each.room, []).append(message)
        return outcomes

    def apply(self, entry: Entry, time: float) -> Sequence[Effect]:
        effects = super().apply(entry, time)
        is_void = not effects or any(isinstance(each, Void) for each in effects)
        if isinstance(entry, RoomOpened | RoomClosed | TopicSet) and not is_void:
            self._stored.append(entry)
        return effects
