"""Peers who keep order, in the session dialect."""

from parlour.core.entries import RoleSet
from parlour.core.events import SessionId
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from tests.core.account_peers import register, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.session_peers import SOON


def appoint(server: FakeServer, name: str, role: Role) -> None:
    """Give an account a role on the server, as the operator of the machine."""
    account = server.hub.state.accounts.named(fold_key(name))
    assert account is not None
    number = account.number
    server.hub.operate(RoleSet(SessionId(0), "", None, number, name, role))
    server.wait(SOON)


def admin(server: FakeServer, name: str = "Ada") -> FakePeer:
    """Return the session of an administrator in the lobby."""
    peer = register(server, name)
    appoint(server, name, Role.ADMIN)
    told(peer)
    return peer


def owner(server: FakeServer, name: str, room: str) -> FakePeer:
    """Return the session of an account that has opened a room."""
    peer = register(server, name)
    peer.send(line("join", {"room": room}))
    server.wait(SOON)
    told(peer)
    return peer


def ask(server: FakeServer, peer: FakePeer, kind: str, **data: object) -> list[str]:
    """Send a line; return what the peer hears."""
    peer.send(line(kind, data))
    server.wait(SOON)
    return told(peer)
