"""Effect handlers: what a change of the state means for this node's connections."""

from typing import assert_never

from ..delivery.delivery import Delivery
from ..events import Message
from ..state.effects import (
    AlreadySaid,
    Banned,
    DeviceMade,
    Effect,
    IgnoredChanged,
    InvitationMade,
    InvitationsShown,
    InvitationTakenBack,
    MessageErased,
    NameChanged,
    PrivacyChanged,
    ReadFurther,
    Restricted,
    RoomEnded,
    RoomEntered,
    RoomLeft,
    RoomMade,
    RoomShown,
    SessionEnded,
    SessionExpelled,
    SessionSignedIn,
    SessionStarted,
    SessionSuspended,
    Told,
    Void,
    Whisper,
)
from ..state.state import State
from .holds import Holds
from .invitation_effects import InvitationEffects
from .read_positions import ReadPositions
from .registry import Connections
from .room_effects import RoomEffects
from .session_effects import SessionEffects


class EffectHandlers:
    """Passes each effect to what tells the connections of this node about it."""

    def __init__(
        self,
        state: State,
        delivery: Delivery,
        connections: Connections,
        holds: Holds,
        reads: ReadPositions,
        sessions: SessionEffects,
        rooms: RoomEffects,
        invitations: InvitationEffects,
    ) -> None:
        self._state, self._delivery = state, delivery
        self._connections, self._holds, self._reads = connections, holds, reads
        self.sessions, self.rooms, self._invitations = sessions, rooms, invitations

    def handle(self, effect: Effect) -> None:  # noqa: C901 -- a row per effect
        """Tell the connections of this node about one effect."""
        match effect:
            case SessionStarted():
                self.sessions.start(effect)
            case SessionSuspended(_, attachment, is_orphan):
                now = self._connections.now
                self._holds.hold(attachment, now, is_orphan=is_orphan)
            case SessionEnded():
                self.sessions.end(effect)
            case SessionSignedIn(session):
                self.sessions.send_account(session)
            case SessionExpelled():
                self.sessions.expel(effect)
            case Banned(sanction):
                self.sessions.remove_watchers(sanction)
            case Restricted():
                self.sessions.send_sanctions(effect)
            case NameChanged():
                self.sessions.rename(effect)
            case RoomEntered():
                self.rooms.enter(effect)
            case RoomLeft():
                self.rooms.leave(effect)
            case RoomMade(room):
                self.rooms.make(room)
            case RoomEnded():
                self.rooms.end(effect)
            case RoomShown():
                self.rooms.show(effect)
            case PrivacyChanged(room):
                self.rooms.change_privacy(room)
            case InvitationMade(invitation):
                self._invitations.tell(invitation)
            case InvitationTakenBack(invitation, by):
                self._invitations.tell_taken_back(invitation, by)
            case InvitationsShown(session):
                self._invitations.show(session)
            case Told(room, event):
                self._delivery.append(room, event)
            case MessageErased(erasure):
                self._delivery.erase(erasure)
            case IgnoredChanged(session):
                self.sessions.send_ignored(session)
            case ReadFurther(account, room):
                self._reads.applied(account, room)
            case Whisper() | Void() | AlreadySaid() | Message() | DeviceMade():
                pass  # `Settling` reports them to the proposer
            case _:
                assert_never(effect)

    def begin(self) -> None:
        """Start the timers of empty rooms and held sessions when the server starts."""
        for session in self._state.sessions:
            if session.is_held:
                now = self._connections.now
                self._holds.hold(session.attachment, now, is_orphan=True)
        for room in self._state.rooms:
            self._delivery.set_hidden(room.name, is_hidden=room.is_private)
            self.rooms.close_if_unused(room)
