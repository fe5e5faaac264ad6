"""Listening, and the options of accepted sockets."""

import re
import socket

import pytest

from parlour.server.addresses import format_address
from parlour.server.config import PAGE
from parlour.server.sockets import ListenError, listen, set_up


def test_all_addresses_of_a_name_listen_on_one_port() -> None:
    listeners = listen("localhost", 0)
    ports = {sock.getsockname()[1] for sock in listeners}
    for sock in listeners:
        sock.close()

    assert len(ports) == 1


def test_a_listener_on_every_ipv6_address_accepts_ipv4_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    (listener,) = listen("::", 0)
    with (
        listener,
        socket.create_connection(("127.0.0.1", listener.getsockname()[1])) as peer,
    ):
        accepted, address = listener.accept()
        accepted.close()

        port = peer.getsockname()[1]
        assert format_address(address[:2]) == f"127.0.0.1:{port}"


def test_the_error_for_a_port_in_use_names_the_address_and_the_option() -> None:
    (listener,) = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    with listener, pytest.raises(ListenError) as caught:
        listen("127.0.0.1", port)

    where = f"cannot listen on 127.0.0.1:{port}"
    option = "choose another with --port or PARLOUR_PORT"
    assert str(caught.value) == f"{where}: address already in use; {option}"


@pytest.mark.parametrize(
    ("is_in_use", "host", "message"),
    [
        (True, "127.0.0.1", "choose another with --web-port or PARLOUR_WEB_PORT"),
        (False, "203.0.113.77", "choose another with --web-host or PARLOUR_WEB_HOST"),
        (
            False,
            "nowhere.invalid",
            "choose another with --web-host or PARLOUR_WEB_HOST",
        ),
        (False, "a..b", "it is not a host name; choose another with --web-host"),
        (False, "x" * 300, "it is not a host name; choose another with --web-host"),
    ],
)
def test_a_listen_error_names_the_option_to_change(
    host: str, message: str, *, is_in_use: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1] if is_in_use else 0

        with pytest.raises(ListenError, match=re.escape(message)):
            listen(host, port, PAGE)


def test_an_accepted_socket_has_keepalive_and_no_delay() -> None:
    with socket.socket() as sock:
        set_up(sock)

        assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 15
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 4
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
        assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1
