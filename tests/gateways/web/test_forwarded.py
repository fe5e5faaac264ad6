"""Who sends a request, by the headers of proxies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.core.ports import Peer
from parlour.core.proxies import TrustedProxies
from parlour.gateways.web.forwarded import find_sender

PROXIES = TrustedProxies(["127.0.0.1", "10.0.0.0/8"])
HERE = ("127.0.0.1", 50_000)


def sender(
    *addresses: str,
    protocols: tuple[str, ...] = (),
    address: tuple[str, int] = HERE,
    has_tls: bool = False,
) -> Peer:
    return find_sender(PROXIES, address, addresses, protocols, has_tls=has_tls)


@pytest.mark.parametrize(
    ("entries", "host", "port"),
    [
        (["192.0.2.7"], "192.0.2.7", 50_000),
        (["192.0.2.7:4711"], "192.0.2.7", 4711),
        (["2001:db8::7"], "2001:db8::7", 50_000),
        (["[2001:db8::7]"], "2001:db8::7", 50_000),
        (["[2001:db8::7]:4711"], "2001:db8::7", 4711),
        (["::ffff:192.0.2.7"], "192.0.2.7", 50_000),
        (["127.0.0.1, 192.0.2.7"], "192.0.2.7", 50_000),
        (["192.0.2.6, 192.0.2.7"], "192.0.2.7", 50_000),
        (["192.0.2.6", "192.0.2.7"], "192.0.2.7", 50_000),
        (["192.0.2.6, 192.0.2.7, 10.1.1.1,\t10.1.1.2"], "192.0.2.7", 50_000),
        (["10.1.1.1, 10.1.1.2"], "10.1.1.1", 50_000),
        (["unknown, 192.0.2.7"], "192.0.2.7", 50_000),
        (["192.0.2.7, unknown"], "127.0.0.1", 50_000),
        (["192.0.2.7, unknown, 10.1.1.1"], "10.1.1.1", 50_000),
        (["127.0.0.1"], "127.0.0.1", 50_000),
        ([""], "127.0.0.1", 50_000),
        (["192.0.2.7,"], "127.0.0.1", 50_000),
        (["192.0.2.7:x"], "127.0.0.1", 50_000),
        (["192.0.2.7:65536"], "127.0.0.1", 50_000),
        (["192.0.2.07"], "127.0.0.1", 50_000),
        (["[192.0.2.7]"], "127.0.0.1", 50_000),
        (["[2001:db8::7"], "127.0.0.1", 50_000),
        (["[2001:db8::7]4711"], "127.0.0.1", 50_000),
        (["fe80::1%eth0"], "127.0.0.1", 50_000),
        (['"192.0.2.7"'], "127.0.0.1", 50_000),
        (["10.1.1.1, " * 900 + "10.1.1.2"], "10.1.1.1", 50_000),
        (["192.0.2.7, " * 900 + "192.0.2.8"], "192.0.2.8", 50_000),
    ],
)
def test_the_last_address_that_is_no_proxy_has_sent_the_request(
    entries: list[str], host: str, port: int
) -> None:
    found = sender(*entries)

    assert (found.host, found.port, found.is_reported) == (host, port, True)


@pytest.mark.parametrize("host", ["192.0.2.1", "127.0.0.2", "::1"])
def test_the_headers_of_anybody_else_are_ignored(host: str) -> None:
    found = sender("192.0.2.7", protocols=("https",), address=(host, 1))

    assert found == Peer(host, 1)


@pytest.mark.parametrize(
    ("protocols", "has_tls"),
    [
        (("https",), True),
        (("HTTPS",), True),
        (("wss",), True),
        (("https, https",), True),
        (("http",), False),
        (("https, http",), False),
        (("http, https",), False),
        (("https", "http"), False),
        (("",), False),
        (("httpsx",), False),
        ((), False),
    ],
)
def test_every_proxy_must_have_been_reached_by_tls(
    protocols: tuple[str, ...], *, has_tls: bool
) -> None:
    for to_proxy in (True, False):
        found = sender("192.0.2.7", protocols=protocols, has_tls=to_proxy)

        assert found.is_encrypted is has_tls
        assert found.is_plain is (bool(protocols) and not has_tls)


def test_a_request_of_the_proxy_itself_is_as_it_came() -> None:
    assert sender(has_tls=True) == Peer(*HERE, is_encrypted=True)
    assert sender() == Peer(*HERE)
    assert sender(protocols=("https",)) == Peer(*HERE, is_encrypted=True)


@given(st.lists(st.text('0123456789abcf.:[]%, \t"-', max_size=60), max_size=5))
def test_no_header_crashes_the_parser(values: list[str]) -> None:
    found = sender(*values)

    assert found.host
    assert 0 <= found.port <= 65_535
