"""The user lists that a client keeps."""

import pytest

from tests.proof.records import ClientRecord, ComparedUsers
from tests.proof.rosters import Rosters

Lines = list[tuple[str, dict[str, object]]]


def listing(*names: str) -> dict[str, object]:
    return {"room": "dev", "users": [{"name": name} for name in names]}


def rosters_of(record: ClientRecord, *names: str) -> Rosters:
    """Return the lists of a client that knows *names* in the room dev."""
    rosters = Rosters(record)
    assert rosters.process("room", {"room": "dev"}) == "dev"
    rosters.process("users", listing(*names))
    return rosters


def known_after(*lines: tuple[str, dict[str, object]]) -> tuple[str, ...]:
    """Return the users that a client knows after *lines*; at first, Ann and Bob."""
    record = ClientRecord("client")
    rosters = rosters_of(record, "Ann", "Bob")
    for kind, data in lines:
        rosters.process(kind, data)
    rosters.is_comparing = True
    rosters.process("users", listing())
    (found,) = record.rosters
    return found.known


def test_the_users_are_compared_with_those_that_are_listed() -> None:
    record = ClientRecord("client")
    rosters = rosters_of(record, "Ann")
    rosters.is_comparing = True
    rosters.process("users", listing("Bob"))

    assert record.rosters == [ComparedUsers("dev", ("Ann",), ("Bob",))]


def test_a_list_that_arrives_after_the_client_has_left_is_ignored() -> None:
    rosters = rosters_of(ClientRecord("client"), "Ann")
    rosters.forget("dev")
    rosters.process("users", listing("Ann"))

    assert rosters.rooms == []


JOINED = "joined", {"room": "dev", "name": "Cat"}
BOB_LEFT = "left", {"room": "dev", "name": "Bob"}
EVE_LEFT = "left", {"room": "dev", "name": "Eve"}
PROMOTED = "role", {"room": "dev", "name": "Bob", "role": "owner"}
DISMISSED = "role", {"room": "dev", "name": "Bob", "role": "member"}
ADMIN_JOINED = "joined", {"room": "dev", "name": "Bob", "role": "admin"}
RENAMED = "renamed", {"room": "dev", "name": "Bob", "to": "Eve"}


@pytest.mark.parametrize(
    ("lines", "users"),
    [
        ([JOINED], ("Ann", "Bob", "Cat")),
        ([BOB_LEFT], ("Ann",)),
        ([RENAMED], ("Ann", "Eve")),
        ([RENAMED, EVE_LEFT], ("Ann",)),
        ([PROMOTED], ("Ann", "Bob (owner)")),
        ([PROMOTED, RENAMED], ("Ann", "Eve")),
        ([PROMOTED, DISMISSED], ("Ann", "Bob")),
        ([BOB_LEFT, ADMIN_JOINED], ("Ann", "Bob (admin)")),
        ([("renamed", {"name": "Bob", "to": "Eve"})], ("Ann", "Bob")),
        ([("joined", {"room": "ops", "name": "Cat"})], ("Ann", "Bob")),
    ],
)
def test_the_client_knows_who_is_there(lines: Lines, users: tuple[str, ...]) -> None:
    assert known_after(*lines) == users


def test_a_gap_makes_the_client_list_the_users_again() -> None:
    rosters = rosters_of(ClientRecord("client"), "Ann")

    assert rosters.process("missed", {"room": "dev"}) == "dev"
    assert rosters.rooms == []
