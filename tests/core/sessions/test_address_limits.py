"""Limits per network address: open connections, and the rate of new ones."""

import pytest

from parlour.core.hub import Hub
from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from parlour.core.sessions.address_limits import MAX_IDLE, AddressLimits, network_of
from parlour.core.sessions.admission import Rejected
from tests.core.fake_server import FakeServer


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("/run/chat.sock", "/run/chat.sock"),
    ],
)
def test_an_ipv6_address_shares_the_limits_of_its_64_network(
    host: str, network: str
) -> None:
    assert network_of(host) == network


def test_the_limit_of_one_network_does_not_affect_others() -> None:
    limits = AddressLimits(2, Rate(10.0, 100.0))

    answers = [limits.add(net, 0.0) for net in ("a", "a", "a", "b")]

    assert [bye and bye.code for bye in answers] == [
        None,
        None,
        "too_many_connections",
        None,
    ]


def test_a_removed_connection_frees_a_slot() -> None:
    limits = AddressLimits(1, Rate(10.0, 100.0))
    limits.add("a", 0.0)

    limits.remove("a")

    assert limits.add("a", 0.0) is None


def test_connections_above_the_rate_are_rejected_with_a_retry_time() -> None:
    limits = AddressLimits(100, Rate(0.5, 2.0))
    for _ in range(2):
        assert limits.add("a", 0.0) is None

    bye = limits.add("a", 0.0)

    assert bye is not None
    assert (bye.code, bye.retry_after) == ("too_many_arrivals", 2.0)
    assert limits.add("a", 2.0) is None


def test_networks_without_connections_are_removed() -> None:
    limits = AddressLimits(100, Rate(1.0, 1.0))

    for number in range(5 * MAX_IDLE):
        limits.add(f"net {number}", number * 0.001)
        limits.remove(f"net {number}")

    assert len(limits) <= 2 * MAX_IDLE


def test_a_network_with_connections_is_never_removed() -> None:
    limits = AddressLimits(1, Rate(1.0, 1.0))
    limits.add("here", 0.0)

    for number in range(3 * MAX_IDLE):
        limits.add(f"net {number}", 1e6)
        limits.remove(f"net {number}")

    bye = limits.add("here", 2e6)
    assert bye is not None
    assert bye.code == "too_many_connections"


def test_the_hub_rejects_only_the_network_at_its_limit() -> None:
    server = FakeServer(Limits(rate=None, max_per_address=3))
    hub = server.hub

    one = [hub.connect(f"192.0.2.1:{n}", 1.0, network="192.0.2.1") for n in range(9)]
    other = hub.connect("192.0.2.2:1", 1.0, network="192.0.2.2")
    exempt = [hub.connect(f"127.0.0.1:{n}", 1.0) for n in range(9)]

    assert [isinstance(each, int) for each in one] == [True] * 3 + [False] * 6
    assert isinstance(other, int)
    assert all(isinstance(each, int) for each in exempt)


def test_the_hub_limits_how_fast_connections_of_a_network_come_and_go() -> None:
    hub = FakeServer(Limits()).hub

    def come_and_go(network: str) -> bool:
        found = hub.connect(f"{network}:1", 1.0, network=network)
        if isinstance(found, Rejected):
            return False
        hub.disconnect(found, 1.0)
        return True

    came = sum(come_and_go("192.0.2.1") for _ in range(1000))

    assert came == 128
    assert come_and_go("192.0.2.2")


def test_a_disconnected_session_frees_a_slot_of_its_network() -> None:
    server = FakeServer(Limits(rate=None, max_per_address=1))
    session = server.hub.connect("192.0.2.1:1", 1.0, network="192.0.2.1")
    assert isinstance(session, int)

    server.hub.disconnect(session, 1.0)

    assert isinstance(server.hub.connect("192.0.2.1:2", 1.0, network="192.0.2.1"), int)


def test_a_session_that_ended_frees_a_slot_before_it_is_disconnected() -> None:
    hub = Hub(Limits(max_per_address=1))
    first = hub.connect("192.0.2.1:1", 0.0, network="192.0.2.1")
    assert not isinstance(first, Rejected)
    hub.receive(first, b'{"type":"message","data":"hi"}\n', 0.0)
    batch = hub.proposals(0.0)
    assert batch is not None, "its session is proposed"
    hub.committed(batch, 0.0)
    hub.tick(0.0)

    hub.receive(first, b"", 0.0)

    second = hub.connect("192.0.2.1:2", 0.0, network="192.0.2.1")
    assert not isinstance(second, Rejected)
    hub.disconnect(first, 0.0)
    assert isinstance(hub.connect("192.0.2.1:3", 0.0, network="192.0.2.1"), Rejected)
