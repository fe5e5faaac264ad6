"""The state of the chat, and what each entry changes."""

from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from ..entries import (
    ACCOUNT_ENTRIES,
    AccountEntry,
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
    SignedIn,
    TopicSet,
    Unignored,
    Whispered,
)
from ..events import (
    DIRECT_PREFIX,
    LOBBY,
    Message,
    PersonId,
    Refused,
    RoomName,
    SessionId,
)
from ..storage import Numbering, StoredAccount, StoredState, consecutive
from . import refusals
from .account_entries import AccountEntries
from .accounts import Accounts
from .direct_rooms import DirectRooms
from .effects import AlreadySaid, Effect, Outcome, Void
from .idempotency import UNKNOWN, IdempotencyKeys
from .memberships import Memberships
from .passed_time import PassedTime
from .room_entries import RoomEntries, RoomEntry
from .rooms import Room, Rooms
from .session_entries import SessionEntries
from .sessions import Session, Sessions
from .sign_ins import SignIns
from .snapshot import encode_state, fill_state
from .verdicts import Verdict

EMPTY: Final = StoredState()

SessionEntry = (Renamed | Entered | Left | Whispered | SignedIn) | (
    DirectOpened | Ignored | Unignored
)
"""What a session does, other than messages and topics."""


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
        self.accounts = Accounts(self.sessions.names)
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
        for account in stored.accounts:
            self.accounts.load(account)
        last_account = max(self.accounts.last_number, stored.last_account)
        self.accounts.last_number = last_account
        for key in stored.keys:
            self.keys.add(key.token or UNKNOWN, key.key, key.sequence, 0.0)
        self._set_up()

    def _set_up(self) -> None:
        """Create what changes the parts of the state."""
        sessions, rooms, accounts = self.sessions, self.rooms, self.accounts
        self._memberships = memberships = Memberships(sessions, rooms)
        self._sign_ins = sign_ins = SignIns(sessions, rooms, memberships, accounts)
        self._session_entries = session_entries = SessionEntries(
            sessions, rooms, memberships, accounts, sign_ins
        )
        self._account_entries = AccountEntries(
            accounts, sessions, rooms, memberships, session_entries, sign_ins
        )
        self._room_entries = RoomEntries(sessions, rooms, accounts)
        self._direct_rooms = DirectRooms(
            sessions, rooms, accounts, self.keys, self.passed_time, self._number
        )

    @classmethod
    def restore(cls, snapshot: bytes, numbering: Numbering = consecutive) -> "State":
        """Return the state of a *snapshot*; raises ValueError if it is not one."""
        state = cls(numbering=numbering)
        fill_state(state, snapshot)
        state._set_up()
        return state

    def snapshot(self) -> bytes:
        """Return everything that `apply` reads; equal states have equal snapshots."""
        return encode_state(self)

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
        """Apply consecutive messages of one room; return what became of each."""
        room = self.stored_room(said[0].room)
        if room is None:
            return [Void(self.why_void(said[0].room))] * len(said)
        name, sequence, number = room.name, room.sequence, self._number
        absent = self.absent(room, said)
        keys, passed = self.keys, self.passed_time.seconds
        effects: list[Outcome] = []
        count = len(said)
        for each in said:
            key = each.key
            if absent and each.attachment in absent:
                effects.append(Void(self.why_void(name)))
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

    def is_member(self, session: Session, name: RoomName) -> bool:
        """Return whether a session is in the room called *name*."""
        room = self.rooms.get(name)
        return room is not None and session.id in room.members

    def is_in(self, room: Room, attachment: SessionId) -> bool:
        """Return whether the session of a connection is in a room."""
        session = self.sessions.at(attachment)
        return session is not None and session.id in room.members

    def stored_room(self, name: RoomName) -> Room | None:
        """Return the open room called *name*, if its messages are stored, or None.

        The messages of a direct room are whispered, and not stored.
        """
        room = self.rooms.get_open(name)
        return None if room is None or room.pair is not None else room

    def may_say(self, attachment: SessionId, name: RoomName) -> bool:
        """Return whether the session of a connection is in a room that is stored."""
        room = self.stored_room(name)
        return room is not None and self.is_in(room, attachment)

    def why_void(self, name: RoomName) -> Refused:
        """Return why a message is void that its sender may not say in a room."""
        is_open = self.rooms.get_open(name) is not None
        return refusals.not_in_room() if is_open else refusals.no_such_room()

    def absent(self, room: Room, said: Sequence[Said]) -> set[SessionId]:
        """Return the senders of messages whose session is not in a room."""
        # Most senders are sessions that were never resumed: one look at each of them.
        members, moved = room.members, self.sessions.moved
        doubtful = {
            sender
            for each in said
            if (sender := each.attachment) not in members or sender in moved
        }
        return {each for each in doubtful if not self.is_in(room, each)}

    def said_as(self, said: Said | Whispered) -> int | None:
        """Return the sequence of the message with the key of *said*, or None."""
        return self.keys.find(said.token, said.key, self.passed_time.seconds)

    def judge(self, entry: RoomEntry | AccountEntry) -> Verdict:
        """Return whether a durable entry would change anything, or why not.

        Messages are judged by `may_say` and `said_as`.
        """
        if isinstance(entry, ACCOUNT_ENTRIES):
            return self._account_entries.judge(entry)
        return self._room_entries.judge(entry)

    def sign_in_refusal(
        self, account: StoredAccount, attachment: SessionId, token: str
    ) -> Refused | None:
        """Return why a connection whose user gave the password cannot sign in.

        *token* is that of its client, or empty.
        """
        sessions = self.sessions.at(attachment), self.sessions.with_token(token)
        replaced = {each.id for each in sessions if each is not None}
        number, generation = account.number, account.generation
        return self._sign_ins.refusal(number, generation, 0, replaced)

    def name_of(self, person: PersonId) -> str:
        """Return the name of a person, who has an account or a session."""
        account = self.accounts.of(person)
        return self.sessions.of(person)[0].name if account is None else account.name

    def ignored_by(self, session: Session) -> Mapping[str, str]:
        """Return the names that the user of a session ignores, by conflict key."""
        account = self.accounts.get(session.account)
        return session.ignored or {} if account is None else dict(account.ignored)

    def apply(self, entry: Entry, time: float) -> Sequence[Effect]:
        """Apply one entry, at the wall time *time* of its batch; return its effects."""
        match entry:
            case Said():
                return self.say([entry], time)
            case SessionOpened():
                return self._session_entries.open(entry, time)
            case SessionHeld(attachment):
                return self._session_entries.hold(attachment)
            case SessionClosed(attachment, reason):
                session = self.sessions.at(attachment)
                return self._session_entries.close(session, reason) if session else []
            case RoomOpened() | RoomClosed() | TopicSet():
                return self._room_entries.change(entry)
            case NodeLost(node):
                return self._session_entries.lose_node(node)
            case _ if isinstance(entry, ACCOUNT_ENTRIES):
                return self._account_entries.change(entry, time)
            case _:
                session = self.sessions.at(entry.attachment)
                return [] if session is None else self._act(session, entry, time)

    def _act(
        self, session: Session, entry: SessionEntry, time: float
    ) -> Sequence[Effect]:
        """Apply what a session does."""
        match entry:
            case Whispered():
                return self._direct_rooms.whisper(session, entry, time)
            case SignedIn():
                return self._sign_ins.sign_in(session, entry, time)
            case Renamed(_, name, keys):
                return self._session_entries.rename(session, name, keys)
            case Entered(_, room):
                return self._memberships.enter(session, room, time)
            case Left(_, room, reason):
                return self._memberships.leave(session, room, reason)
            case DirectOpened():
                return self._direct_rooms.open(session, entry, time)
            case Ignored(_, name, key):
                return self._session_entries.ignore(session, name, key)
            case Unignored(_, key):
                return self._session_entries.unignore(session, key)
            case _:
                assert_never(entry)
