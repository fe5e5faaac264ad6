import errno
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from parlour.client.io.connecting import (
    PlainServer,
    Unreachable,
    connect,
    own_address,
    server_address,
)
from tests.client.listener import Listener


def test_a_connected_socket_is_blocking(listener: Listener) -> None:
    with connect("127.0.0.1", listener.port) as sock, listener.accept():
        assert sock.getblocking()


def test_localhost_is_tried_on_both_addresses(listener: Listener) -> None:
    with connect("localhost", listener.port), listener.accept():
        pass


@pytest.fixture
def ipv6_server() -> Iterator[socket.socket]:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with closing(server):
        yield server


def test_localhost_is_tried_as_ipv4_first(ipv6_server: socket.socket) -> None:
    port = ipv6_server.getsockname()[1]
    with (
        socket.create_server(("127.0.0.1", port)),
        connect("localhost", port) as sock,
    ):
        assert own_address(sock) == "127.0.0.1"


def test_localhost_is_tried_as_ipv6_next(ipv6_server: socket.socket) -> None:
    with connect("localhost", ipv6_server.getsockname()[1]) as sock:
        assert own_address(sock) == "::1"


def test_no_other_address_of_this_machine_is_tried(ipv6_server: socket.socket) -> None:
    port = ipv6_server.getsockname()[1]

    with pytest.raises(Unreachable, match="refused"):
        connect("localhost", port, "127.0.0.1")
    with pytest.raises(Unreachable, match=r"it is not at 127\.0\.0\.1"):
        connect("::1", port, "127.0.0.1")
    with (
        socket.create_server(("127.0.0.1", port)),
        connect("localhost", port, "::1") as sock,
    ):
        assert own_address(sock) == "::1"


def test_a_reset_right_after_the_connection_is_not_a_connect_error(
    monkeypatch: pytest.MonkeyPatch, listener: Listener
) -> None:
    def not_connected(_: socket.socket) -> None:
        raise OSError(errno.ENOTCONN, "not connected")

    monkeypatch.setattr(socket.socket, "getpeername", not_connected)

    with connect("127.0.0.1", listener.port), listener.accept():
        pass


def test_a_refused_connection_is_explained(listener: Listener) -> None:
    listener.close()

    with pytest.raises(Unreachable) as found:
        PlainServer("127.0.0.1", listener.port, "python3 server.py").connect()

    assert str(found.value) == (
        f"cannot connect to 127.0.0.1:{listener.port}: connection refused. "
        "Is the server running? "
        f"Start one with: python3 server.py --port {listener.port}"
    )


@pytest.mark.parametrize("server", ["no.such.host.invalid", "a..b", "x" * 300])
def test_an_unknown_host_name_is_explained(server: str) -> None:
    with pytest.raises(Unreachable, match="cannot find"):
        connect(server, 5555)


@pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="Linux's options")
def test_a_lost_server_is_detected_within_two_minutes(
    listener: Listener,
) -> None:
    with connect("127.0.0.1", listener.port) as sock, listener.accept():

        def get(option: int, level: int = socket.IPPROTO_TCP) -> int:
            return sock.getsockopt(level, option)

        assert get(socket.SO_KEEPALIVE, socket.SOL_SOCKET)
        probes = get(socket.TCP_KEEPINTVL) * get(socket.TCP_KEEPCNT)
        assert get(socket.TCP_KEEPIDLE) + probes <= 120
        assert 0 < get(socket.TCP_USER_TIMEOUT) <= 120_000


def test_an_ipv6_address_is_in_brackets() -> None:
    assert server_address("::1", 5555) == "[::1]:5555"
    assert server_address("Chat.Example", 5555) == "Chat.Example:5555"


class FakeSocket(socket.socket):
    """A socket that is connected to *host*."""

    def __init__(self, host: str) -> None:
        super().__init__()
        self._host = host

    def getpeername(self) -> tuple[str, int]:
        return self._host, 5555


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("192.0.2.1", False),
        ("::ffff:192.0.2.1", False),
        ("fe80::1%eth0", False),
        ("1.127.0.1", False),
    ],
)
def test_only_a_loopback_address_may_carry_secrets(host: str, expected: bool) -> None:
    with FakeSocket(host) as sock:
        assert bool(own_address(sock)) is expected


def test_a_connection_that_has_ended_carries_no_secrets() -> None:
    with socket.socket() as sock:
        assert not own_address(sock)
