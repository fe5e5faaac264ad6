"""Limits of the chat for a configuration and the descriptors of the process."""

from pathlib import Path

import pytest

from parlour.core.limits import max_browser_connections
from parlour.server.config import (
    RESERVED_DESCRIPTORS,
    Config,
    TLSFiles,
    Web,
    max_early_connections,
)


@pytest.mark.parametrize("allowed", [256, 1024, 4096, 1 << 20])
def test_users_and_browsers_together_fit_the_descriptors(allowed: int) -> None:
    limits = Config(web=Web()).limits(allowed)

    browsers = max_browser_connections(limits.max_pages)
    assert limits.max_users + browsers + RESERVED_DESCRIPTORS <= allowed


@pytest.mark.parametrize("allowed", [256, 1024, 4096, 1 << 20])
def test_handshakes_fit_the_descriptors_too(allowed: int) -> None:
    tls = TLSFiles(Path("cert.pem"), Path("key.pem"))
    limits = Config(tls=tls, web=Web(tls_port=8443)).limits(allowed)

    browsers = max_browser_connections(limits.max_pages)
    handshakes = 2 * max_early_connections(allowed)
    others = browsers + handshakes + RESERVED_DESCRIPTORS
    assert limits.max_users + others <= allowed


@pytest.mark.parametrize(
    ("allowed", "registration"),
    [
        ((), "open"),
        (("localhost", "LOCALHOST", "127.0.0.1", "127.0.1.1", "[::1]"), "open"),
        (("localhost", "chat.example.org"), "invite"),
        (("192.0.2.7",), "invite"),
    ],
)
def test_a_name_of_another_machine_means_that_a_proxy_serves_others(
    allowed: tuple[str, ...], registration: str
) -> None:
    config = Config(web=Web(allowed=allowed))

    assert config.rules(is_local=True).registration == registration


def test_registration_that_is_given_holds_behind_a_proxy() -> None:
    config = Config(web=Web(allowed=("chat.example.org",)), registration="open")

    assert config.rules(is_local=True).registration == "open"


def test_proxies_of_the_chat_mean_that_others_reach_it() -> None:
    config = Config(proxies=("127.0.0.2",))

    assert config.rules(is_local=True).registration == "invite"


@pytest.mark.parametrize("allowed", [256, 1024, 4096, 1 << 20])
def test_connections_without_a_header_fit_the_descriptors_too(allowed: int) -> None:
    limits = Config(proxies=("127.0.0.2",)).limits(allowed)

    others = max_early_connections(allowed) + RESERVED_DESCRIPTORS
    assert limits.max_users + others <= allowed
