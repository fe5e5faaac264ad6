"""Outcomes: what became of an entry, for the one who proposed it."""

from collections.abc import Sequence

from ..delivery.delivery import Delivery
from ..entries import (
    AccountDirectOpened,
    AccountEntered,
    AccountIgnored,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    Entered,
    Entry,
    Invited,
    InviteUsed,
    Lifted,
    Registered,
    RoomOpened,
    Said,
    Sanctioned,
    SessionOpened,
    SignedIn,
    TopicSet,
    Uninvited,
    Whispered,
)
from ..events import (
    Bye,
    Refused,
    RoomName,
    TopicChanged,
    is_direct_room,
    person_of,
)
from ..state.effects import (
    Effect,
    InvitationMade,
    NameChanged,
    SessionSignedIn,
    Void,
)
from ..state.state import State
from .account_commands import AccountCommands
from .admission import Admission
from .backpressure import Backpressure
from .closing import Closing
from .connection import Connection
from .connection import State as ConnectionState
from .effect_handlers import EffectHandlers
from .invite_commands import InviteCommands
from .line_types import ABOUT, ABOUT_ROOM
from .message_outcomes import MessageOutcomes
from .operator_entries import OperatorEntries
from .proposals import Proposals
from .session_proposals import SessionProposals
from .sign_in import SignIn


class Outcomes:
    """Tells proposers what became of their entries, and lets them continue."""

    def __init__(
        self,
        state: State,
        proposals: Proposals,
        delivery: Delivery,
        effects: EffectHandlers,
        admission: Admission,
        backpressure: Backpressure,
        sign_in: SignIn,
        account_commands: AccountCommands,
        closing: Closing,
        sessions: SessionProposals,
        invites: InviteCommands,
        messages: MessageOutcomes,
        operated: OperatorEntries,
    ) -> None:
        self._invites, self._messages, self._operated = invites, messages, operated
        self._state, self._proposals, self._delivery = state, proposals, delivery
        self._effects, self._sessions = effects, sessions
        self._admission, self._backpressure = admission, backpressure
        self._closing = closing
        self._sign_in, self._account_commands = sign_in, account_commands

    def rename_waiting(self, entry: Entry, effect: NameChanged) -> None:
        """Let what somebody has said wait under the name that it has now."""
        session = self._state.sessions.get(effect.session)
        if isinstance(entry, Registered) and session is not None:
            self._proposals.rename(session.attachment, effect.to)

    def tell(self, entry: Entry, number: int, effects: Sequence[Effect]) -> None:
        """Tell the proposer of an entry why it was void, and let it continue."""
        self._operated.note(number, effects)
        origin = self._proposals.origin(number)
        if origin is not None and origin.is_open:
            match effects:
                case [Void(why)] if _signs_in(entry):
                    self._refuse_sign_in(origin, why)
                    effects = []
                case [Void(Refused("banned", reason))] if isinstance(
                    entry, SessionOpened
                ):
                    self._turn_away(origin, reason)
        for effect in effects:
            if isinstance(entry, Said | Whispered):
                if isinstance(effect, Void):
                    self._messages.refuse(entry, effect.why)
                elif isinstance(entry, Whispered):
                    self._messages.report_whisper(entry, effect)
            elif isinstance(effect, Void) and origin is not None:
                self._refuse(origin, entry, effect.why)
        if origin is not None:
            if isinstance(entry, TopicSet) and not effects:
                self._answer_topic(origin, entry)
            elif isinstance(entry, AccountIgnored | AccountUnignored) and not effects:
                self._effects.sessions.send_ignored(origin.session)
            self._continue(origin, entry, effects)

    def _turn_away(self, origin: Connection, reason: str) -> None:
        """Close the connection of somebody who is banned."""
        if origin.is_upgrading:
            self._admission.upgrade_dialect(origin)
        self._closing.close(origin, Bye("banned", reason))

    def _answer_topic(self, origin: Connection, entry: TopicSet) -> None:
        """Tell the proposer alone of a topic that was set already."""
        session = self._state.sessions.at(entry.attachment)
        if session is not None and origin.is_open and origin.id in self._delivery:
            answer = TopicChanged(entry.room, entry.topic, session.name)
            self._delivery.private.send(origin.id, answer, room=entry.room)

    def _refuse(self, origin: Connection, entry: Entry, why: Refused) -> None:
        if not origin.is_open or origin.id not in self._delivery:
            return
        if (
            isinstance(entry, RoomOpened)
            and self._is_open(entry.room)
            and not entry.is_private
        ):
            return  # another has opened it meanwhile, and the session enters it
        if (
            isinstance(entry, SessionOpened | SignedIn)
            and why.code == "no_such_room"
            and why.room
            and not is_direct_room(why.room)
        ):
            self._sessions.open_room(origin, why.room, ABOUT[type(entry)])
        else:
            about = ABOUT.get(type(entry), "")
            if isinstance(entry, SessionOpened) and entry.must_have_name:
                about = "set-name"
            elif isinstance(entry, DeviceRevoked) and origin.is_logging_out:
                about, origin.is_logging_out = "logout", False
            elif isinstance(entry, Sanctioned):
                about = entry.kind.value
            elif isinstance(entry, Lifted):
                about = f"un{entry.kind.value}"
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
        self._follow_up(origin, entry, effects)
        if not origin.blocked and not origin.is_outside:
            self._admission.finish(origin)
        if not origin.blocked:
            self._backpressure.schedule(origin.id)

    def _follow_up(
        self, origin: Connection, entry: Entry, effects: Sequence[Effect]
    ) -> None:
        """Propose what follows from an entry, or send its answer."""
        is_void = any(isinstance(each, Void) for each in effects)
        match entry:
            case RoomOpened(room) if self._is_open(room):
                if origin.session and not (entry.is_private and is_void):
                    self._sessions.enter(origin, room)
            case InviteUsed(room=room) if not is_void:
                self._sessions.enter(origin, room)
            case Invited():
                made = next((e for e in effects if isinstance(e, InvitationMade)), None)
                self._invites.answer(origin, entry, made)
            case Uninvited() if not is_void:
                self._invites.answer_taken_back(origin, entry)
            case AccountEntered(room=room) if not effects:
                self._sessions.enter(origin, room)  # another session was faster
            case AccountDirectOpened() if not effects:
                self._enter_direct(origin, entry)
            case DeviceAdded():
                self._sign_in.device_added(origin, entry, effects)
            case DeviceRevoked() if not is_void:
                self._account_commands.list_devices(origin)
            case AccountEntered(room=room) | Entered(room=room) if origin.entering:
                origin.entering -= {room}
            case SessionOpened() | SignedIn():
                self._begin_session(origin, entry, effects)
            case _:
                pass

    def _begin_session(
        self,
        origin: Connection,
        entry: SessionOpened | SignedIn,
        effects: Sequence[Effect],
    ) -> None:
        """Propose the rooms of a session that has started or signed in."""
        has_signed_in = any(isinstance(each, SessionSignedIn) for each in effects)
        if entry.account and has_signed_in:
            self._sign_in.count_accepted()
        is_opening = isinstance(entry, SessionOpened)
        self._sessions.enter_own_rooms(origin, is_opening=is_opening)

    def _enter_direct(self, origin: Connection, entry: AccountDirectOpened) -> None:
        """Let an account enter the direct room that it has with another already."""
        pair = person_of(entry.account), person_of(entry.other)
        account = self._state.accounts.get(entry.account)
        found = self._state.rooms.of_pair(*pair)
        if account is None or found is None or not origin.session:
            return
        if found.name in account.rooms:
            self._sessions.enter(origin, found.name)
        elif found.name != entry.room:  # the other one was faster
            self._proposals.propose(entry.replace(room=found.name), origin)


def _signs_in(entry: Entry) -> bool:
    """Return whether somebody signs in by *entry*, or resumes having signed in."""
    if isinstance(entry, SessionOpened):
        return bool(entry.account) or entry.must_resume
    return isinstance(entry, SignedIn | DeviceAdded)
