"""The state of the chat, and what each entry changes."""

from collections.abc import Sequence
from typing import Final, assert_never

from ..entries import (
    DirectOpened,
    Entered,
    Entry,
    Ignored,
    Left,
    NodeLost,
    Renamed,
    RoomClosed,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    TopicSet,
    Unignored,
    Whispered,
)
from ..events import (
    DIRECT_PREFIX,
    LOBBY,
    Message,
    Refused,
    RoomName,
    SessionId,
    TopicChanged,
)
from ..limits import (
    MAX_ALL_DIRECT_ROOMS,
    MAX_DIRECT_ROOMS,
    MAX_IGNORED,
    MAX_KNOWN_ROOMS,
    MAX_OPEN_ROOMS,
    MAX_ROOMS_EACH,
)
from ..storage import Numbering, StoredState, consecutive
from . import refusals
from .effects import (
    AlreadySaid,
    Effect,
    IgnoredChanged,
    NameChanged,
    Outcome,
    RoomEnded,
    RoomEntered,
    RoomLeft,
    RoomMade,
    RoomShown,
    SessionEnded,
    SessionStarted,
    SessionSuspended,
    Told,
    Void,
    Whisper,
)
from .idempotency import IdempotencyKeys
from .passed_time import PassedTime
from .rooms import Room, Rooms
from .sessions import Session, Sessions

RESUMED: Final = "came_back"  # a session left because its client resumed another one
EMPTY: Final = StoredState()
NODE_BITS: Final = 32  # of a session's id: its number within a node


class State:
    """The sessions, the rooms, and who is in them.

    *numbering* returns the sequence after a given one, the same on every node.
    """

    def __init__(
        self, stored: StoredState = EMPTY, numbering: Numbering = consecutive
    ) -> None:
        self.epoch = stored.epoch
        self.sessions = Sessions()
        self.rooms = Rooms()
        self.keys = IdempotencyKeys()
        self.passed_time = PassedTime()
        self.message_count = 0
        """Messages that were said and not void, each once."""
        self._number = numbering
        for each in stored.rooms:
            self.rooms.add(Room.from_stored(each))
        if self.rooms.get(LOBBY) is None:
            self.rooms.add(Room.lobby())
        self.rooms.last_number = max(self.rooms.last_number, stored.last_number)
        for key in stored.keys:
            self.keys.add(key.token, key.key, key.sequence, 0.0)

    def epoch_of(self, room: Room) -> str:
        """Return the epoch of a room's history: that of the lobby is the journal's."""
        if room.name == LOBBY:
            return self.epoch
        id_ = room.name.removeprefix(DIRECT_PREFIX) if room.is_direct else room.number
        return f"{self.epoch}.{id_}"

    def advance(self, time: float) -> None:
        """Note the time of a batch, before its entries are applied."""
        self.passed_time.advance(time)

    def say(self, said: Sequence[Said], time: float) -> list[Outcome]:
        """Apply consecutive messages of one room; return what became of each.

        A message has the name that its sender had when it was proposed, since that is
        what a journal stores.
        """
        room = self.rooms.get_open(said[0].room)
        if room is None:
            return [Void(refusals.no_such_room())] * len(said)
        name, sequence, number = room.name, room.sequence, self._number
        members = room.members
        keys, passed = self.keys, self.passed_time.seconds
        effects: list[Outcome] = []
        count = len(said)
        for each in said:
            key = each.key
            if each.session not in members:
                effects.append(Void(refusals.not_in_room()))
                count -= 1
                continue
            if key and (first := keys.find(each.token, key, passed)) is not None:
                effects.append(AlreadySaid(first))
                count -= 1
                continue
            sequence = number(sequence)
            effects.append(Message(name, sequence, time, each.source, each.text))
            if key:
                keys.add(each.token, key, sequence, passed)
        room.sequence = sequence
        self.message_count += count
        return effects

    def said_as(self, said: Said | Whispered) -> int | None:
        """Return the sequence of the message with the key of *said*, or None."""
        return self.keys.find(said.token, said.key, self.passed_time.seconds)

    def apply(self, entry: Entry, time: float) -> Sequence[Effect]:  # noqa: C901 -- a row per entry
        """Apply one entry, at the wall time *time* of its batch; return its effects."""
        match entry:
            case Said():
                return self.say([entry], time)
            case Whispered():
                return self._whisper(entry, time)
            case SessionOpened():
                return self._open_session(entry, time)
            case SessionHeld(attachment):
                return self._hold(attachment)
            case SessionClosed(attachment, reason):
                session = self.sessions.at(attachment)
                return self._close(session, reason) if session else []
            case Renamed(session_id, name, keys):
                return self._rename(session_id, name, keys)
            case Entered(session_id, room):
                return self._enter(session_id, room, time)
            case Left(session_id, room, reason):
                return self._leave(session_id, room, reason)
            case RoomOpened():
                return self._open_room(entry)
            case RoomClosed():
                return self._close_room(entry)
            case TopicSet():
                return self._set_topic(entry)
            case DirectOpened():
                return self._open_direct(entry, time)
            case Ignored(session_id, name, key):
                return self._ignore(session_id, name, key)
            case Unignored(session_id, key):
                return self._unignore(session_id, key)
            case NodeLost(node):
                return self._lose_node(node)
            case _:
                assert_never(entry)

    # -- sessions -----------------------------------------------------------------

    def _open_session(self, entry: SessionOpened, time: float) -> list[Effect]:
        effects: list[Effect] = []
        if entry.must_have_name and not self.sessions.names.is_free(
            entry.attachment, entry.keys
        ):
            return [Void(refusals.name_taken(entry.name))]
        own = self.sessions.at(entry.attachment)
        known = self.sessions.with_token(entry.token)
        if known is not None:
            if own is not None and own is not known:
                effects += self._close(own, RESUMED)
            session, previous = known, known.attachment
            self.sessions.attach(session, entry.attachment)
        elif own is not None:
            session, previous = own, own.attachment
            self.sessions.set_token(session, entry.token)
        else:
            session, previous = self._new_session(entry), SessionId(0)
        session.knows_rooms = entry.knows_rooms
        effects.append(
            SessionStarted(session.id, entry.attachment, previous, tuple(session.rooms))
        )
        effects += self._enter_only(session, entry.rooms, time)
        if entry.name and session.name != entry.name:
            if previous:
                effects += self._rename(session.id, entry.name, entry.keys)
            else:
                effects.append(Void(refusals.name_taken(entry.name)))
        return effects

    def _enter_only(
        self, session: Session, wanted: tuple[RoomName, ...], time: float
    ) -> list[Effect]:
        """Put a session into the *wanted* rooms and no others.

        A direct room that its client does not ask for was opened while it was away.
        """
        effects: list[Effect] = []
        for name in [each for each in session.rooms if each not in wanted]:
            room = self.rooms[name]
            if not (room.is_direct and session.knows_rooms):
                effects += self._leave(session.id, name, refusals.LEFT)
            elif session.id in room.shown:
                effects.append(RoomShown(session.id, name, 0))
        for name in dict.fromkeys(wanted):
            effects += self._enter(session.id, name, time)
        return effects

    def _new_session(self, entry: SessionOpened) -> Session:
        session = Session(entry.attachment, entry.address)
        names = self.sessions.names
        if entry.name and names.claim(session.id, entry.keys):
            session.name = entry.name
        else:
            session.name = names.claim_address(session.id, entry.address)
        session.token, session.account = entry.token, entry.account
        self.sessions.add(session)
        return session

    def _hold(self, attachment: SessionId) -> list[Effect]:
        session = self.sessions.at(attachment)
        if session is None or session.is_held:
            return []
        if not session.token:
            return self._close(session, refusals.LOST)
        session.is_held = True
        return [SessionSuspended(session.id, attachment)]

    def _close(self, session: Session, reason: str) -> list[Effect]:
        effects: list[Effect] = []
        for room in list(session.rooms):
            effects += self._leave(session.id, room, reason)
        self.sessions.remove(session)
        effects.append(SessionEnded(session.id, session.attachment, session.name))
        return effects

    def _rename(
        self, session_id: SessionId, name: str, keys: tuple[str, ...]
    ) -> list[Effect]:
        session = self.sessions.get(session_id)
        if session is None or session.name == name:
            return []
        if not self.sessions.names.claim(session_id, keys):
            return [Void(refusals.name_taken(name))]
        old, session.name = session.name, name
        for room in session.rooms:
            self.rooms[room].forget_users()
        return [NameChanged(session_id, old, name)]

    def _ignore(self, session_id: SessionId, name: str, key: str) -> list[Effect]:
        session = self.sessions.get(session_id)
        if session is None:
            return []
        ignored = session.ignored or {}
        if key not in ignored and len(ignored) >= MAX_IGNORED:
            return [Void(refusals.too_many_ignored())]
        session.ignored = {**ignored, key: name}
        return [IgnoredChanged(session_id)]

    def _unignore(self, session_id: SessionId, key: str) -> list[Effect]:
        session = self.sessions.get(session_id)
        if session is None:
            return []
        ignored = dict(session.ignored or {})
        ignored.pop(key, None)
        session.ignored = ignored or None
        return [IgnoredChanged(session_id)]

    def _lose_node(self, node: int) -> list[Effect]:
        lost = [each for each in self.sessions if each.attachment >> NODE_BITS == node]
        effects: list[Effect] = []
        for session in lost:
            effects += self._hold(session.attachment)
        return effects

    # -- rooms --------------------------------------------------------------------

    def _enter(
        self, session_id: SessionId, name: RoomName, time: float
    ) -> list[Effect]:
        session, room = self.sessions.get(session_id), self.rooms.get_open(name)
        if session is None:
            return []
        if name in session.rooms:
            return [RoomEntered(session_id, name, session.name, is_new=False)]
        if room is None or room.is_direct:
            return [Void(refusals.no_such_room(name))]
        public = [each for each in session.rooms if not self.rooms[each].is_direct]
        if len(public) >= MAX_ROOMS_EACH:
            return [Void(refusals.too_many_rooms(name))]
        session.rooms[name] = None
        room.add(session_id, time)
        return [RoomEntered(session_id, name, session.name)]

    def _leave(
        self, session_id: SessionId, name: RoomName, reason: str
    ) -> list[Effect]:
        session, room = self.sessions.get(session_id), self.rooms.get_open(name)
        if session is None or room is None or name not in session.rooms:
            return [Void(refusals.not_in_room(name))]
        if room.is_direct:
            return self._end_direct(room, f"{session.name} has left the conversation")
        del session.rooms[name]
        room.remove(session_id)
        return [RoomLeft(session_id, name, session.name, reason)]

    def unchanged(self, entry: Entry) -> list[Effect] | None:
        """Return the effects of a durable entry that would change nothing, or None.

        Such an entry is not stored. Messages are judged by `Proposals`, many at once.
        """
        match entry:
            case RoomOpened():
                return self._unopened(entry)
            case RoomClosed(name):
                room = self.rooms.get_open(name)
                if room is None or room.members or room.is_direct or name == LOBBY:
                    return []
            case TopicSet(name, session):
                room = self.rooms.get_open(name)
                if room is None or session not in room.members or room.is_direct:
                    return [Void(refusals.not_in_room(name))]
            case _:
                pass
        return None

    def _unopened(self, entry: RoomOpened) -> list[Effect] | None:
        name, room = entry.room, self.rooms.get(entry.room)
        if room is not None and room.is_open:
            return []
        if self.rooms.has_conflict(name, entry.keys):
            return [Void(refusals.room_name_taken(name))]
        if self.rooms.open_count >= MAX_OPEN_ROOMS or (
            room is None and self.rooms.known_count >= MAX_KNOWN_ROOMS
        ):
            return [Void(refusals.rooms_full(name))]
        return None

    def _open_room(self, entry: RoomOpened) -> list[Effect]:
        if (effects := self.unchanged(entry)) is not None:
            return effects
        name, room = entry.room, self.rooms.get(entry.room)
        if room is None:
            room = Room(name, self.rooms.next_number())
            room.keys = entry.keys
            self.rooms.add(room)
        else:
            self.rooms.open(room, entry.keys)
        return [RoomMade(name)]

    def _close_room(self, entry: RoomClosed) -> list[Effect]:
        if (effects := self.unchanged(entry)) is not None:
            return effects
        self.rooms.close(self.rooms[entry.room])
        return [RoomEnded(entry.room)]

    def _set_topic(self, entry: TopicSet) -> list[Effect]:
        if (effects := self.unchanged(entry)) is not None:
            return effects
        self.rooms[entry.room].topic = entry.topic
        by = self.sessions[entry.session].name
        return [Told(entry.room, TopicChanged(entry.room, entry.topic, by))]

    # -- direct rooms -------------------------------------------------------------

    def _open_direct(self, entry: DirectOpened, time: float) -> list[Effect]:
        session, other = entry.session, entry.other
        if session not in self.sessions:
            return []
        if other not in self.sessions:
            return [Void(refusals.no_such_user())]
        found = self.rooms.of_pair(session, other)
        if found is not None:
            if session in found.shown:
                name = self.sessions[session].name
                return [RoomEntered(session, found.name, name, is_new=False)]
            found.shown += (session,)
            return [RoomShown(session, found.name, found.sequence)]
        if why := self._direct_refusal(session, other):
            return [Void(why)]
        room = Room(entry.room, 0)
        room.pair, room.shown = (session, other), (session,)
        self.rooms.add(room)
        for each in room.pair:
            room.add(each, time)
            self.sessions[each].rooms[room.name] = None
        return [RoomShown(session, room.name, 0)]

    def _direct_refusal(self, session: SessionId, other: SessionId) -> Refused | None:
        if session == other:
            return refusals.direct_self()
        if not self.sessions[other].knows_rooms:
            return refusals.no_direct(self.sessions[other].name)
        if self.rooms.direct_count >= MAX_ALL_DIRECT_ROOMS:
            return refusals.direct_full()
        rooms = [self.rooms[name] for name in self.sessions[session].rooms]
        opened = sum(
            room.pair is not None and room.pair[0] == session for room in rooms
        )
        return refusals.too_many_direct() if opened >= MAX_DIRECT_ROOMS else None

    def _whisper(self, entry: Whispered, time: float) -> list[Effect]:
        room = self.rooms.get_open(entry.room)
        if room is None or not room.is_direct or entry.session not in room.members:
            return [Void(refusals.no_such_room(entry.room))]
        if entry.key and (first := self.said_as(entry)) is not None:
            return [AlreadySaid(first)]
        before = room.sequence
        room.sequence = self._number(before)
        if entry.key:
            passed = self.passed_time.seconds
            self.keys.add(entry.token, entry.key, room.sequence, passed)
        sender = self.sessions[entry.session]
        other = self.sessions[room.partner(entry.session)]
        message = Message(room.name, room.sequence, time, sender.name, entry.text)
        keys = self.sessions.names.keys(sender.id)
        is_ignored = any(key in keys for key in other.ignored or ())
        effects: list[Effect] = []
        if not is_ignored and other.id not in room.shown:
            room.shown += (other.id,)
            effects.append(RoomShown(other.id, room.name, before))
        effects.append(Whisper(entry.session, message, is_ignored))
        return effects

    def _end_direct(self, room: Room, reason: str) -> list[Effect]:
        members = tuple(room.members)
        for each in members:
            del self.sessions[each].rooms[room.name]
        self.rooms.close(room)
        return [RoomEnded(room.name, members, reason)]
