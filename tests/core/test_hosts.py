"""A foreign site cannot use its own name for this machine."""

import pytest

from parlour.core.hosts import AllowedHosts

HOSTS = AllowedHosts(["Chat.Example.org"])


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1:8080", "127.0.0.1", "192.0.2.7:8080", "[::1]:8080", "[::1]"),
        "[2001:db8::7]",
        *("localhost:8080", "LOCALHOST", "chat.example.org", "Chat.Example.Org:443"),
    ],
)
def test_addresses_localhost_and_allowed_names_are_allowed(host: str) -> None:
    assert HOSTS.allows(host)


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "evil.example:8080", "chat.example.org.evil.example"),
        *("evilchat.example.org", "localhost.evil.example", "localhost.", "127.1"),
        *(
            "127.0.0.1.evil.example",
            ":9555",
            "999.0.0.1",
            "127.0.0.1:8080:1",
            "[::1",
            "::1",
            "a b",
            "a@b",
        ),
        *("localhost:8080\r\n", "localhost/", "http://localhost", "[evil.example]"),
    ],
)
def test_other_hosts_are_not_allowed(host: str) -> None:
    assert not HOSTS.allows(host)


def test_a_request_without_a_host_is_allowed() -> None:
    assert HOSTS.allows(None)
