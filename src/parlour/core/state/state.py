"""The state of the chat, and what each entry changes."""

from collections.abc import Mapping, Sequence
from typing import Final, assert_never

from ..entries import (
    ACCOUNT_ENTRIES,
    INVITATION_ENTRIES,
    ORDER_ENTRIES,
    AccountEntry,
    DirectErased,
    DirectOpened,
    Entered,
    Entry,
    Ignored,
    InvitationEntry,
    Left,
    NodeLost,
    OrderEntry,
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
    PersonId,
    Refused,
    RoomName,
    SessionId,
)
from ..roles import Role
from ..storage import Invitation, Numbering, StoredAccount, StoredState, consecutive
from .account_entries import AccountEntries
from .direct_rooms import DirectRooms
from .effects import Effect, Outcome
from .invitation_entries import InvitationEntries
from .invitations import newest_heard
from .kept_direct_rooms import KeptDirectRooms
from .memberships import Memberships
from .message_entries import MessageEntries
from .order_entries import OrderEntries
from .registrations import Registrations
from .restrictions import Restrictions
from .roles_of_people import Roles
from .room import Room
from .room_entries import RoomEntries, RoomEntry
from .session_entries import SessionEntries
from .sessions import Session
from .sign_ins import SignIns
from .snapshot import Snapshot, decode_snapshot, encode_state, snapshot_tables
from .tables import load_tables
from .text_erasures import TextErasures
from .verdicts import Verdict

EMPTY: Final = StoredState()

SessionEntry = (Renamed | Entered | Left | Whispered | SignedIn) | (
    DirectOpened | DirectErased | Ignored | Unignored
)
"""What a session does, other than messages and topics."""


class State:
    """The sessions, the rooms, and who is in them.

    *numbering* returns the sequence after a given one, the same on every node.
    """

    def __init__(
        self,
        stored: StoredState | Snapshot = EMPTY,
        numbering: Numbering = consecutive,
    ) -> None:
        self.epoch, self.message_count = stored.epoch, 0
        if isinstance(stored, Snapshot):
            tables, self.message_count = snapshot_tables(stored), stored.message_count
        else:
            tables = load_tables(stored)
        self.sessions, self.rooms = tables.sessions, tables.rooms
        self.accounts, self.sanctions = tables.accounts, tables.sanctions
        self.invitations, self.keys = tables.invitations, tables.keys
        self.passed_time = tables.passed_time
        self.roles = roles = Roles(tables.accounts)
        self.restrictions = restrictions = Restrictions(tables, roles)
        self._memberships = memberships = Memberships(tables, restrictions)
        self.kept_direct_rooms = kept = KeptDirectRooms(
            tables.sessions, tables.rooms, tables.accounts
        )
        self.messages = MessageEntries(tables, restrictions, kept, numbering)
        self._sign_ins = sign_ins = SignIns(tables, memberships, restrictions)
        self._session_entries = session_entries = SessionEntries(
            tables, memberships, sign_ins, restrictions
        )
        self._account_entries = AccountEntries(
            tables,
            memberships,
            session_entries,
            Registrations(tables, memberships, sign_ins, restrictions),
            restrictions,
            kept,
            TextErasures(tables.rooms, numbering),
        )
        self._order_entries = OrderEntries(
            tables, memberships, session_entries, roles, restrictions, numbering
        )
        self._invitation_entries = InvitationEntries(tables, restrictions)
        self._room_entries = RoomEntries(tables, roles, restrictions)
        self._direct_rooms = DirectRooms(tables, restrictions, kept, numbering)

    @classmethod
    def restore(cls, snapshot: bytes, numbering: Numbering = consecutive) -> "State":
        """Return the state of a *snapshot*; raises ValueError if it is not one."""
        return cls(decode_snapshot(snapshot), numbering)

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
        outcomes, count = self.messages.say(said, time)
        self.message_count += count
        return outcomes

    def is_member(self, session: Session, name: RoomName) -> bool:
        """Return whether a session is in the room called *name*."""
        room = self.rooms.get(name)
        return room is not None and session.id in room.members

    def judge(
        self,
        entry: RoomEntry | AccountEntry | OrderEntry | InvitationEntry,
        time: float,
    ) -> Verdict:
        """Return whether a durable entry at the wall time *time* changes anything.

        Messages are judged by `messages`.
        """
        if isinstance(entry, ACCOUNT_ENTRIES):
            return self._account_entries.judge(entry, time)
        if isinstance(entry, ORDER_ENTRIES):
            return self._order_entries.judge(entry, time)
        if isinstance(entry, INVITATION_ENTRIES):
            return self._invitation_entries.judge(entry, time)
        return self._room_entries.judge(entry, time)

    def sign_in_refusal(
        self,
        account: StoredAccount,
        attachment: SessionId,
        token: str,
        time: float,
        *,
        is_brief: bool,
    ) -> Refused | None:
        """Return why a connection whose user gave the password cannot sign in.

        *token* is that of its client, or empty; *time* is wall time; *is_brief* is as
        in `SessionOpened`.
        """
        sessions = self.sessions.at(attachment), self.sessions.with_token(token)
        replaced = {each.id for each in sessions if each is not None}
        number, generation = account.number, account.generation
        return self._sign_ins.refusal(
            number, generation, 0, replaced, time, is_brief=is_brief
        )

    def is_lasting(self, room: Room) -> bool:
        """Return whether a room stays open even if nobody is in it."""
        return self._room_entries.is_lasting(room)

    def name_of(self, person: PersonId) -> str:
        """Return the name of a person, who has an account or a session."""
        account = self.accounts.of(person)
        if account is not None:
            return account.name
        if person < 0:
            return f"account {-person} (erased)"
        return self.sessions.of(person)[0].name

    def role_in(self, id_: SessionId, name: RoomName) -> Role:
        """Return the role of the user of a session in a room."""
        return self.roles.of(self.sessions[id_], self.rooms[name])

    def may_read(self, id_: SessionId, name: RoomName) -> bool:
        """Return whether a session, 0 if there is none, may read a room.

        It may if the room is public, or if it is in the room.
        """
        room = self.rooms.get(name)
        return room is not None and (room.is_public or id_ in room.members)

    def invitations_of(self, session: Session, time: float) -> list[Invitation]:
        """Return the newest invitations of the user of a session at a wall time.

        Those of people whom the user ignores are left out.
        """
        found = self.invitations.of(session, time)
        return newest_heard(found, self.ignored_by(session)) if found else []

    def invited_sessions(self, invitation: Invitation) -> tuple[Session, ...]:
        """Return the sessions of the one who is invited; there are none of a code."""
        invited = self._invited(invitation)
        return () if invited is None else self.sessions.of(invited.person)

    def invited_name(self, invitation: Invitation) -> str:
        """Return the name that the one who is invited has now; empty for a code."""
        invited = self._invited(invitation)
        return "" if invited is None else invited.name

    def _invited(self, invitation: Invitation) -> StoredAccount | Session | None:
        account = self.accounts.get(invitation.account)
        return self.sessions.get(invitation.session) if account is None else account

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
                return self._room_entries.change(entry, time)
            case NodeLost(node):
                return self._session_entries.lose_node(node)
            case _ if isinstance(entry, ACCOUNT_ENTRIES):
                return self._account_entries.change(entry, time)
            case _ if isinstance(entry, ORDER_ENTRIES):
                return self._order_entries.change(entry, time)
            case _ if isinstance(entry, INVITATION_ENTRIES):
                return self._invitation_entries.change(entry, time)
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
                return self._session_entries.rename(session, name, keys, time)
            case Entered(_, room):
                return self._memberships.enter(session, room, time)
            case Left(_, room, reason):
                return self._memberships.leave(session, room, reason)
            case DirectOpened():
                return self._direct_rooms.open(session, entry, time)
            case DirectErased():
                return self._direct_rooms.erase(session, entry, time)
            case Ignored(_, name, key):
                return self._session_entries.ignore(session, name, key)
            case Unignored(_, key):
                return self._session_entries.unignore(session, key)
            case _:
                assert_never(entry)
