"""Entries about sessions: who is here, under which name, in which rooms."""

from ..events import AccountNumber, RoomName, SessionId, Value


class SessionOpened(Value, frozen=True, gc=False, tag="session_opened"):
    """A connection opens a session, or resumes the one that has the same *token*.

    Only `apply` knows which: the token may have become known, or unknown, meanwhile.
    *attachment* identifies the connection in the whole cluster, and is positive. It
    becomes the id of a new session; if that session exists already, it gets the token,
    name and rooms.
    *name* is the wanted name, or empty, and *keys* are its conflict keys. A session
    that cannot have it is called by its *address*, or is a guest with a number if that
    is empty; if it *must_have_name*, the entry is void instead. *rooms* are the rooms
    that the session is to be in, and no others. *knows_rooms* is true if its client can
    be in other rooms than the lobby, and *is_plain* if it speaks the plain dialect.

    *network* is that of the connection, or empty (see `Hub.connect`). If that is not
    secure, others can read the token: it resumes no session of an account, and the new
    session has none.
    A session that *is_brief* lasts as long as it takes to process a form: it does not
    count among those of an account, and is in *rooms* alone.

    With an *account*, its user has signed in: the name is that of the account, and the
    session is also in the rooms of the account. *generation* and *device* are as in
    `SignedIn`. If it *must_resume*, since the server admits no guests, and the token is
    not that of an account's session, the entry is void.
    """

    attachment: SessionId
    address: str
    name: str = ""
    keys: tuple[str, ...] = ()
    token: str = ""
    rooms: tuple[RoomName, ...] = ()
    knows_rooms: bool = False
    must_have_name: bool = False
    account: AccountNumber = AccountNumber(0)
    generation: int = 0
    device: int = 0
    must_resume: bool = False
    network: str = ""
    is_secure: bool = True
    is_brief: bool = False
    is_plain: bool = False


class SessionHeld(Value, frozen=True, gc=False, tag="session_held"):
    """The session at *attachment* lost its connection, and may be resumed."""

    attachment: SessionId


class SessionClosed(Value, frozen=True, gc=False, tag="session_closed"):
    """The session at *attachment* ended; void if it was resumed elsewhere."""

    attachment: SessionId
    reason: str


class Renamed(Value, frozen=True, gc=False, tag="renamed"):
    """A session takes *name*, whose conflict keys are *keys*."""

    attachment: SessionId
    name: str
    keys: tuple[str, ...]


class Entered(Value, frozen=True, gc=False, tag="entered"):
    """A session becomes a member of a room."""

    attachment: SessionId
    room: RoomName


class Left(Value, frozen=True, gc=False, tag="left"):
    """A session is no longer a member of a room."""

    attachment: SessionId
    room: RoomName
    reason: str


class Ignored(Value, frozen=True, gc=False, tag="ignored"):
    """A session ignores users whose name has the conflict key *key*, such as *name*."""

    attachment: SessionId
    name: str
    key: str


class Unignored(Value, frozen=True, gc=False, tag="unignored"):
    """A session no longer ignores users whose name has the conflict key *key*."""

    attachment: SessionId
    key: str


class NodeLost(Value, frozen=True, gc=False, tag="node_lost"):
    """A node of the cluster is gone: each of its sessions is held, or closed."""

    node: int
