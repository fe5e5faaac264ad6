"""Topics, lists of rooms, messages, history and search, by room."""

import pytest

from parlour.core.entries import TopicSet
from parlour.core.events import LOBBY, SessionId
from parlour.core.limits import ROOMS_PAGE
from tests.core.fake_server import FakeServer
from tests.core.room_peers import (
    ask,
    connect_in,
    drop_lines,
    lines,
    people_in,
    say,
)


def test_a_topic_is_told_to_all_members_with_who_set_it() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "dev", names="Ann Bob")

    found = ask(ann, "topic", room="dev", topic="gardens")

    topic = ("topic", {"room": "dev", "topic": "gardens", "by": "Ann"})
    server.wait(0.1)
    assert found + lines(ann) == lines(bob) == [topic]
    ask(ann, "topic", room="dev", topic="")
    server.wait(0.1)
    assert lines(bob) == [("topic", {"room": "dev", "topic": "", "by": "Ann"})]


def test_a_topic_that_the_operator_sets_arrives_without_a_name() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")

    for topic in ("gardens", ""):
        server.hub.operate(TopicSet(LOBBY, SessionId(0), topic))
        server.wait(0.1)

        assert lines(ann) == [("topic", {"room": "lobby", "topic": topic})]


@pytest.mark.parametrize("topic", ["", "gardens"])
def test_a_topic_that_is_set_already_is_told_to_its_proposer_alone(topic: str) -> None:
    server = FakeServer()
    ann, bob = people_in(server, "dev", names="Ann Bob")
    if topic:
        ask(ann, "topic", room="dev", topic=topic)
        drop_lines(server)

    found = ask(bob, "topic", room="dev", topic=topic)
    server.wait(0.1)

    told = ("topic", {"room": "dev", "topic": topic, "by": "Bob"})
    assert found + lines(bob) == [told]
    assert lines(ann) == []


@pytest.mark.parametrize(
    ("room", "topic", "code"),
    [
        ("dev", "x" * 201, "bad_topic"),
        ("dev", "one\ntwo", "bad_topic"),
        ("ops", "x", "not_in_room"),
        ("nowhere", "x", "not_in_room"),
    ],
)
def test_a_topic_is_refused(room: str, topic: str, code: str) -> None:
    server = FakeServer()
    people_in(server, "ops", names="Bob")
    (ann,) = people_in(server, "dev", names="Ann")

    ((kind, error),) = ask(ann, "topic", room=room, topic=topic)

    assert (kind, error["code"], error["about"]) == ("error", code, "topic")
    assert error["room"] == room


def test_a_topic_is_kept_by_the_server() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "dev", names="Ann")
    ask(ann, "topic", room="dev", topic="x" * 200)
    server.restart()

    bob = connect_in(server, "Bob", "dev")

    (topic,) = [data["topic"] for kind, data in lines(bob) if kind == "room"]
    assert topic == "x" * 200


@pytest.mark.parametrize(
    ("data", "rooms", "has_more"),
    [
        ({}, ["art", "dev", "lobby"], False),
        ({"limit": 2}, ["art", "dev"], True),
        ({"after": "art", "limit": 1}, ["dev"], True),
        ({"after": "dev"}, ["lobby"], False),
        ({"after": "zoo"}, [], False),
    ],
)
def test_open_rooms_are_listed(
    data: dict[str, object], rooms: list[str], *, has_more: bool
) -> None:
    server = FakeServer()
    ann, _ = people_in(server, "dev", "lobby", names="Ann Bob")
    ask(ann, "join", room="art")
    ask(ann, "topic", room="art", topic="gardens")
    ask(ann, "direct", to="Bob")
    drop_lines(server)

    ((kind, listed),) = ask(ann, "rooms", **data)

    assert kind == "rooms"
    assert [each["room"] for each in listed["rooms"]] == rooms
    assert listed["more"] is has_more
    if "art" in rooms:
        assert listed["rooms"][0] == {"room": "art", "topic": "gardens", "users": 1}


def test_a_hundred_rooms_are_listed_by_default() -> None:
    server = FakeServer()
    people_in(server, "lobby", *(f"r{n}" for n in range(99)), names="Ann")
    (bob,) = people_in(server, "another", names="Bob")

    ((_, listed),) = ask(bob, "rooms")

    assert (len(listed["rooms"]), listed["more"]) == (ROOMS_PAGE, True)
    assert ROOMS_PAGE == 100


@pytest.mark.parametrize("limit", [0, -1, "x"])
def test_a_list_of_rooms_with_a_wrong_limit_is_refused(limit: object) -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")

    ((_, error),) = ask(ann, "rooms", limit=limit)

    assert (error["code"], error["about"]) == ("bad_data", "rooms")


def test_a_message_is_told_in_its_room_alone() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", "dev", names="Ann Bob")
    (cat,) = people_in(server, "lobby", names="Cat")

    found = ask(ann, "message", room="dev", message="hi", id="1")

    stored = ("stored", {"id": "1", "room": "dev", "sequence": 1})
    assert found[0] == stored
    ((kind, message),) = lines(bob)
    assert kind == "message"
    assert {**message, "time": ""} == {
        "room": "dev",
        "sequence": 1,
        "time": "",
        "source": "Ann",
        "message": "hi",
    }
    assert lines(cat) == []


def test_each_room_has_its_own_sequences() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", "dev", names="Ann")

    for room in ("lobby", "dev", "dev", "lobby"):
        say(ann, room, "x")

    said = [data for kind, data in lines(ann) if kind == "message"]
    assert [(data["room"], data["sequence"]) for data in said] == [
        ("lobby", 1),
        ("dev", 1),
        ("dev", 2),
        ("lobby", 2),
    ]


@pytest.mark.parametrize(
    ("room", "code"), [("dev", "not_in_room"), ("nowhere", "no_such_room")]
)
def test_a_message_to_a_room_one_is_not_in_is_refused(room: str, code: str) -> None:
    server = FakeServer()
    people_in(server, "dev", names="Bob")
    (ann,) = people_in(server, "lobby", names="Ann")

    ((_, error),) = ask(ann, "message", room=room, message="x", id="7")

    assert (error["code"], error["id"]) == (code, "7")
    assert (error["room"], error["about"]) == (room, "message")


@pytest.mark.parametrize(
    ("kind", "data", "answer"),
    [
        ("history", {}, "history"),
        ("search", {"words": "one"}, "found"),
        ("users", {}, "users"),
    ],
)
def test_every_open_room_can_be_read_without_being_in_it(
    kind: str, data: dict[str, object], answer: str
) -> None:
    server = FakeServer()
    (bob,) = people_in(server, "dev", names="Bob")
    say(bob, "dev", "one")
    (ann,) = people_in(server, "lobby", names="Ann")

    ((what, page),) = ask(ann, kind, room="dev", **data)

    assert (what, page["room"]) == (answer, "dev")
    assert len(page.get("messages") or page["users"]) == 1


@pytest.mark.parametrize("kind", ["history", "search", "users"])
@pytest.mark.parametrize("room", ["nowhere", "direct:0123456789abcdef"])
def test_no_other_room_can_be_read(kind: str, room: str) -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")

    ((_, error),) = ask(ann, kind, room=room, words="x")

    assert (error["code"], error["about"]) == ("no_such_room", kind)
    assert error["room"] == room


def test_a_search_in_all_rooms_finds_the_newest_in_those_one_is_in() -> None:
    server = FakeServer()
    (bob,) = people_in(server, "lobby", "dev", "ops", names="Bob")
    for room, text in (("lobby", "tea 1"), ("ops", "tea 2"), ("dev", "tea 3")):
        say(bob, room, text)
    (ann,) = people_in(server, "lobby", "dev", names="Ann")

    ((kind, found),) = ask(ann, "search", words="tea", all=True)

    assert kind == "found"
    assert "room" not in found
    rooms = [(each["room"], each["message"]) for each in found["messages"]]
    assert sorted(rooms) == [("dev", "tea 3"), ("lobby", "tea 1")]


def test_a_search_in_all_rooms_has_no_sequence_to_begin_before() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")

    ((_, error),) = ask(ann, "search", words="tea", all=True, before=5)

    assert (error["code"], error["about"]) == ("bad_data", "search")
