"""The origins that are allowed."""

import pytest

from parlour.gateways.web.allowed_origins import AllowedOrigins, is_plain

HOSTS = AllowedOrigins(["chat.example.org"])
HERE = "127.0.0.1:8080"


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, HERE),
        ("http://127.0.0.1:8080", HERE),
        ("http://localhost", "LocalHost"),
        ("http://[::1]:8080", "[::1]:8080"),
        ("http://chat.example.org", "chat.example.org"),
        ("https://chat.example.org", "chat.example.org"),
        ("https://chat.example.org:8443", "chat.example.org:8443"),
        ("http://chat.example.org:8443", "chat.example.org"),
        ("http://chat.example.org", "chat.example.org:80"),
        ("https://chat.example.org", "chat.example.org:443"),
        ("https://chat.example.org", "chat.example.org:8080"),
        ("https://chat.example.org", HERE),
        ("http://127.0.0.1", "127.0.0.1:80"),
    ],
)
def test_a_page_of_the_requested_host_may_open_a_websocket(
    origin: str | None, host: str
) -> None:
    assert HOSTS.allows_origin(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("null", HERE),
        ("", HERE),
        ("https://127.0.0.1:8080", HERE),
        ("http://127.0.0.1:8081", HERE),
        ("http://127.0.0.1", HERE),
        ("http://127.0.0.1:8080", "127.0.0.1"),
        ("http://chat.example.org:8080:1", "chat.example.org"),
        ("ftp://chat.example.org", "chat.example.org"),
        ("chat.example.org", "chat.example.org"),
        ("http://", ""),
        ("http://127.0.0.1:8080.evil.example", HERE),
        ("http://evil.example", HERE),
        ("http://localhost:8080", HERE),
        ("http://127.0.0.1:8080, http://evil.example", HERE),
        ("HTTP://127.0.0.1:8080", HERE),
        ("https://evil-chat.example.org", "chat.example.org"),
        ("https://chat.example.org.evil.example", "chat.example.org"),
    ],
)
def test_a_page_of_another_origin_may_not_open_a_websocket(
    origin: str, host: str
) -> None:
    assert not HOSTS.allows_origin(origin, host)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_another_loopback_port_is_foreign_even_if_the_name_is_allowed(
    name: str,
) -> None:
    hosts = AllowedOrigins([name])

    assert hosts.allows_origin(f"https://{name}:8443", f"{name}:8443")
    assert not hosts.allows_origin(f"http://{name}:8081", f"{name}:8080")
    assert not hosts.allows_origin(f"http://{name}:8081", name)


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]", "[::ffff:7f00:1]"],
)
def test_what_a_page_of_this_machine_sends_crosses_no_network(host: str) -> None:
    assert not is_plain(f"http://{host}")


@pytest.mark.parametrize("host", ["192.0.2.7:8080", "chat.example.org", "evil@[::1]"])
def test_what_another_page_sends_is_plain_without_https(host: str) -> None:
    assert is_plain(f"http://{host}")
    assert not is_plain(f"https://{host}")
