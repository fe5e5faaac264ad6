"""The addresses of peers and of this machine."""

import socket

import pytest

from parlour.core.loopback import is_loopback
from parlour.server.addresses import (
    format_address,
    is_exempt,
    own_addresses,
)
from parlour.server.sockets import listen


@pytest.mark.parametrize(
    ("host", "formatted"),
    [
        ("127.0.0.1", "127.0.0.1:5"),
        ("::1", "[::1]:5"),
        ("::ffff:10.0.0.9", "10.0.0.9:5"),
    ],
)
def test_an_address_is_formatted_as_host_and_port(host: str, formatted: str) -> None:
    assert format_address((host, 5)) == formatted


def test_only_the_usual_loopback_addresses_are_exempt() -> None:
    hosts = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "127.0.0.2", "192.0.2.1", "x"]

    assert list(map(is_loopback, hosts)) == [True, True, True, True, False, False]
    assert list(map(is_exempt, hosts)) == [True, True, True, False, False, False]


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_listener_on_every_address_is_reachable_at_own_addresses(host: str) -> None:
    if host == "::" and not socket.has_dualstack_ipv6():
        pytest.skip("this machine has no IPv6")
    (listener,) = listen(host, 0)
    with listener:
        addresses = own_addresses(listener)

        for address in addresses:
            target = (address, listener.getsockname()[1])
            with socket.create_connection(target, timeout=10) as sock:
                assert sock.getpeername()[0] == address
    assert default_address() in {"", *addresses}
    assert not any(map(is_loopback, addresses))
    assert len(set(addresses)) == len(addresses) <= 6


def default_address() -> str:
    """Return this machine's IPv4 address on the route to others, "" if none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))
        except OSError:
            return ""
        host = str(sock.getsockname()[0])
    return "" if is_loopback(host) else host
