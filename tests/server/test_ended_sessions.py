"""How soon the live connections of an account end that may no longer have any."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from parlour.core.entries import Batch, Registered
from parlour.core.events import SessionId
from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.protocol.admin_answers import Done
from parlour.core.protocol.admin_requests import encode_request
from parlour.core.roles import Role
from parlour.core.state.names import name_keys
from parlour.core.state.state import State
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore
from parlour.server.admin_socket.client import ask_server
from parlour.server.admin_socket.listener import AdminListener
from parlour.server.admin_socket.service import AdminService
from tests.server.clients import command_line
from tests.server.running_servers import (
    RunningServer,
    Serve,
    SocketPeer,
    on_both_drivers,
)

AT_MOST = 1.0  # seconds until the last connection has ended
PASSWORD = "a plague on both"
HASH = PasswordHasher.from_parameters(CHEAPEST).hash(PASSWORD)

End = Callable[[SocketPeer, SocketPeer, Path], None]
"""End the sessions of Juliet: by another device, by an admin, or by the operator."""


def revoke(other: SocketPeer, _: SocketPeer, __: Path) -> None:
    other.send(command_line("revoke", device=1))


def change_password(other: SocketPeer, _: SocketPeer, __: Path) -> None:
    other.send(command_line("passwd", password=PASSWORD, new="sweet sorrow"))


def ban(_: SocketPeer, admin: SocketPeer, __: Path) -> None:
    admin.send(command_line("ban", name="Juliet", seconds=60))


def disable(_: SocketPeer, __: SocketPeer, path: Path) -> None:
    request = encode_request("account-enable", {"name": "Juliet", "enabled": False})
    assert ask_server(path, request) == Done("Juliet")


def erase(_: SocketPeer, __: SocketPeer, path: Path) -> None:
    request = encode_request("account-erase", {"name": "Juliet"})
    assert ask_server(path, request) == Done("Juliet")


def sign_in(server: RunningServer, name: str, device: str) -> SocketPeer:
    """Connect a device of an account."""
    peer = server.connect()
    secret = {"account": name, "password": PASSWORD, "device": device}
    peer.send(command_line("hello", version=1, rooms=["lobby"], **secret))
    receive_until(peer, "room")
    return peer


def receive_until(peer: SocketPeer, kind: str) -> dict[str, object]:
    """Receive lines until one of a *kind*, and return its data."""
    while line := peer.receive():
        event = json.loads(line)
        if event["type"] == kind:
            data: dict[str, object] = event["data"]
            return data
    raise AssertionError(kind)


@on_both_drivers
@pytest.mark.parametrize("end", [revoke, change_password, ban, disable, erase])
def test_the_connections_of_an_account_end_within_a_second(
    serve: Serve, end: End, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("s") / "x.admin"
    store = MemoryStore(Retention())
    for name, role in (("Juliet", Role.MEMBER), ("Ada", Role.ADMIN)):
        entry = Registered(SessionId(0), name, name_keys(name), HASH, role)
        store.append(Batch(0.0, (entry,)))
    hub = Hub(Limits(), State(store.load()))
    service = AdminService(AdminListener(path), hub, time.time, lambda _, __: None)
    with serve(history=store, hub=hub, admin=service) as server:
        first = sign_in(server, "Juliet", "laptop")
        other = sign_in(server, "Juliet", "phone")
        admin = sign_in(server, "Ada", "desk")

        began = time.monotonic()
        end(other, admin, path)
        receive_until(first, "bye")
        last = first.receive()
        seconds = time.monotonic() - began

    assert last == b"", "the connection is closed"
    assert seconds < AT_MOST
