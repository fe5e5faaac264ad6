"""The chat behind HAProxy, with its file in ``deploy/``."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from tests.programs.launch import ENGINES, start_server
from tests.programs.proxies import HOME, Ports, haproxy
from tests.programs.sandbox import Sandbox
from tests.server.clients import (
    command_line,
    joined,
    message_line,
    receive_event,
    receive_message,
)
from tests.server.running_servers import SocketPeer
from tests.server.tls.peers import TLSPeer

pytestmark = pytest.mark.parametrize("engine", ENGINES)


@contextmanager
def proxied(
    sandbox: Sandbox, engine: str, directory: Path, *options: str
) -> Iterator[tuple[Ports, int]]:
    """Run a server behind HAProxy; yield the ports of both."""
    trusted = "--proxy-protocol-from", HOME, "--history", "memory"
    server = start_server(sandbox, engine, *trusted, *options)
    with haproxy(directory, Ports(server.port)) as ports:
        yield ports, server.port


def test_users_behind_haproxy_have_their_own_addresses(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    limit = "--max-per-address", "1"
    with ExitStack() as stack:
        ports, direct = stack.enter_context(proxied(sandbox, engine, tmp_path, *limit))

        def connect(port: int, source: str = "") -> SocketPeer:
            return stack.enter_context(closing(SocketPeer(port, source=source)))

        watcher = joined(connect(direct))
        peers = []
        for source in ("127.0.0.7", "127.0.0.8"):
            peers.append(joined(connect(ports.chat, source)))
            second = connect(ports.chat, source)
            assert b"your address has 1 connection" in second.receive()
        for peer in peers:
            peer.send(message_line("hello"))
        # HAProxy has checked the server meanwhile, and nobody noticed.
        seen = [receive_message(watcher) for _ in range(4)]

    names = [each.address for each in peers]
    arrivals = [("[Server]", f"{name} has entered the chat") for name in names]
    assert seen[:2] == arrivals
    assert sorted(seen[2:]) == [(name, "hello") for name in sorted(names)]


def test_passwords_are_accepted_with_tls_to_haproxy(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    hello = {"version": 1, "account": "Romeo", "password": "wrong", "rooms": []}
    with proxied(sandbox, engine, tmp_path) as (ports, _):
        with closing(SocketPeer(ports.chat)) as plain:
            plain.send(command_line("hello", **hello))
            refused = receive_event(plain, "error")["code"]
        with closing(TLSPeer(ports.chat_tls)) as secure:
            secure.send(command_line("hello", **hello))
            checked = receive_event(secure, "error")["code"]

    assert (refused, checked) == ("tls_required", "auth_failed")
