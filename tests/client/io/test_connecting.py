import errno
import socket
from contextlib import closing

import pytest

from parlour.client.io.connecting import Unreachable, connect
from tests.client.listener import Listener


def test_a_connected_socket_is_blocking(listener: Listener) -> None:
    with connect("127.0.0.1", listener.port) as sock, listener.accept():
        assert sock.getblocking()


def test_localhost_is_tried_on_both_addresses(listener: Listener) -> None:
    with connect("localhost", listener.port), listener.accept():
        pass


def test_localhost_is_tried_as_ipv6_first() -> None:
    try:
        server = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with closing(server), connect("localhost", server.getsockname()[1]) as sock:
        assert sock.family == socket.AF_INET6


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
        connect("127.0.0.1", listener.port)

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
