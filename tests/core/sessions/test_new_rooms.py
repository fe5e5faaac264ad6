"""The rate of new rooms of each network, and how many networks are remembered."""

import pytest

from parlour.core.events import ConnectionId
from parlour.core.limits import Limits
from parlour.core.rate_limit import Rate
from parlour.core.sessions import new_rooms
from parlour.core.sessions.connection import Connection, ConnectionKind
from parlour.core.sessions.new_rooms import NewRooms

ONE_AN_HOUR = Rate(1 / 3600, 1.0)


def connection(network: str) -> Connection:
    kind = ConnectionKind.SOCKET
    return Connection(ConnectionId(1), "192.0.2.1:1", network, kind, Limits(), None)


def test_the_connections_of_a_network_share_a_rate() -> None:
    rooms = NewRooms(ONE_AN_HOUR)

    assert rooms.may_open(connection("a"), 0.0)
    assert not rooms.may_open(connection("a"), 1.0)
    assert rooms.may_open(connection("b"), 1.0)


def test_a_refused_room_does_not_count() -> None:
    rooms = NewRooms(ONE_AN_HOUR)
    rooms.may_open(connection("a"), 0.0)
    rooms.may_open(connection("a"), 1.0)

    assert rooms.may_open(connection("a"), 3600.0)


def test_a_connection_of_no_network_has_no_limit() -> None:
    rooms = NewRooms(ONE_AN_HOUR)

    assert all(rooms.may_open(connection(""), 0.0) for _ in range(9))


def test_a_further_network_makes_the_first_one_be_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(new_rooms, "MAX_NETWORKS", 2)
    rooms = NewRooms(ONE_AN_HOUR)
    for each in "abc":
        rooms.may_open(connection(each), 0.0)

    assert not rooms.may_open(connection("b"), 0.0)
    assert rooms.may_open(connection("a"), 0.0)
