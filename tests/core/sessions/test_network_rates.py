"""The rate limit of each network, and how many networks are remembered."""

import pytest

from parlour.core.events import ConnectionId
from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from parlour.core.sessions import network_rates
from parlour.core.sessions.connection import Connection, ConnectionKind
from parlour.core.sessions.network_rates import NetworkRates

ONE_AN_HOUR = Rate(1 / 3600, 1.0)


def connection(network: str) -> Connection:
    kind = ConnectionKind.SOCKET
    return Connection(ConnectionId(1), "192.0.2.1:1", network, kind, Limits(), None)


def test_the_connections_of_a_network_share_a_rate() -> None:
    rates = NetworkRates(ONE_AN_HOUR)

    assert rates.allows(connection("a"), 0.0)
    assert not rates.allows(connection("a"), 1.0)
    assert rates.allows(connection("b"), 1.0)


def test_what_is_refused_does_not_count() -> None:
    rates = NetworkRates(ONE_AN_HOUR)
    rates.allows(connection("a"), 0.0)
    rates.allows(connection("a"), 1.0)

    assert rates.allows(connection("a"), 3600.0)


def test_without_a_local_rate_this_machine_has_no_limit() -> None:
    rates = NetworkRates(ONE_AN_HOUR)

    assert all(rates.allows(connection(""), 0.0) for _ in range(9))


def test_the_connections_of_this_machine_share_a_rate_of_their_own() -> None:
    rates = NetworkRates(ONE_AN_HOUR, local=Rate(1.0, 2.0))

    assert rates.allows(connection(""), 0.0)
    assert rates.allows(connection(""), 0.0)
    assert not rates.allows(connection(""), 0.0)
    assert rates.allows(connection("a"), 0.0)
    assert rates.allows(connection(""), 1.0)


def test_the_rate_of_this_machine_can_change() -> None:
    rates = NetworkRates(ONE_AN_HOUR, local=ONE_AN_HOUR)
    rates.allows(connection(""), 0.0)

    rates.change_local(Rate(1.0, 2.0))
    assert [rates.allows(connection(""), 0.0) for _ in "123"] == [True, True, False]
    rates.change_local(None)
    assert rates.allows(connection(""), 0.0)


def test_a_further_network_makes_the_first_one_be_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(network_rates, "MAX_NETWORKS", 2)
    rates = NetworkRates(ONE_AN_HOUR)
    for each in "abc":
        rates.allows(connection(each), 0.0)

    assert not rates.allows(connection("b"), 0.0)
    assert rates.allows(connection("a"), 0.0)
