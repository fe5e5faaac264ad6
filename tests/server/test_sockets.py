"""Listening and naming."""

import re
import socket

import pytest

from parlour.server.sockets import (
    ListenError,
    is_exempt,
    is_loopback,
    listen,
    name_of,
    own_addresses,
)


def test_a_name_of_several_addresses_listens_on_all_with_one_port() -> None:
    listeners = listen("localhost", 0)
    ports = {sock.getsockname()[1] for sock in listeners}
    for sock in listeners:
        sock.close()

    assert len(ports) == 1


def test_all_of_ipv6_is_all_of_ipv4_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    (listener,) = listen("::", 0)
    with (
        listener,
        socket.create_connection(("127.0.0.1", listener.getsockname()[1])) as peer,
    ):
        accepted, address = listener.accept()
        accepted.close()

        assert name_of(address[:2]) == f"127.0.0.1:{peer.getsockname()[1]}"


def test_a_taken_port_is_an_error_that_says_which() -> None:
    (listener,) = listen("127.0.0.1", 0)
    port = listener.getsockname()[1]
    with listener, pytest.raises(ListenError) as caught:
        listen("127.0.0.1", port)

    where = f"cannot listen on 127.0.0.1:{port}"
    option = "--port (or PARLOUR_PORT) names another"
    assert str(caught.value) == f"{where}: address already in use; {option}"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1", "127.0.0.1:5"),
        ("::1", "[::1]:5"),
        ("::ffff:10.0.0.9", "10.0.0.9:5"),
    ],
)
def test_a_peer_is_called_by_its_address(host: str, name: str) -> None:
    assert name_of((host, 5)) == name


def test_loopback_is_more_than_what_is_exempt_from_the_rate() -> None:
    hosts = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.0.0.2", "192.0.2.1", "x"]

    assert list(map(is_loopback, hosts)) == [True, True, True, True, False, False]
    assert list(map(is_exempt, hosts)) == [True, True, True, False, False, False]


@pytest.mark.parametrize(
    ("port", "host", "named"),
    [
        (True, "127.0.0.1", "--web-port (or PARLOUR_WEB_PORT) names another"),
        (False, "203.0.113.77", "--web-host (or PARLOUR_WEB_HOST) names another"),
        (False, "nowhere.invalid", "--web-host (or PARLOUR_WEB_HOST) names another"),
        (False, "a..b", "it is not a host name; --web-host"),
        (False, "x" * 300, "it is not a host name; --web-host"),
    ],
)
def test_the_option_that_helps_is_named(port: bool, host: str, named: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1] if port else 0

        with pytest.raises(ListenError, match=re.escape(named)):
            listen(host, number, "--web-port", "--web-host")


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_who_listens_on_all_addresses_is_found_at_those_of_this_machine(
    host: str,
) -> None:
    if host == "::" and not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    (listener,) = listen(host, 0)
    with listener:
        addresses = own_addresses(listener)

        for address in addresses:
            there = (address, listener.getsockname()[1])
            with socket.create_connection(there, timeout=10) as sock:
                assert sock.getpeername()[0] == address
    assert default_address() in {"", *addresses}
    assert not any(map(is_loopback, addresses))
    assert len(set(addresses)) == len(addresses) <= 6


def default_address() -> str:
    """Return this machine's IPv4 address on its way to others, "" if it has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        host = str(sock.getsockname()[0])
    return "" if is_loopback(host) else host
