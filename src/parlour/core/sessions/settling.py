"""Settling: applies batches of the journal, and tells proposers what became of them."""

from collections.abc import Sequence

from ..delivery.delivery import Delivery
from ..entries import (
    AccountEntered,
    AccountIgnored,
    AccountUnignored,
    Batch,
    DeviceAdded,
    DeviceRevoked,
    Entered,
    Entry,
    RoomClosed,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    SignedIn,
    TopicSet,
    Whispered,
    message_run,
)
from ..events import (
    DIRECT_PREFIX,
    Message,
    Refused,
    RoomName,
    SessionId,
    Stored,
    TopicChanged,
)
from ..state.effects import AlreadySaid, Effect, Void, Whisper
from ..state.state import State
from .account_commands import AccountCommands
from .admission import Admission
from .backpressure import Backpressure
from .batching import Rejected, Repeated
from .connection import Connection
from .connection import State as ConnectionState
from .effect_handlers import EffectHandlers
from .line_types import ABOUT, ABOUT_ROOM
from .local_steps import LocalSteps
from .proposals import Proposals, Settled
from .registry import Connections
from .session_proposals import SessionProposals
from .sign_in import SignIn


class Settling:
    """Applies entries in the order of the journal: of this node, and of others."""

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        steps: LocalSteps,
        delivery: Delivery,
        effects: EffectHandlers,
        admission: Admission,
        backpressure: Backpressure,
        connections: Connections,
        sign_in: SignIn,
        account_commands: AccountCommands,
        sessions: SessionProposals,
    ) -> None:
        self._sessions = sessions
        self._sign_in, self._account_commands = sign_in, account_commands
        self._state, self._proposals, self._steps = state, proposals, steps
        self._delivery, self._effects, self._admission = delivery, effects, admission
        self._backpressure, self._connections = backpressure, connections

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
                self._tell(proposal.entry, number, void)
                if isinstance(proposal.entry, RoomClosed) and why is not None:
                    self._effects.close_later(proposal.entry.room)
            elif isinstance(proposal, Repeated):
                self._acknowledge(proposal.said, proposal.sequence)
            else:
                effects = self._state.apply(proposal, time)
                for effect in effects:
                    self._effects.handle(effect)
                if not effects and isinstance(proposal, SessionHeld | SessionClosed):
                    self._effects.forget_end(proposal.attachment)
                self._tell(proposal, number, effects)

    def _say(self, said: list[Said], time: float) -> None:
        """Apply messages of one room, acknowledge them, and deliver them.

        The acknowledgements come before the messages, not between them, so that all
        members can share the bytes of the messages.
        """
        outcomes = self._state.say(said, time)
        room, messages = said[0].room, list[Message]()
        stored: dict[SessionId, list[Stored]] = {}
        for each, outcome in zip(said, outcomes, strict=True):
            if isinstance(outcome, Message):  # by far the most frequent
                messages.append(outcome)
            elif isinstance(outcome, Void):
                self._refuse_message(each, outcome.why)
                continue
            if each.id is not None:
                event = Stored(each.id, room, outcome.sequence)
                stored.setdefault(each.attachment, []).append(event)
        for attachment, events in stored.items():
            if (connection := self._connections.local(attachment)) is not None:
                self._delivery.private.acknowledge(connection.id, room, events)
        if messages:
            self._delivery.extend(room, messages)

    def _refuse_message(self, said: Said | Whispered, why: Refused) -> None:
        connection = self._connections.local(said.attachment)
        if connection is not None:
            why = why.replace(id=said.id or "", room=said.room, about="message")
            self._delivery.private.send(connection.id, why, room=said.room)

    def _report_whisper(self, entry: Whispered, effect: Effect) -> None:
        match effect:
            case AlreadySaid(sequence):
                self._acknowledge(entry, sequence)
            case Whisper(_, message):
                self._acknowledge(entry, message.sequence)
                self._whisper(entry, effect)

    def _acknowledge(self, said: Said | Whispered, sequence: int) -> None:
        sender = self._connections.local(said.attachment)
        if sender is not None and said.id is not None:
            is_kept = isinstance(said, Said)
            stored = Stored(said.id, said.room, sequence, is_kept)
            self._delivery.private.acknowledge(sender.id, said.room, [stored])

    def _whisper(self, entry: Whispered, effect: Whisper) -> None:
        """Deliver a message of a direct room, or only to its sender."""
        if not effect.is_ignored:
            self._delivery.whisper(entry.room, effect.message)
            return
        session = self._state.sessions[effect.session]
        for each in self._state.sessions.of(session.person):
            if (connection := self._connections.of(each.id)) is not None:
                room = entry.room
                self._delivery.private.send(connection.id, effect.message, room=room)

    def _tell(self, entry: Entry, number: int, effects: Sequence[Effect]) -> None:
        """Tell the proposer of an entry why it was void, and let it continue."""
        origin = self._proposals.origin(number)
        if _signs_in(entry) and origin is not None and origin.is_open:
            match effects:
                case [Void(why)]:
                    self._refuse_sign_in(origin, why)
                    effects = []
        for effect in effects:
            if isinstance(entry, Said | Whispered):
                if isinstance(effect, Void):
                    self._refuse_message(entry, effect.why)
                elif isinstance(entry, Whispered):
                    self._report_whisper(entry, effect)
            elif isinstance(effect, Void) and origin is not None:
                self._refuse(origin, entry, effect.why)
        if origin is not None:
            if isinstance(entry, TopicSet) and not effects:
                self._answer_topic(origin, entry)
            elif isinstance(entry, AccountIgnored | AccountUnignored) and not effects:
                self._effects.send_ignored(origin.session)
            self._continue(origin, entry, effects)

    def _answer_topic(self, origin: Connection, entry: TopicSet) -> None:
        """Tell the proposer alone of a topic that was set already."""
        session = self._state.sessions.at(entry.attachment)
        if session is not None and origin.is_open and origin.id in self._delivery:
            answer = TopicChanged(entry.room, entry.topic, session.name)
            self._delivery.private.send(origin.id, answer, room=entry.room)

    def _refuse(self, origin: Connection, entry: Entry, why: Refused) -> None:
        if not origin.is_open or origin.id not in self._delivery:
            return
        if isinstance(entry, RoomOpened) and self._is_open(entry.room):
            return  # another has opened it meanwhile, and the session enters it
        if (
            isinstance(entry, SessionOpened | SignedIn)
            and why.code == "no_such_room"
            and why.room
            and not why.room.startswith(DIRECT_PREFIX)
        ):
            self._sessions.open_room(origin, why.room, ABOUT[type(entry)])
        else:
            about = ABOUT.get(type(entry), "")
            if isinstance(entry, SessionOpened) and entry.must_have_name:
                about = "set-name"
            elif isinstance(entry, RoomOpened | Entered | AccountEntered):
                about = origin.joins_by
            if isinstance(entry, ABOUT_ROOM):
                why = why.replace(room=entry.room)
            self._delivery.private.send(
                origin.id, why.replace(about=about), room=why.room
            )

    def _refuse_sign_in(self, origin: Connection, why: Refused) -> None:
        is_first = origin.state is ConnectionState.ENTERING
        self._sign_in.refuse(origin, why, "hello" if is_first else "login")

    def _is_open(self, room: RoomName) -> bool:
        return self._state.rooms.get_open(room) is not None

    def _continue(
        self, origin: Connection, entry: Entry, effects: Sequence[Effect]
    ) -> None:
        """Unblock the proposer of an entry, after what follows from the entry."""
        origin.blocked -= 1
        if not origin.is_open:
            return
        match entry:
            case RoomOpened(room) if self._is_open(room):
                if origin.session:
                    self._sessions.enter(origin, room)
            case AccountEntered(room=room) if not effects:
                self._sessions.enter(origin, room)  # another session was faster
            case DeviceAdded():
                self._sign_in.device_added(origin, entry, effects)
            case DeviceRevoked() if not any(isinstance(each, Void) for each in effects):
                self._account_commands.list_devices(origin)
            case SessionOpened() | SignedIn():
                self._sessions.enter_own_rooms(origin)
            case _:
                pass
        if not origin.blocked and not origin.is_outside:
            self._admission.finish(origin)
        if not origin.blocked:
            self._backpressure.schedule(origin.id)


def _signs_in(entry: Entry) -> bool:
    """Return whether somebody signs in by *entry*, or resumes having signed in."""
    if isinstance(entry, SessionOpened):
        return bool(entry.account) or entry.must_resume
    return isinstance(entry, SignedIn | DeviceAdded)
