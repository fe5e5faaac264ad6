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
RENAMED = "renamed", {"name": "Bob", "to": "Eve"}


@pytest.mark.parametrize(
    ("lines", "users"),
    [
        ([JOINED], ("Ann", "Bob", "Cat")),
        ([BOB_LEFT], ("Ann",)),
        ([RENAMED], ("Ann", "Eve")),
        ([RENAMED, EVE_LEFT], ("Ann",)),
        ([EVE_LEFT, RENAMED], ("Ann",)),
        ([("joined", {"room": "ops", "name": "Cat"})], ("Ann", "Bob")),
    ],
)
def test_the_client_knows_who_is_there(lines: Lines, users: tuple[str, ...]) -> None:
    assert known_after(*lines) == users


@pytest.mark.parametrize(
    "line",
    [
        ("joined", {"room": "dev", "name": "Bob"}),
        BOB_LEFT,
        ("users", listing("Ann", "Bob")),
    ],
)
def test_a_former_name_makes_the_client_list_the_users_again(
    line: tuple[str, dict[str, object]],
) -> None:
    record = ClientRecord("client")
    rosters = rosters_of(record, "Ann", "Bob")
    rosters.process(*RENAMED)
    rosters.process("renamed", {"name": "Eve", "to": "Fay"})

    assert rosters.process(*line) == "dev"
    rosters.is_comparing = True
    rosters.process("users", listing("Ann"))
    assert record.rosters == [], "the client knew that its list was uncertain"
    rosters.process("users", listing("Ann"))
    assert record.rosters == [ComparedUsers("dev", ("Ann",), ("Ann",))]


def test_the_users_are_listed_again_once_for_each_rename() -> None:
    rosters = rosters_of(ClientRecord("client"), "Ann", "Bob")

    rosters.process(*RENAMED)
    assert rosters.process(*BOB_LEFT) == "dev"
    assert rosters.process(*BOB_LEFT) is None
    rosters.process(*RENAMED)
    assert rosters.process(*BOB_LEFT) == "dev"


def test_a_former_name_makes_the_client_list_the_users_of_each_room_again() -> None:
    rosters = rosters_of(ClientRecord("client"), "Ann")
    rosters.process("room", {"room": "ops"})
    rosters.process("users", listing("Ann") | {"room": "ops"})
    rosters.process("renamed", {"name": "Cat", "to": "Dan"})

    assert rosters.process(*JOINED) == "dev"
    assert rosters.process("joined", {"room": "ops", "name": "Cat"}) == "ops"


def test_a_gap_makes_the_client_list_the_users_again() -> None:
    rosters = rosters_of(ClientRecord("client"), "Ann")

    assert rosters.process("missed", {"room": "dev"}) == "dev"
    assert rosters.rooms == []
