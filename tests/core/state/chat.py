"""A state, entries for it in short form, and effects in brief."""

from collections.abc import Sequence

from parlour.core.entries import (
    DirectOpened,
    Entry,
    Ignored,
    Registered,
    RoleSet,
    RoomOpened,
    Said,
    SessionOpened,
)
from parlour.core.events import (
    DIRECT_PREFIX,
    LOBBY,
    AccountNumber,
    PersonId,
    RoomName,
    SessionId,
    User,
)
from parlour.core.roles import Role
from parlour.core.state.effects import Effect, Void
from parlour.core.state.state import State
from parlour.core.storage import Numbering, StoredState, consecutive

ANN, BOB, CAT, DAN = map(SessionId, (1, 2, 3, 4))
LATER = SessionId(9)  # a connection that resumes a session
PHONE, TABLET = map(SessionId, (11, 12))  # further sessions of an account
NAMES = {ANN: "Ann", BOB: "Bob", CAT: "Cat", DAN: "Dan"}
DEV, OPS = RoomName("dev"), RoomName("ops")
ME = RoomName(f"{DIRECT_PREFIX}me")
NOBODY = SessionId(0)  # the attachment of an administrator, who has no session
ANNS = AccountNumber(1)  # the account of Ann in most tests, who registers first
BOBS = AccountNumber(2)
ANN_PERSON, BOB_PERSON = PersonId(-ANNS), PersonId(-BOBS)


def opened(session: SessionId, *rooms: RoomName, **more: object) -> SessionOpened:
    """Return the opening of a session with the name of `NAMES`, if it has one."""
    name = NAMES.get(session, "")
    entry = SessionOpened(
        session,
        f"192.0.2.1:{session}",
        name=name,
        keys=(name.lower(),) if name else (),
        token=f"token of {name}" if name else "",
        rooms=rooms or (LOBBY,),
        knows_rooms=True,
    )
    return entry.replace(**more)


def ignores(session: SessionId, name: str) -> Ignored:
    """Return the entry by which a session ignores a name."""
    return Ignored(session, name, name.lower())


def registered(session: SessionId, *rooms: RoomName, **more: object) -> Registered:
    """Return the registration of a session's name of `NAMES`."""
    name = NAMES[session]
    keys, password = (name.lower(),), f"hash of {name}"
    entry = Registered(session, name, keys, password, rooms=rooms or (LOBBY,))
    return entry.replace(**more)


def signed_in(
    session: SessionId, account: AccountNumber = ANNS, **more: object
) -> SessionOpened:
    """Return the opening of a session of an account, which asks for no rooms."""
    token = f"token {session}"
    entry = opened(session, token=token, name="", keys=(), rooms=())
    return entry.replace(account=account, generation=1, **more)


def role_set(
    account: AccountNumber,
    role: Role,
    room: RoomName | None = None,
    *,
    by: SessionId = NOBODY,
) -> RoleSet:
    """Return the entry by which an account gets a role, on the server or in a room."""
    name = NAMES.get(by, "")
    return RoleSet(by, name, room, account, f"account {account}", role)


class Chat:
    """A state to which entries are applied, each in a batch of its own."""

    def __init__(
        self,
        *entries: Entry,
        stored: StoredState | None = None,
        numbering: Numbering = consecutive,
    ) -> None:
        self.state = State(stored or StoredState("e"), numbering)
        self.time = 100.0
        for each in entries:
            self.apply(each)

    def apply(self, entry: Entry) -> Sequence[Effect]:
        """Apply an entry; return its effects."""
        self.time += 1.0
        self.state.advance(self.time)
        return self.state.apply(entry, self.time)

    def codes(self, entry: Entry) -> list[str]:
        """Apply an entry; return the codes of what in it is void."""
        effects = self.apply(entry)
        return [each.why.code for each in effects if isinstance(each, Void)]

    def say(self, session: SessionId, text: str, room: RoomName = LOBBY) -> None:
        """Apply a message."""
        self.apply(Said(room, "?", text, session))

    def names(self, room: RoomName = LOBBY) -> list[str]:
        """Return the names of the users of a room."""
        return [user.name for user in self.users(room)]

    def users(self, room: RoomName = LOBBY) -> tuple[User, ...]:
        """Return the users of a room."""
        state = self.state
        return state.rooms[room].users(state.sessions, state.roles.of_account)

    def rooms_of(self, session: SessionId) -> list[RoomName]:
        """Return the rooms of a session."""
        return list(self.state.sessions[session].rooms)


def kinds(effects: Sequence[Effect]) -> list[str]:
    """Return the types of effects."""
    return [type(each).__name__ for each in effects]


OPEN_DEV = RoomOpened(DEV, ANN, ("dev",))
OPEN_OPS = RoomOpened(OPS, ANN, ("ops",))
OPEN_ME = DirectOpened(ME, ANN, PersonId(BOB))
