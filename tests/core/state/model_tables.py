"""The tables of the model: sessions, accounts and rooms as rows, and questions."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from parlour.core.entries import SanctionKind, Target
from parlour.core.roles import Role


@dataclass
class Bounds:
    """The limits of a small chat, which random entries reach."""

    rooms_each: int = 2
    direct_rooms: int = 1
    all_direct_rooms: int = 3
    kept_direct_rooms: int = 2
    open_rooms: int = 4
    known_rooms: int = 6
    ignored: int = 2
    accounts: int = 3
    account_sessions: int = 3
    devices: int = 2
    sanctions: int = 3
    room_sanctions: int = 3
    all_room_sanctions: int = 5
    moderators: int = 1
    owned_rooms: int = 2
    known_owned_rooms: int = 3
    invitations: int = 5
    room_invitations: int = 3
    sent_invitations: int = 2


@dataclass
class SessionRow:
    """A session. The name, the keys and the ignored names are those of a guest."""

    name: str
    keys: set[str]
    address: str
    attachment: int
    token: str
    network: str = ""
    account: int = 0
    signed_in: int = 0  # the place among the sessions of the account
    device: int = 0
    knows_rooms: bool = False
    is_held: bool = False
    is_brief: bool = False
    is_plain: bool = False
    rooms: dict[str, float] = field(default_factory=dict)  # since when
    ignored: dict[str, str] = field(default_factory=dict)


@dataclass
class AccountRow:
    """An account; *devices* are the keys by number."""

    name: str
    keys: set[str]
    password: str
    role: Role
    rooms: list[str]
    generation: int = 1
    is_enabled: bool = True
    last_device: int = 0
    devices: dict[int, str] = field(default_factory=dict)
    ignored: dict[str, str] = field(default_factory=dict)
    reads: dict[str, int] = field(default_factory=dict)  # also of rooms that it left

    def enter(self, room: str, sequence: int) -> None:
        """Add a room, which the account has read up to *sequence*."""
        self.rooms.append(room)
        self.reads[room] = sequence


@dataclass
class Place:
    """A room. The pair of a direct one, and those who know of it, are people."""

    keys: set[str] = field(default_factory=set)
    is_open: bool = True
    sequence: int = 0
    topic: str = ""
    pair: frozenset[int] | None = None
    shown: set[int] = field(default_factory=set)
    roles: dict[int, Role] = field(default_factory=dict)
    is_locked: bool = False
    slow: int = 0
    is_private: bool = False
    spoke: dict[int | str, float] = field(default_factory=dict)


@dataclass
class SanctionRow:
    """A sanction, until a time or for ever."""

    kind: SanctionKind
    room: str | None
    target: Target
    until: float | None


@dataclass
class InvitationRow:
    """An invitation, until a time, by somebody."""

    until: float
    by: str
    number: int
    is_ignored: bool = False


class Tables:
    """The chat as tables. A person is a session, or below 0 an account."""

    def __init__(self, bounds: Bounds, numbering: Callable[[int], int]) -> None:
        self.bounds, self.number = bounds, numbering
        self.sessions: dict[int, SessionRow] = {}
        self.accounts: dict[int, AccountRow] = {}
        self.places: dict[str, Place] = {}
        self.said: dict[tuple[str, str], int] = {}
        self.sanctions: dict[int, SanctionRow] = {}
        self.invitations: dict[tuple[str | None, int, int, str], InvitationRow] = {}
        self.sign_ins = self.last_account = self.last_sanction = self.last_guest = 0
        self.last_invitation = 0
        self.time = 0.0

    # -- people ---------------------------------------------------------------------

    def at(self, attachment: int) -> int | None:
        """Return the session that has or had this connection last."""
        rows = self.sessions.items()
        found = [n for n, each in rows if each.attachment == attachment]
        return found[0] if found else None

    def with_token(self, token: str) -> int | None:
        rows = self.sessions.items()
        found = [n for n, each in rows if token and each.token == token]
        return found[0] if found else None

    def person(self, session: int) -> int:
        return -self.sessions[session].account or session

    def sessions_of(self, person: int) -> list[int]:
        """Return the sessions of a person, in the order of signing in."""
        found = [each for each in self.sessions if self.person(each) == person]
        return sorted(found, key=lambda each: self.sessions[each].signed_in)

    def name_of(self, session: int) -> str:
        row = self.sessions[session]
        return self.accounts[row.account].name if row.account else row.name

    def keys_of(self, person: int) -> set[str]:
        if person < 0:
            return self.accounts[-person].keys
        return self.sessions[person].keys

    def ignored_by(self, person: int) -> dict[str, str]:
        if person < 0:
            return self.accounts[-person].ignored
        return self.sessions[person].ignored

    def is_name_free(self, keys: set[str], *people: int) -> bool:
        """Return whether nobody but *people* has one of these keys."""
        guests = [each for each, row in self.sessions.items() if not row.account]
        others = {*guests, *(-each for each in self.accounts)} - {*people}
        return all(keys.isdisjoint(self.keys_of(each)) for each in others)

    def why_taken(self, keys: set[str]) -> str:
        rows = self.accounts.values()
        is_registered = any(keys & each.keys for each in rows)
        return "name_registered" if is_registered else "name_taken"

    # -- rooms ----------------------------------------------------------------------

    def members(self, room: str) -> set[int]:
        return {n for n, each in self.sessions.items() if room in each.rooms}

    def members_of(self, room: str, person: int) -> set[int]:
        return self.members(room) & {*self.sessions_of(person)}

    def is_direct(self, room: str) -> bool:
        return room in self.places and self.places[room].pair is not None

    def is_whispered(self, room: str) -> bool:
        """Return whether a room is direct and not kept."""
        return self.is_direct(room) and not self.is_kept(room)

    def is_kept(self, room: str) -> bool:
        """Return whether a room is a direct one of two accounts."""
        pair = self.places[room].pair if room in self.places else None
        return pair is not None and max(pair) < 0

    def owners(self, room: str) -> list[AccountRow]:
        """Return the accounts that have a direct room that is kept."""
        pair = self.places[room].pair or ()
        rows = [self.accounts.get(-each) for each in pair]
        return [each for each in rows if each is not None and room in each.rooms]

    def is_open(self, room: str) -> bool:
        return room in self.places and self.places[room].is_open

    def is_public(self, room: str) -> bool:
        """Return whether a room is open and not direct; it may be private."""
        return self.is_open(room) and not self.is_direct(room)

    def public(self, rooms: Iterable[str]) -> list[str]:
        return [room for room in rooms if self.is_public(room)]

    def direct_room_of(self, one: int, other: int) -> str | None:
        pair = frozenset({one, other})
        found = [name for name, each in self.places.items() if each.pair == pair]
        return found[0] if found else None

    def knows_enough(self, person: int) -> bool:
        """Return whether a person knows of as many direct rooms as it may."""
        known = [each for each in self.places.values() if person in each.shown]
        rooms = self.accounts[-person].rooms if person < 0 else []
        kept = [each for each in rooms if self.is_direct(each)]
        return len(known) + len(kept) >= self.bounds.direct_rooms
