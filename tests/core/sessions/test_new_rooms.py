"""The rate of new rooms of each network, and how many networks are remembered."""

import pytest

from parlour.core.events import ConnectionId
from parlour.core.limits import Limits
from parlour.core.sessions import new_rooms
from parlour.core.sessions.connection import Connection, ConnectionKind
from parlour.core.sessions.new_rooms import NewRooms


def connection(network: str) -> Connection:
    kind = ConnectionKind.SOCKET
    return Connection(ConnectionId(1), "192.0.2.1:1", network, kind, Limits(), None)


def test_the_connections_of_a_network_share_a_rate() -> None:
    rooms = NewRooms()

    assert rooms.bucket(connection("a"), 0.0) is rooms.bucket(connection("a"), 1.0)
    assert rooms.bucket(connection("b"), 0.0) is not rooms.bucket(connection("a"), 1.0)


def test_a_connection_of_no_network_has_no_limit() -> None:
    assert NewRooms().bucket(connection(""), 0.0) is None


def test_a_further_network_makes_the_first_one_be_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(new_rooms, "MAX_NETWORKS", 2)
    rooms = NewRooms()
    first, second = (rooms.bucket(connection(each), 0.0) for each in "ab")

    rooms.bucket(connection("c"), 0.0)

    assert rooms.bucket(connection("b"), 0.0) is second
    assert rooms.bucket(connection("a"), 0.0) is not first
