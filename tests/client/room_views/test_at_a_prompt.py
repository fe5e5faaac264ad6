"""The current room is shown, and the others are counted."""

import pytest

from parlour.client.protocol.display_items import (
    OtherRenamed,
    OwnLine,
    RoomEntered,
    RoomLeft,
)
from parlour.client.protocol.requests import Direct
from tests.client.room_views.chat import Chat

SERVER = "[Server]"


def test_one_room_looks_as_without_rooms() -> None:
    chat = Chat()

    assert chat.says("bob", "hello romeo") == ["bob: hello romeo"]
    assert chat.happens(OwnLine("hi")) == ["hi"]
    assert chat.prompt() == ""


def test_a_second_room_is_named_in_the_prompt() -> None:
    chat = Chat()
    chat.enter("dev")

    assert chat.prompt() == "#lobby> "
    assert chat.says("bob", "hello") == ["bob: hello"]
    assert chat.happens(OwnLine("hi")) == ["#lobby> hi"]


def test_messages_of_another_room_are_counted() -> None:
    chat = Chat("lobby", "dev", "ops")

    assert chat.says("bob", "one", "dev") == []
    assert chat.says("bob", "two", "dev") == []
    assert chat.says("eve", "three", "ops") == []
    assert chat.prompt() == "#dev 2 · #ops 1 | #lobby> "


def test_joins_and_leaves_of_another_room_are_neither_shown_nor_kept() -> None:
    chat = Chat("lobby", "dev")

    assert chat.says(SERVER, "bob has entered the chat", "dev") == []
    assert chat.says(SERVER, "bob has left the chat", "dev") == []
    assert chat.prompt() == "#lobby> "
    assert chat.switch("dev") == ["──── #dev ────"]


def test_one_s_own_name_in_another_room_prints_one_line() -> None:
    chat = Chat("lobby", "dev")

    assert chat.says("bob", "can you look, romeo?", "dev") == [
        "#dev bob: can you look, romeo?"
    ]
    assert chat.prompt() == "#dev 1 | #lobby> "


def test_a_direct_message_prints_one_line() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")

    assert chat.says("bob", "psst", "direct:1") == ["@bob bob: psst"]
    assert chat.prompt() == "@bob 1 | #lobby> "


def test_one_s_own_message_in_another_room_is_kept_and_not_counted() -> None:
    chat = Chat("lobby", "dev")

    assert chat.says("romeo", "as romeo said", "dev") == []
    assert chat.prompt() == "#lobby> "
    assert chat.switch("dev") == ["romeo: as romeo said", "──── #dev ────"]


def test_switching_prints_what_is_unread_once() -> None:
    chat = Chat("lobby", "dev")
    chat.says("bob", "one", "dev")
    chat.says(SERVER, "2 messages are missing", "dev")
    chat.says("eve", "two", "dev")

    assert chat.switch("dev") == [
        "-- 2 unread messages in #dev:",
        "bob: one",
        "[Server]: 2 messages are missing",
        "eve: two",
        "──── #dev ────",
    ]
    assert chat.says("bob", "three", "dev") == ["bob: three"]
    assert chat.says("bob", "four") == []
    assert chat.prompt() == "#lobby 1 | #dev> "
    assert chat.switch("1") == [
        "-- 1 unread message in #lobby:",
        "bob: four",
        "──── #lobby ────",
    ]
    assert chat.switch("2") == ["──── #dev ────"]


def test_dropped_messages_are_announced() -> None:
    chat = Chat("lobby", "dev")
    for number in range(501):
        chat.says("bob", str(number), "dev")

    first, second, *_ = chat.switch("dev")

    assert first == "-- 501 unread messages in #dev, the last 500 (/history for more):"
    assert second == "bob: 1"


def test_switching_to_the_current_room_prints_nothing() -> None:
    assert Chat("lobby", "dev").switch("lobby") == []


def test_switching_to_an_unknown_room_is_refused() -> None:
    chat = Chat("lobby", "dev")

    assert chat.switch("ops\x1b[2J") == [
        "-- You are not in #ops␛[2j: /join ops␛[2j, or /room for a list of yours"
    ]
    assert chat.views.writes_to == "lobby"


@pytest.mark.parametrize(
    ("target", "note"),
    [
        ("99", "No room of yours has the number 99: /room lists them"),
        ("@romeo", "You have no conversation with romeo: /msg romeo"),
        ("@jan novak", 'You have no conversation with jan novak: /msg "jan novak"'),
        ("lobby", "You are not in #lobby: /join lobby, or /room for a list of yours"),
        ("#Ops", "You are not in #ops: /join ops, or /room for a list of yours"),
        ("#99", "You are not in #99: /join 99, or /room for a list of yours"),
        ("a b", "You are not in #a b: the name of a room is one word"),
        ("@", "You are not in @: /room lists your rooms"),
    ],
)
def test_the_note_about_an_unknown_room_says_what_to_type(
    target: str, note: str
) -> None:
    assert Chat("verona", "dev").switch(target) == [f"-- {note}"]


def test_lines_go_to_the_current_room() -> None:
    chat = Chat("lobby", "dev")
    before = chat.views.writes_to
    chat.switch("dev")

    assert (before, chat.views.writes_to) == ("lobby", "dev")


def test_a_requested_room_becomes_current() -> None:
    chat = Chat()

    printed = chat.happens(RoomEntered("dev", b"", "all about it", is_requested=True))

    assert printed == ["──── #dev ────", "-- You are in #dev: all about it"]
    assert chat.prompt() == "#dev> "


def test_a_room_that_is_entered_again_after_an_outage_stays_as_it_is() -> None:
    chat = Chat("lobby", "dev")
    chat.says("bob", "hi", "dev")

    assert chat.enter("dev") == []
    assert chat.prompt() == "#dev 1 | #lobby> "


def test_the_room_before_is_current_after_leaving() -> None:
    chat = Chat("lobby", "dev")
    chat.switch("dev")
    chat.says("bob", "hi")

    assert chat.happens(RoomLeft("dev", b"")) == [
        "-- You left #dev",
        "-- 1 unread message in #lobby:",
        "bob: hi",
        "──── #lobby ────",
    ]
    assert chat.prompt() == ""


def test_one_may_be_in_no_room() -> None:
    chat = Chat()

    assert chat.happens(RoomLeft("lobby", b"")) == [
        "-- You left #lobby",
        "-- You are in no room: /join #ROOM, or /rooms for a list",
    ]
    assert chat.prompt() == "no room> "
    assert chat.views.writes_to == ""


def test_a_message_to_a_user_does_not_switch() -> None:
    chat = Chat()
    chat.views.requested(Direct("bob", "psst"))

    entered = RoomEntered("direct:1", b"", other="bob", is_requested=True)
    assert chat.happens(entered) == []
    assert chat.says("romeo", "psst", "direct:1") == ["@bob romeo: psst"]
    assert chat.prompt() == "#lobby> "


def test_opening_a_direct_room_switches_to_it() -> None:
    chat = Chat()
    chat.views.requested(Direct(" Bob", ""))

    assert chat.happens(
        RoomEntered("direct:1", b"", other="bob", is_kept=False, is_requested=True)
    ) == [
        "──── @bob ────",
        (
            "-- You are in @bob, a conversation of two; nothing is stored, and it ends "
            "when one of you leaves"
        ),
    ]
    assert chat.prompt() == "@bob> "


def test_the_user_is_told_if_the_other_one_cannot_answer() -> None:
    chat = Chat()
    chat.views.requested(Direct("bob", ""))
    room = RoomEntered("direct:1", b"", other="bob", is_kept=False, is_requested=True)

    assert chat.happens(room._replace(is_one_way=True))[1] == (
        "-- You are in @bob, a conversation of two; nothing is stored, and it ends "
        "when one of you leaves; the client of bob shows what you write, and cannot "
        "answer"
    )


def test_one_who_sends_a_single_text_is_told_if_the_other_one_cannot_answer() -> None:
    chat = Chat()
    chat.views.requested(Direct("bob", "psst"))
    room = RoomEntered("direct:1", b"", other="bob", is_kept=False, is_requested=True)

    assert chat.happens(room._replace(is_one_way=True)) == [
        "-- The client of bob shows what you write, and cannot answer"
    ]
    assert chat.prompt() == "#lobby> "


def test_the_other_user_of_a_direct_room_is_renamed() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")

    assert chat.happens(OtherRenamed("direct:1", "rob")) == []
    assert chat.says("rob", "psst", "direct:1") == ["@rob rob: psst"]


def test_numbers_and_the_next_unread_room_are_selected_by_keys() -> None:
    chat = Chat("lobby", "dev", "ops")
    chat.says("bob", "hi", "ops")

    chat.views.memberships.select(2)
    assert chat.printed() == ["──── #dev ────"]
    chat.views.memberships.select(None)
    assert chat.printed()[-1] == "──── #ops ────"
    for nothing in (None, 4, 9):
        chat.views.memberships.select(nothing)
        assert chat.printed() == []
