"""Proposals of two sessions, in brief."""

from parlour.core.entries import RoomOpened, Said, Whispered
from parlour.core.events import LOBBY, RoomName, SessionId
from parlour.core.limits import Limits
from parlour.core.sessions.proposals import Proposals, Settled
from parlour.core.sessions.steps import Finish, Step
from tests.core.sessions.members import (
    ANN,
    BOB,
    connection,
    opening,
    said,
    state_with,
)

DEV = RoomName("dev")


def step(number: int) -> Step:
    """Return a step that differs from those of other numbers."""
    return Finish(connection(SessionId(number)).id)


class Proposing:
    """Proposals of Ann, who is in the lobby, and Bob, who is in it and in #dev."""

    def __init__(self) -> None:
        self.state = state_with(ANN)
        self.state.apply(RoomOpened(DEV, BOB, ("dev",)), 0.0)
        self.state.apply(opening(BOB, LOBBY, DEV), 0.0)
        self.proposals = Proposals(self.state, 7, Limits())
        self.ann, self.bob = connection(ANN), connection(BOB)

    def say(self, texts: str, *, keys: str = "") -> None:
        self.proposals.say(said(ANN, texts, keys=keys), self.ann)

    def say_in_dev(self, texts: str) -> None:
        self.proposals.say(said(BOB, texts, DEV), self.bob)

    def next(self) -> list[str]:
        """Return the next batch, in brief."""
        batch = self.proposals.next_batch(5.0, 0.0)
        return [] if batch is None else brief(batch.entries)

    def complete(self) -> list[str]:
        """End the batch in flight; return what is settled, and the steps, in order."""
        ordered: list[str] = []
        for part in self.proposals.complete():
            if isinstance(part, Settled):
                ordered += brief(part.proposals)
            else:
                assert isinstance(part, Finish)
                ordered.append(f"step {part.connection}")
        return ordered

    def next_batches(self) -> list[list[str]]:
        """Return the batches of all proposals, each completed before the next."""
        batches = []
        while self.proposals.has_batch:
            batches.append(self.next())
            self.complete()
        return batches


def brief(proposals: object) -> list[str]:
    """Return the texts of messages, and the types of other proposals."""
    assert isinstance(proposals, list | tuple)
    return [
        each.text if isinstance(each, Said | Whispered) else type(each).__name__
        for each in proposals
    ]
