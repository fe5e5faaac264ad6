"""Which addresses are those of trusted proxies."""

import pytest

from parlour.core.proxies import TrustedProxies


@pytest.mark.parametrize(
    ("host", "is_trusted"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("11.0.0.1", False),
        ("127.0.0.1", True),
        ("127.0.0.2", False),
        ("fe80::1%eth0", True),
        ("fe81::1", False),
        ("", False),
        ("localhost", False),
    ],
)
def test_a_proxy_is_trusted_by_its_address_or_network(
    host: str, *, is_trusted: bool
) -> None:
    proxies = TrustedProxies(["10.0.0.0/8", "127.0.0.1", "fe80::/16"])

    assert (host in proxies) is is_trusted


def test_nobody_is_trusted_by_default() -> None:
    assert "127.0.0.1" not in TrustedProxies()
