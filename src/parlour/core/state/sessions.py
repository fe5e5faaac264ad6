"""The sessions: who is in the chat, under which name, by which connection."""

from collections.abc import Iterator

from ..events import AccountNumber, PersonId, RoomName, SessionId, person_of
from ..names.validation import is_address, is_numbered_guest
from .names import Names


class Session:
    """One presence of a client, which may outlive its connections."""

    __slots__ = (
        "account",
        "address",
        "attachment",
        "device",
        "id",
        "ignored",
        "is_brief",
        "is_held",
        "is_plain",
        "knows_rooms",
        "name",
        "network",
        "person",
        "rooms",
        "token",
    )

    def __init__(self, id: SessionId, address: str) -> None:  # noqa: A002
        self.id = id
        self.address = address
        self.network = ""  # that of its connection, by which a guest can be banned
        self.attachment = id  # the connection that it has, or had last
        self.is_brief = False  # it is for a form, and does not count
        self.is_held = False  # it has no connection, and may be resumed
        self.name = ""
        self.token = ""
        self.account = AccountNumber(0)  # 0: the session of a guest
        self.person = PersonId(id)  # who it is; a guest has one session
        self.device = 0  # the device of the account by which it signed in, or 0
        self.knows_rooms = False
        self.is_plain = False  # its client shows messages, and sends to the lobby alone
        # In the order of entering. Mostly one, for which a dict would be large.
        self.rooms: tuple[RoomName, ...] = ()
        self.ignored: dict[str, str] | None = None  # names by key; mostly none

    def sign_in(self, account: AccountNumber, name: str, device: int) -> None:
        """Make it a session of an account, which is called *name*."""
        self.account, self.person = account, person_of(account)
        self.name, self.device = name, device
        self.ignored = None  # what the account ignores counts from now on

    def enter_room(self, name: RoomName) -> None:
        """Add a room to those that it is in."""
        self.rooms = (*self.rooms, name)

    def leave_room(self, name: RoomName) -> None:
        """Take a room from those that it is in."""
        self.rooms = tuple(each for each in self.rooms if each != name)

    @property
    def has_chosen_name(self) -> bool:
        """Whether its user has chosen its name: it is no address, and no number."""
        is_number = not self.address and is_numbered_guest(self.name)
        return not (is_number or is_address(self.name))


class Sessions:
    """All sessions, by id, by token and by attachment, and their names."""

    def __init__(self) -> None:
        self._by_id: dict[SessionId, Session] = {}
        self._by_token: dict[str, Session] = {}
        self._by_account: dict[AccountNumber, tuple[Session, ...]] = {}
        self._resumed: dict[SessionId, Session] = {}  # by another attachment than id
        self.moved: set[SessionId] = set()
        """Those whose attachment is not their id, because they were resumed."""
        self.names = Names()

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Session]:
        return iter(self._by_id.values())

    def __contains__(self, session: SessionId) -> bool:
        return session in self._by_id

    def __getitem__(self, session: SessionId) -> Session:
        return self._by_id[session]

    def get(self, session: SessionId) -> Session | None:
        """Return the session with this id, or None."""
        return self._by_id.get(session)

    def of(self, person: PersonId) -> tuple[Session, ...]:
        """Return the sessions of a person, in the order of signing in."""
        if person < 0:
            return self._by_account.get(AccountNumber(-person), ())
        session = self._by_id.get(SessionId(person))
        return () if session is None or session.account else (session,)

    def with_token(self, token: str) -> Session | None:
        """Return the session that has *token*; None if it is empty or unknown."""
        return self._by_token.get(token) if token else None

    def at(self, attachment: SessionId) -> Session | None:
        """Return the session whose connection is or was *attachment*, or None."""
        session = self._by_id.get(attachment)
        if session is not None and session.attachment == attachment:
            return session
        return self._resumed.get(attachment)

    def add(self, session: Session) -> None:
        """Add a session that has a name."""
        self._by_id[session.id] = session
        if session.account:
            self._add_to_account(session)
        self.attach(session, session.attachment)
        self.set_token(session, session.token)

    def attach(self, session: Session, attachment: SessionId) -> None:
        """Give a session a new connection."""
        self._resumed.pop(session.attachment, None)
        session.attachment, session.is_held = attachment, False
        if attachment != session.id:
            self._resumed[attachment] = session
            self.moved.add(session.id)

    def set_token(self, session: Session, token: str) -> None:
        """Give a session a *token* that no other session has."""
        self._by_token.pop(session.token, None)
        session.token = token
        if token:
            self._by_token[token] = session

    def sign_in(
        self, session: Session, account: AccountNumber, name: str, device: int
    ) -> None:
        """Make the session of a guest one of an account; its own name is free then."""
        self.names.release(session.person)
        session.sign_in(account, name, device)
        self._add_to_account(session)

    def _add_to_account(self, session: Session) -> None:
        others = self._by_account.get(session.account, ())
        self._by_account[session.account] = (*others, session)

    def remove(self, session: Session) -> None:
        """Remove a session, and free its name, unless that belongs to an account."""
        del self._by_id[session.id]
        self._resumed.pop(session.attachment, None)
        self.moved.discard(session.id)
        self._by_token.pop(session.token, None)
        if not session.account:
            self.names.release(session.person)
            return
        others = self._by_account.pop(session.account)
        if left := tuple(each for each in others if each is not session):
            self._by_account[session.account] = left
