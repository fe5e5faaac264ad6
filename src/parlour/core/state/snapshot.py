"""The state as bytes: to start a node from it, and to compare nodes.

A snapshot contains everything that `State.apply` reads, and nothing else. Equal states
have equal snapshots, however they were reached: what has no order is sorted, and what
has one, such as the rooms of a session, keeps it.
"""

from typing import TYPE_CHECKING, Final

import msgspec

from ..events import AccountNumber, PersonId, RoomName, SessionId, Value
from ..roles import Role
from ..storage import Invitation, Sanction, StoredAccount
from .accounts import Accounts
from .passed_time import PassedTime
from .room import Room, Speaker
from .rooms import Rooms
from .sessions import Session, Sessions
from .tables import Tables, empty_tables

if TYPE_CHECKING:
    from .state import State

FORMAT: Final = 2
"""A snapshot of another format cannot be restored."""


class SessionRecord(Value, frozen=True, gc=False):
    """A session; *rooms* are in the order of entering.

    The name and the keys of a session of an account are empty: they are the account's.
    Of a name that it ignores, the record has the conflict key and the name.
    """

    id: SessionId
    attachment: SessionId
    address: str
    name: str
    keys: tuple[str, ...]
    token: str
    account: AccountNumber
    device: int
    network: str
    is_held: bool
    is_brief: bool
    is_plain: bool
    knows_rooms: bool
    rooms: tuple[RoomName, ...]
    ignored: tuple[tuple[str, str], ...]


class RoomRecord(Value, frozen=True, gc=False):
    """A room, open or closed; *members* and the times since when they are in it."""

    name: RoomName
    number: int
    sequence: int
    topic: str
    is_open: bool
    keys: tuple[str, ...]
    members: tuple[tuple[SessionId, float], ...]
    pair: tuple[PersonId, PersonId] | None
    shown: tuple[PersonId, ...]
    roles: tuple[tuple[AccountNumber, Role], ...]
    is_locked: bool
    slow: int
    is_private: bool
    spoke: tuple[tuple[Speaker, float], ...]


class AccountRecord(Value, frozen=True, gc=False):
    """An account, and the conflict keys that its name has."""

    account: StoredAccount
    keys: tuple[str, ...]


class Snapshot(Value, frozen=True, gc=False):
    """A state. Each idempotency key is a token, a key, a sequence and a time."""

    format: int
    epoch: str
    last_number: int
    message_count: int
    passed_time: float
    last_time: float | None
    last_sanction: int
    sanctions: tuple[Sanction, ...]
    invitations: tuple[Invitation, ...]
    last_invitation: int
    last_account: int
    last_guest: int
    accounts: tuple[AccountRecord, ...]
    sessions: tuple[SessionRecord, ...]
    rooms: tuple[RoomRecord, ...]
    keys: tuple[tuple[str, str, int, float], ...]


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Snapshot).decode


def encode_state(state: "State") -> bytes:
    """Return the snapshot of *state*."""
    passed_time = state.passed_time
    snapshot = Snapshot(
        format=FORMAT,
        epoch=state.epoch,
        last_number=state.rooms.last_number,
        message_count=state.message_count,
        passed_time=passed_time.seconds,
        last_time=passed_time.last,
        last_sanction=state.sanctions.last_number,
        sanctions=tuple(sorted(state.sanctions, key=lambda each: each.number)),
        invitations=tuple(state.invitations),
        last_invitation=state.invitations.last_number,
        last_account=state.accounts.last_number,
        last_guest=state.sessions.names.last_guest,
        accounts=_account_records(state.accounts, state.sessions),
        sessions=_session_records(state.sessions),
        rooms=_room_records(state.rooms),
        keys=tuple(state.keys.items()),
    )
    return _encode(snapshot)


def decode_snapshot(data: bytes) -> Snapshot:
    """Return a snapshot; raises ValueError if *data* is none of this format."""
    snapshot = _decode(data)
    if snapshot.format != FORMAT:
        message = f"a snapshot of format {snapshot.format}, and not {FORMAT}"
        raise ValueError(message)
    return snapshot


def snapshot_tables(snapshot: Snapshot) -> Tables:
    """Return the tables of the state that had this *snapshot*."""
    tables = empty_tables(PassedTime(snapshot.passed_time, snapshot.last_time))
    tables.sessions.names.last_guest = snapshot.last_guest
    for sanction in snapshot.sanctions:
        tables.sanctions.add(sanction)
    tables.sanctions.last_number = snapshot.last_sanction
    for invitation in snapshot.invitations:
        tables.invitations.load(invitation)
    tables.invitations.last_number = snapshot.last_invitation
    for record in snapshot.accounts:
        tables.accounts.add(record.account, record.keys)
    tables.accounts.last_number = snapshot.last_account
    _fill_sessions(tables.sessions, snapshot.sessions, tables.accounts)
    _fill_rooms(tables.rooms, snapshot.rooms)
    tables.rooms.last_number = snapshot.last_number
    for token, key, sequence, time in snapshot.keys:
        tables.keys.add(token, key, sequence, time)
    return tables


def _session_records(sessions: Sessions) -> tuple[SessionRecord, ...]:
    return tuple(
        SessionRecord(
            id=each.id,
            attachment=each.attachment,
            address=each.address,
            name="" if each.account else each.name,
            keys=() if each.account else sessions.names.keys(each.person),
            token=each.token,
            account=each.account,
            device=each.device,
            network=each.network,
            is_held=each.is_held,
            is_brief=each.is_brief,
            is_plain=each.is_plain,
            knows_rooms=each.knows_rooms,
            rooms=each.rooms,
            ignored=tuple(sorted((each.ignored or {}).items())),
        )
        for each in _ordered(sessions)
    )


def _ordered(sessions: Sessions) -> list[Session]:
    """Return the sessions in order; those of an account in that of signing in."""
    guests = [each for each in sessions if not each.account]
    accounts = sorted({each.person for each in sessions if each.account}, reverse=True)
    ordered = sorted(guests, key=lambda session: session.id)
    return ordered + [each for person in accounts for each in sessions.of(person)]


def _account_records(
    accounts: Accounts, sessions: Sessions
) -> tuple[AccountRecord, ...]:
    return tuple(
        AccountRecord(
            each.replace(ignored=tuple(sorted(each.ignored))),
            sessions.names.keys(each.person),
        )
        for each in sorted(accounts, key=lambda account: account.number)
    )


def _room_records(rooms: Rooms) -> tuple[RoomRecord, ...]:
    return tuple(
        RoomRecord(
            name=each.name,
            number=each.number,
            sequence=each.sequence,
            topic=each.topic,
            is_open=each.is_open,
            keys=each.keys,
            members=tuple(sorted(each.members.items())),
            pair=each.pair,
            shown=tuple(sorted(each.shown)),
            roles=tuple(sorted(each.roles.items())),
            is_locked=each.is_locked,
            slow=each.slow,
            is_private=each.is_private,
            spoke=tuple(each.spoke.items()),
        )
        for each in sorted(rooms, key=lambda room: room.name)
    )


def _fill_sessions(
    sessions: Sessions, records: tuple[SessionRecord, ...], accounts: Accounts
) -> None:
    for each in records:
        session = Session(each.id, each.address)
        session.attachment, session.name = each.attachment, each.name
        session.token, session.network = each.token, each.network
        if account := accounts.get(each.account):
            session.sign_in(account.number, account.name, each.device)
        else:
            sessions.names.claim(session.person, each.keys)
        session.knows_rooms, session.is_brief = each.knows_rooms, each.is_brief
        session.is_plain, session.rooms = each.is_plain, each.rooms
        session.ignored = dict(each.ignored) or None
        sessions.add(session)
        session.is_held = each.is_held


def _fill_rooms(rooms: Rooms, records: tuple[RoomRecord, ...]) -> None:
    for each in records:
        room = Room(each.name, each.number, each.sequence)
        room.topic, room.is_open, room.keys = each.topic, each.is_open, each.keys
        room.members = dict(each.members)
        room.pair, room.shown = each.pair, each.shown
        room.roles, room.spoke = dict(each.roles), dict(each.spoke)
        room.is_locked, room.slow = each.is_locked, each.slow
        room.is_private = each.is_private
        rooms.add(room)
