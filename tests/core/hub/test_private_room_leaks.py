"""Nobody learns of a private room what its members know.

Each question is asked about a private room, and about one that does not exist: the
answers are the same but for the name. Only `join` says that the name is in use, in the
words for a name that no room can have.
"""

import json
from collections.abc import Callable

import pytest

from parlour.core.events import RoomName
from parlour.core.roles import Role
from parlour.core.state.public_rooms import public_rooms, snapshot_of
from tests.core.account_peers import connect_guest, greet, register, told
from tests.core.fake_server import FakePeer, FakeServer, line
from tests.core.invitation_peers import answers, brief, private_owner
from tests.core.order_peers import appoint
from tests.core.room_peers import say
from tests.core.session_peers import SOON, read_events

SECRET, MISSING = "cellar", "garden"

QUESTIONS: list[tuple[str, dict[str, object]]] = [
    ("leave", {}),
    ("topic", {"topic": "wine"}),
    ("users", {}),
    ("history", {}),
    ("history", {"before": 5}),
    ("history", {"after": 0}),
    ("search", {"words": "wine"}),
    ("message", {"message": "hello", "id": "1"}),
    ("message", {"message": ""}),
    ("kick", {"name": "Ann"}),
    ("kick", {"name": "nobody"}),
    ("mute", {"name": "Ann"}),
    ("unmute", {"name": "Ann"}),
    ("unmute", {"name": "Bob"}),
    ("ban", {"name": "Ann"}),
    ("unban", {"name": "Bob"}),
    ("unban", {"name": "1"}),
    ("role", {"name": "Ann", "role": "member"}),
    ("role", {"name": "nobody", "role": "owner"}),
    ("set", {"locked": True}),
    ("set", {"private": False}),
    ("close", {}),
    ("sanctions", {}),
    ("invite", {}),
    ("invite", {"name": "Ann"}),
    ("invite", {"name": "nobody"}),
    ("uninvite", {"name": "Pia"}),
    ("uninvite", {"name": "nobody"}),
    ("uninvite", {"number": 1}),
    ("invites", {}),
    ("join", {"invite": "a wrong code"}),
]


@pytest.fixture
def server() -> FakeServer:
    server = FakeServer()
    ann = private_owner(server, "Ann", SECRET)
    ann.send(line("topic", {"room": SECRET, "topic": "wine"}))
    say(ann, SECRET, "the wine is in the cask")
    ann.send(line("mute", {"room": SECRET, "name": "Ann"}))
    register(server, "Bob")
    register(server, "Pia")
    ann.send(line("invite", {"room": SECRET, "name": "Pia"}))
    ann.send(line("ban", {"room": SECRET, "name": "Bob", "reason": "thief"}))
    server.wait(SOON)
    return server


def guest(server: FakeServer) -> FakePeer:
    return connect_guest(server, "Gus")


def member(server: FakeServer) -> FakePeer:
    return register(server, "Mel")


def banned(server: FakeServer) -> FakePeer:
    return greet(
        server,
        {"version": 1, "rooms": [], "account": "Bob", "password": "correct horse"},
    )


def moderator(server: FakeServer) -> FakePeer:
    peer = register(server, "Mo")
    appoint(server, "Mo", Role.MODERATOR)
    return peer


def watcher(server: FakeServer) -> FakePeer:
    return greet(server, {"version": 1, "rooms": ["lobby"], "watch": True})


STRANGERS = [guest, member, banned, moderator, watcher]


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize(("kind", "data"), QUESTIONS)
def test_a_stranger_gets_the_same_answer_as_for_a_room_that_does_not_exist(
    server: FakeServer,
    stranger: Callable[[FakeServer], FakePeer],
    kind: str,
    data: dict[str, object],
) -> None:
    peer = stranger(server)

    about_secret = brief(answers(server, peer, kind, room=SECRET, **data))
    about_missing = brief(answers(server, peer, kind, room=MISSING, **data))

    assert [each.replace(SECRET, MISSING) for each in about_secret] == about_missing
    assert about_secret, "there is an answer"


@pytest.mark.parametrize("stranger", [guest, member, banned, moderator])
@pytest.mark.parametrize("extra", [{}, {"private": True}])
def test_entering_is_refused_as_for_a_reserved_name(
    server: FakeServer,
    stranger: Callable[[FakeServer], FakePeer],
    extra: dict[str, object],
) -> None:
    peer = stranger(server)

    about_secret = brief(answers(server, peer, "join", room=SECRET, **extra))
    about_reserved = brief(answers(server, peer, "join", room="server", **extra))

    assert [each.replace(SECRET, "server") for each in about_secret] == about_reserved
    assert '"room_unavailable"' in about_secret[0]


def test_a_name_that_looks_like_that_of_a_private_room_is_reserved(
    server: FakeServer,
) -> None:
    peer = guest(server)

    (answer,) = answers(server, peer, "join", room="ce11ar")

    assert answer["data"]["code"] == "room_unavailable"


def test_a_hello_with_the_name_enters_no_private_room(server: FakeServer) -> None:
    peer = connect_guest(
        server,
        "Gus",
        rooms=["lobby", SECRET, "server"],
        resume={SECRET: {"epoch": server.hub.state.epoch, "sequence": 0}},
    )

    heard = read_events(peer)
    errors = [each["data"] for each in heard if each["type"] == "error"]

    assert {each["code"] for each in errors} == {"room_unavailable"}
    assert {each["room"] for each in errors} == {SECRET, "server"}
    assert {each["about"] for each in errors} == {"hello"}
    assert not any("wine" in json.dumps(each) for each in heard)


def test_a_watcher_is_told_that_there_is_no_such_room(server: FakeServer) -> None:
    peer = greet(server, {"version": 1, "rooms": [SECRET, MISSING], "watch": True})

    errors = [each["data"] for each in read_events(peer) if each["type"] == "error"]

    assert [each["code"] for each in errors] == ["no_such_room"] * 2


def test_only_members_see_it_in_the_list_of_rooms(server: FakeServer) -> None:
    peer = guest(server)
    ann = greet(
        server,
        {"version": 1, "rooms": [], "account": "Ann", "password": "correct horse"},
    )

    (listed,) = answers(server, peer, "rooms")
    (own,) = answers(server, ann, "rooms")

    assert [each["room"] for each in listed["data"]["rooms"]] == ["lobby"]
    assert listed["data"]["more"] is False
    assert [
        (each["room"], each.get("private", False)) for each in own["data"]["rooms"]
    ] == [(SECRET, True), ("lobby", False)]


def test_a_search_in_all_rooms_finds_nothing_in_it(server: FakeServer) -> None:
    peer = guest(server)

    (found,) = answers(server, peer, "search", words="wine", all=True)

    assert found["data"]["messages"] == []


def test_a_member_who_was_removed_searches_and_reads_it_no_more(
    server: FakeServer,
) -> None:
    ann = greet(
        server,
        {"version": 1, "rooms": [], "account": "Ann", "password": "correct horse"},
    )
    cat = register(server, "Cat")
    answers(server, ann, "invite", room=SECRET, name="Cat")
    answers(server, cat, "join", room=SECRET)
    answers(server, ann, "kick", room=SECRET, name="Cat")

    (found,) = answers(server, cat, "search", words="wine", all=True)
    assert found["data"]["messages"] == []
    for kind in ("history", "users"):
        (answer,) = answers(server, cat, kind, room=SECRET)
        assert answer["data"]["code"] == "no_such_room"
    (answer,) = answers(server, cat, "join", room=SECRET)
    assert answer["data"]["code"] == "room_unavailable"


def test_gateways_do_not_see_it(server: FakeServer) -> None:
    state = server.hub.state

    assert [each.room for each in public_rooms(state)] == ["lobby"]
    assert snapshot_of(state, RoomName(SECRET)) is None


def test_the_console_does_not_hear_it(server: FakeServer) -> None:
    console = server.watch()
    ann = greet(
        server,
        {"version": 1, "rooms": [], "account": "Ann", "password": "correct horse"},
    )
    ann.send(line("unmute", {"room": SECRET, "name": "Ann"}))
    say(ann, SECRET, "still secret")
    say(ann, "lobby", "hello")
    server.wait(0.1)

    assert console.read() == ["Ann: hello"]


def test_the_log_does_not_name_it(server: FakeServer) -> None:
    server.hub.room_changes()
    ann = private_owner(server, "Cat", "attic")
    answers(server, ann, "join", room="dev")
    answers(server, ann, "close", room="attic")

    assert [each.room for each in server.hub.room_changes()] == ["dev"]


def test_those_outside_hear_of_no_member(server: FakeServer) -> None:
    peer = guest(server)
    told(peer)
    ann = greet(
        server,
        {"version": 1, "rooms": [], "account": "Ann", "password": "correct horse"},
    )
    answers(server, ann, "topic", room=SECRET, topic="beer")
    answers(server, ann, "leave", room=SECRET)
    answers(server, ann, "join", room=SECRET)

    assert [each for each in told(peer) if SECRET in each] == []
