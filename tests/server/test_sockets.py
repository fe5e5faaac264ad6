"""Listening and naming."""

import socket

import pytest

from parlour.server.sockets import (
    ListenError,
    is_exempt,
    is_loopback,
    listen,
    name_of,
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
    assert str(caught.value) == f"{where}: address already in use"


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
