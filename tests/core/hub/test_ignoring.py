"""Ignored users: the server drops their direct messages, and clients hide the rest."""

import pytest

from tests.core.fake_server import FakeServer
from tests.core.room_peers import (
    ask,
    codes,
    connect_in,
    drop_lines,
    kinds,
    lines,
    lose,
    people_in,
    say,
)


def test_the_whole_list_is_the_answer_sorted() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")

    assert ask(ann, "ignore", name="Cat") == [("ignored", {"names": ["Cat"]})]
    assert ask(ann, "ignore", name="Bob") == [("ignored", {"names": ["Bob", "Cat"]})]
    assert ask(ann, "ignore", name="Bob") == [("ignored", {"names": ["Bob", "Cat"]})]
    assert ask(ann, "unignore", name="Cat") == [("ignored", {"names": ["Bob"]})]
    assert ask(ann, "unignore", name="Eve") == [("ignored", {"names": ["Bob"]})]
    assert ask(ann, "unignore", name="bob") == [("ignored", {"names": []})]


def test_the_ignored_person_is_not_told() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")

    ask(ann, "ignore", name="Bob")
    server.wait(0.1)

    assert lines(bob) == []


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("ignore", "Ann", "ignore_self"),
        ("ignore", "ann", "ignore_self"),
        ("ignore", "", "bad_name"),
        ("ignore", "x" * 129, "bad_name"),
        ("unignore", "x" * 129, "bad_name"),
        ("ignore", 5, "bad_data"),
    ],
)
def test_a_name_that_cannot_be_ignored_is_refused(
    kind: str, name: object, code: str
) -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")

    ((what, error),) = ask(ann, kind, name=name)

    assert (what, error["code"], error["about"]) == ("error", code, kind)


def test_messages_in_rooms_are_delivered_as_ever() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    ask(ann, "ignore", name="Bob")

    say(bob, "lobby", "hi")

    assert codes(lines(ann)) == ["message"], "the client hides it"


def test_a_direct_message_of_one_who_is_ignored_is_dropped_and_acknowledged() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    ask(ann, "ignore", name="bob")
    ((_, room),) = ask(bob, "direct", to="Ann")

    found = ask(bob, "message", room=room["room"], message="psst", id="1")
    server.wait(0.1)

    assert [kind for kind, _ in found] == ["stored", "message"]
    assert found[0][1]["kept"] is False
    assert lines(ann) == []


def test_one_who_is_no_longer_ignored_is_heard_again() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    ask(ann, "ignore", name="Bob")
    ((_, room),) = ask(bob, "direct", to="Ann")
    say(bob, room["room"], "dropped")
    ask(ann, "unignore", name="Bob")

    say(bob, room["room"], "heard")

    (kind, shown), (_, message) = lines(ann)
    assert (kind, shown["with"]) == ("room", "Bob")
    assert message["message"] == "heard", "and not what was dropped"


def test_a_conversation_that_both_know_goes_on_in_one_direction() -> None:
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    ((_, room),) = ask(bob, "direct", to="Ann")
    say(bob, room["room"], "one")
    ask(ann, "ignore", name="Bob")
    drop_lines(server)

    say(bob, room["room"], "two")
    say(ann, room["room"], "three")

    heard = [data["message"] for kind, data in lines(ann) if kind == "message"]
    assert heard == ["three"]
    heard = [data["message"] for kind, data in lines(bob) if kind == "message"]
    assert heard == ["two", "three"]


def test_a_session_that_returns_still_ignores_and_is_told_whom() -> None:
    server = FakeServer()
    (ann,) = people_in(server, "lobby", names="Ann")
    ask(ann, "ignore", name="Bob")
    lose(server, ann)

    again = connect_in(server, "Ann", "lobby")

    found = lines(again)
    assert [kind for kind, _ in found][:2] == ["welcome", "ignored"]
    assert found[1] == ("ignored", {"names": ["Bob"]})


def test_a_new_session_ignores_nobody() -> None:
    server = FakeServer()

    ann = connect_in(server, "Ann", "lobby")

    assert "ignored" not in kinds(ann)


def test_one_who_takes_another_name_is_no_longer_ignored() -> None:
    """Guests have nothing but their names; accounts will be ignored by account."""
    server = FakeServer()
    ann, bob = people_in(server, "lobby", names="Ann Bob")
    ask(ann, "ignore", name="Bob")
    ask(bob, "set-name", name="Eve")
    drop_lines(server)

    ((_, room),) = ask(bob, "direct", to="Ann")
    say(bob, room["room"], "psst")

    assert codes(lines(ann)) == ["room", "message"]
