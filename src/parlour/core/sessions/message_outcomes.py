"""Outcomes of messages: tell the senders, and deliver those of direct rooms."""

from collections.abc import Sequence

from ..delivery.delivery import Delivery
from ..entries import Said, Whispered
from ..events import Message, Refused, Stored
from ..state.effects import AlreadySaid, Effect, Outcome, Whisper
from ..state.sessions import Session
from ..state.state import State
from .read_positions import ReadPositions
from .registry import Connections


class MessageOutcomes:
    """Acknowledges and refuses messages, and delivers those of direct rooms."""

    def __init__(
        self,
        state: State,
        delivery: Delivery,
        connections: Connections,
        reads: ReadPositions,
    ) -> None:
        self._state, self._delivery = state, delivery
        self._connections, self._reads = connections, reads

    def refuse(self, said: Said | Whispered, why: Refused) -> None:
        """Tell the sender why a message is not delivered."""
        connection = self._connections.local(said.attachment)
        if connection is not None:
            why = why.replace(id=said.id or "", room=said.room, about="message")
            self._delivery.private.send(connection.id, why, room=said.room)

    def report_whisper(self, entry: Whispered, effect: Effect) -> None:
        """Deliver a message that is not kept, unless it was before; acknowledge it."""
        match effect:
            case AlreadySaid(sequence):
                self.acknowledge(entry, sequence)
            case Whisper(_, message):
                self.acknowledge(entry, message.sequence)
                self._whisper(entry, effect)

    def acknowledge(self, said: Said | Whispered, sequence: int) -> None:
        """Tell the sender that a message has this sequence."""
        sender = self._connections.local(said.attachment)
        if sender is not None and said.id is not None:
            is_kept = isinstance(said, Said)
            stored = Stored(said.id, said.room, sequence, is_kept)
            self._delivery.private.acknowledge(sender.id, said.room, [stored])

    def _whisper(self, entry: Whispered, effect: Whisper) -> None:
        """Deliver a message of a direct room, or only to its sender."""
        if effect.is_ignored:
            self._deliver_alone(self._state.sessions[effect.session], effect.message)
        else:
            self._delivery.whisper(entry.room, effect.message)

    def deliver_direct(self, said: Sequence[Said], outcomes: Sequence[Outcome]) -> None:
        """Deliver the messages of a kept direct room, unless they are void.

        A user who ignores the sender does not receive them; they count as read.
        """
        room, kept = self._state.rooms[said[0].room], self._state.kept_direct_rooms
        for each, message in zip(said, outcomes, strict=True):
            if not isinstance(message, Message):
                continue
            session = self._state.sessions.at(each.attachment)
            if session is None or not kept.is_ignored(room, session.person):
                self._delivery.extend(room.name, [message])
                continue
            self._deliver_alone(session, message)
            before = self._delivery.skip(room.name, message.sequence)
            other = self._state.accounts.of(room.partner(session.person))
            if before is not None and other is not None:
                self._reads.pass_over(other, room.name, before, message.sequence)

    def _deliver_alone(self, session: Session, message: Message) -> None:
        """Deliver a message only to the sessions of its sender."""
        for each in self._state.sessions.of(session.person):
            if (connection := self._connections.of(each.id)) is not None:
                room = message.room
                self._delivery.private.send(connection.id, message, room=room)
