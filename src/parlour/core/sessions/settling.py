"""Settling: applies batches of the journal, and carries out what follows."""

from ..delivery.delivery import Delivery
from ..entries import (
    Batch,
    RoomClosed,
    Said,
    SessionClosed,
    SessionHeld,
    message_run,
)
from ..events import (
    AccountNumber,
    Message,
    SessionId,
    Stored,
)
from ..state.effects import NameChanged, Void
from ..state.state import State
from .batching import Rejected, Repeated
from .effect_handlers import EffectHandlers
from .local_steps import LocalSteps
from .message_outcomes import MessageOutcomes
from .outcomes import Outcomes
from .proposals import Proposals, Settled
from .read_positions import ReadPositions
from .registry import Connections


class Settling:
    """Applies entries in the order of the journal: of this node, and of others."""

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        steps: LocalSteps,
        delivery: Delivery,
        effects: EffectHandlers,
        connections: Connections,
        outcomes: Outcomes,
        messages: MessageOutcomes,
        reads: ReadPositions,
    ) -> None:
        self._messages, self._reads = messages, reads
        self._state, self._proposals, self._steps = state, proposals, steps
        self._delivery, self._effects = delivery, effects
        self._connections, self._outcomes = connections, outcomes

    def apply_own(self, batch: Batch) -> None:
        """Apply the batch in flight, and carry out the steps between its entries."""
        self._state.advance(batch.time)
        self.complete(batch.time)

    def complete(self, time: float) -> None:
        """Settle the batch in flight; if all of it is rejected, the state stays."""
        for part in self._proposals.complete():
            if isinstance(part, Settled):
                self._settle(part, time)
            else:
                self._steps.apply(part)
        for step in self._proposals.take_ready():
            self._steps.apply(step)

    def apply_other(self, batch: Batch) -> None:
        """Apply a batch of another node."""
        self._state.advance(batch.time)
        self._settle(Settled(-len(batch.entries), batch.entries), batch.time)

    def _settle(self, part: Settled, time: float) -> None:
        """Apply consecutive entries; messages of one room as one run."""
        proposals, index = part.proposals, 0
        while index < len(proposals):
            proposal = proposals[index]
            if isinstance(proposal, Said):
                run = message_run(proposals, index)
                self._say(run, time)
                index += len(run)
                continue
            number = part.first + index
            index += 1
            if isinstance(proposal, Rejected):
                why = proposal.why
                void = [] if why is None else [Void(why)]
                self._outcomes.tell(proposal.entry, number, void)
                if isinstance(proposal.entry, RoomClosed) and why is not None:
                    self._effects.rooms.close_later(proposal.entry.room)
            elif isinstance(proposal, Repeated):
                self._messages.acknowledge(proposal.said, proposal.sequence)
            else:
                effects = self._state.apply(proposal, time)
                for effect in effects:
                    self._effects.handle(effect)
                    if isinstance(effect, NameChanged):
                        self._outcomes.rename_waiting(proposal, effect)
                if not effects and isinstance(proposal, SessionHeld | SessionClosed):
                    self._effects.sessions.forget_end(proposal.attachment)
                self._outcomes.tell(proposal, number, effects)

    def _say(self, said: list[Said], time: float) -> None:
        """Apply messages of one room, acknowledge them, and deliver them.

        The acknowledgements come before the messages, not between them, so that all
        members can share the bytes of the messages.
        """
        outcomes = self._state.say(said, time)
        room, messages = said[0].room, list[Message]()
        stored: dict[SessionId, list[Stored]] = {}
        read: dict[AccountNumber, int] = {}
        for each, outcome in zip(said, outcomes, strict=True):
            if isinstance(outcome, Message):  # by far the most frequent
                messages.append(outcome)
                if each.account:
                    read[each.account] = outcome.sequence
            elif isinstance(outcome, Void):
                self._messages.refuse(each, outcome.why)
                continue
            if each.id is not None:
                event = Stored(each.id, room, outcome.sequence)
                stored.setdefault(each.attachment, []).append(event)
        for attachment, events in stored.items():
            if (connection := self._connections.local(attachment)) is not None:
                self._delivery.private.acknowledge(connection.id, room, events)
        for account, sequence in read.items():
            self._reads.said(account, room, sequence)
        if messages and self._state.rooms[room].is_direct:
            self._messages.deliver_direct(said, outcomes)
        elif messages:
            self._delivery.extend(room, messages)
