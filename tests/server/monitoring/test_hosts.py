"""A foreign site cannot use its own name for this machine."""

import pytest

from parlour.server.monitoring.hosts import AllowedHosts

HOSTS = AllowedHosts(["Chat.Example.org"])


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "LOCALHOST:9555", "127.0.0.1:9555", "192.0.2.7"),
        *("[::1]:9555", "[2001:db8::7]", "chat.example.org:9555", None),
    ],
)
def test_addresses_localhost_and_chosen_names_are_allowed(host: str | None) -> None:
    assert HOSTS.allow(host)


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "127.0.0.1.evil.example"),
        *("", ":9555", "a b", "localhost:9555:1", "[::1", "999.0.0.1"),
    ],
)
def test_other_hosts_are_refused(host: str) -> None:
    assert not HOSTS.allow(host)
