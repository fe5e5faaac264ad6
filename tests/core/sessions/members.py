"""A state with members of the lobby, and connections for them."""

from parlour.core.entries import Said, SessionOpened
from parlour.core.events import LOBBY, ConnectionId, RoomName, SessionId
from parlour.core.limits import Limits
from parlour.core.sessions.connection import Connection, ConnectionKind
from parlour.core.state.names import name_keys
from parlour.core.state.state import State

ANN, BOB, CAT = map(SessionId, (1, 2, 3))
LATER = SessionId(9)  # a connection that resumes a session
NAMES = {ANN: "Ann", BOB: "Bob", CAT: "Cat"}
TOKENS = {ANN: "token of Ann", BOB: "token of Bob", CAT: "token of Cat"}


def state_with(*sessions: SessionId) -> State:
    """Return a state in which *sessions* are in the lobby."""
    state = State()
    for session in sessions:
        state.apply(opening(session), 0.0)
    return state


def opening(
    session: SessionId, *rooms: RoomName, token: str | None = None
) -> SessionOpened:
    """Return the entry that opens a session, in the lobby if no room is given."""
    return SessionOpened(
        session,
        f"192.0.2.1:{session}",
        name=NAMES[session],
        keys=name_keys(NAMES[session]),
        token=TOKENS[session] if token is None else token,
        rooms=rooms or (LOBBY,),
        knows_rooms=True,
    )


def connection(session: SessionId) -> Connection:
    """Return a connection that has a session."""
    address, kind = f"192.0.2.1:{session}", ConnectionKind.SOCKET
    made = Connection(ConnectionId(session), address, "", kind, Limits(), None)
    made.session, made.token = session, TOKENS.get(session, "")
    made.enter()
    made.admit()
    return made


def said(
    session: SessionId, texts: str, room: RoomName = LOBBY, *, keys: str = ""
) -> list[Said]:
    """Return a message for each letter of *texts*, with the keys if there are any."""
    return [
        Said(room, NAMES[session], text, session, key, key or None, TOKENS[session])
        for text, key in zip(texts, keys or [""] * len(texts), strict=True)
    ]
