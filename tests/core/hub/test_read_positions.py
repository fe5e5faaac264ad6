"""Read positions: told to the other devices, counted, and recorded now and then."""

import pytest

from parlour.core.entries import ReadUpTo
from parlour.core.events import LOBBY, AccountNumber, Refused
from parlour.core.limits import READ_INTERVAL
from tests.core.account_peers import connect_account, connect_guest, register
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.room_peers import ask, codes, drop_lines, lines, say

ANNS = AccountNumber(1)


@pytest.fixture
def server() -> FakeServer:
    """Return a server with the account of Ann, who is away, and a guest, Bob."""
    server = FakeServer()
    register(server, "Ann").disconnect()
    server.wait(20.0)
    return server


def read_of(server: FakeServer) -> int | None:
    """Return how far Ann has read the lobby, as it is recorded."""
    account = server.hub.state.accounts.get(ANNS)
    assert account is not None
    return account.read(LOBBY)


def room_line(peer: FakePeer) -> dict[str, object]:
    (room,) = [data for kind, data in lines(peer) if kind == "room"]
    return {key: room[key] for key in ("read", "unread", "mentions")}


def test_what_was_said_while_an_account_was_away_is_counted(
    server: FakeServer,
) -> None:
    bob = connect_guest(server, "Bob")
    say(bob, "lobby", "one", "two, ann", "ANN!", "annie")

    ann = connect_account(server, "Ann")

    assert room_line(ann) == {"read": 0, "unread": 4, "mentions": 2}


def test_a_new_room_of_an_account_is_told_once_with_what_it_has_read(
    server: FakeServer,
) -> None:
    say(connect_guest(server, "Bob", rooms=["lobby", "dev"]), "dev", "one", "two")

    ann = connect_account(server, "Ann", rooms=["lobby", "dev"])

    rooms = [data for kind, data in lines(ann) if kind == "room"]
    assert [(each["room"], each["read"]) for each in rooms] == [
        ("lobby", 0),
        ("dev", 2),
    ]
    (again,) = ask(ann, "join", room="dev")
    assert (again[0], again[1]["read"]) == ("room", 2)


def test_a_room_that_an_account_could_not_enter_answers_a_join_later(
    server: FakeServer,
) -> None:
    connect_guest(server, "Bob", rooms=["dev"])
    server.is_storage_paused = True
    ann = connect_account(server, "Ann", rooms=["dev"])
    server.refuse(Refused("storage_full", "the disk is full"))
    server.is_storage_paused = False
    server.wait(1.0)
    drop_lines(server)

    found = ask(ann, "join", room="dev")

    assert "room" in [kind for kind, _ in found]


def test_a_guest_has_no_read_position(server: FakeServer) -> None:
    guest = connect_guest(server, "Bob")
    (room,) = [data for kind, data in lines(guest) if kind == "room"]

    assert "read" not in room
    found = ask(guest, "read", room="lobby", sequence=1)
    assert codes(found) == ["not_signed_in"]
    assert (found[0][1]["about"], found[0][1]["room"]) == ("read", "lobby")


def test_the_other_devices_are_told_how_far_one_has_read(server: FakeServer) -> None:
    bob = connect_guest(server, "Bob")
    ann, phone = connect_account(server, "Ann"), connect_account(server, "Ann")
    say(bob, "lobby", "one", "two", "ann?")
    drop_lines(server)

    assert ask(ann, "read", room="lobby", sequence=2) == []

    read = {"room": "lobby", "read": 2, "unread": 1, "mentions": 1}
    assert lines(phone) == [("read", read)]
    assert lines(bob) == []


def test_a_position_never_moves_back_nor_beyond_the_last_message(
    server: FakeServer,
) -> None:
    bob = connect_guest(server, "Bob")
    ann, phone = connect_account(server, "Ann"), connect_account(server, "Ann")
    say(bob, "lobby", "one", "two")
    drop_lines(server)

    ask(ann, "read", room="lobby", sequence=99)
    ask(ann, "read", room="lobby", sequence=1)

    read = {"room": "lobby", "read": 2, "unread": 0, "mentions": 0}
    assert lines(phone) == [("read", read)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"room": "lobby"}, "bad_data"),
        ({"room": "lobby", "sequence": -1}, "bad_data"),
        ({"sequence": 1}, "bad_data"),
        ({"room": "dev", "sequence": 1}, "not_in_room"),
    ],
)
def test_a_wrong_position_is_refused(
    server: FakeServer, data: dict[str, object], code: str
) -> None:
    ann = connect_account(server, "Ann")
    lines(ann)

    found = ask(ann, "read", **data)

    assert codes(found) == [code]
    assert found[0][1]["about"] == "read"


def test_positions_are_recorded_once_in_ten_seconds(server: FakeServer) -> None:
    bob, ann = connect_guest(server, "Bob"), connect_account(server, "Ann")
    say(bob, "lobby", "one", "two", "three")

    for sequence in (1, 2, 3):
        ask(ann, "read", room="lobby", sequence=sequence)
    assert read_of(server) == 0
    server.wait(READ_INTERVAL + 1)

    assert read_of(server) == 3
    server.is_storage_paused = True
    server.wait(READ_INTERVAL * 3)
    assert server.batch is None


def test_positions_are_recorded_when_the_server_stops(server: FakeServer) -> None:
    bob, ann = connect_guest(server, "Bob"), connect_account(server, "Ann")
    say(bob, "lobby", "one")
    ask(ann, "read", room="lobby", sequence=1)

    server.hub.stop("over")
    server.turn()

    assert read_of(server) == 1


def test_whoever_says_something_has_read_until_there(server: FakeServer) -> None:
    bob = connect_guest(server, "Bob")
    ann, phone = connect_account(server, "Ann"), connect_account(server, "Ann")
    say(bob, "lobby", "one")
    drop_lines(server)

    say(ann, "lobby", "two")

    assert [kind for kind, _ in lines(phone)] == ["message"], "which is told already"
    assert room_line(connect_account(server, "Ann"))["unread"] == 0
    server.wait(READ_INTERVAL + 1)
    assert read_of(server) == 2


def test_a_position_that_was_not_recorded_is_recorded_later(
    server: FakeServer,
) -> None:
    bob, ann = connect_guest(server, "Bob"), connect_account(server, "Ann")
    say(bob, "lobby", "one")
    ask(ann, "read", room="lobby", sequence=1)
    server.is_storage_paused = True
    server.wait(READ_INTERVAL + 1)
    assert server.batch is not None
    assert server.batch.entries == (ReadUpTo(ANNS, LOBBY, 1),)
    server.refuse(Refused("storage_full", "the disk is full"))

    server.is_storage_paused = False
    server.wait(READ_INTERVAL + 1)

    assert read_of(server) == 1


def test_no_more_than_a_thousand_are_counted(server: FakeServer) -> None:
    bob = connect_guest(server, "Bob")
    for _ in range(101):
        bob.feed(b"".join(line("message", {"message": "x"}) for _ in range(10)))
        server.wait(10.0)

    assert room_line(connect_account(server, "Ann"))["unread"] == 1000


def test_one_who_is_lost_has_read_until_what_it_said_last(server: FakeServer) -> None:
    bob, ann = connect_guest(server, "Bob"), connect_account(server, "Ann")
    say(bob, "lobby", "one")
    server.is_storage_paused = True
    say(ann, "lobby", "two")
    ann.disconnect()
    server.commit()
    server.is_storage_paused = False
    server.turn()

    assert room_line(connect_account(server, "Ann"))["unread"] == 0
