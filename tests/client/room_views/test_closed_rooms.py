"""Rooms that are closed, and lines that were not sent to them."""

import pytest

from parlour.client.protocol.display_items import (
    Refusal,
    RoomClosed,
    RoomEntered,
    RoomLeft,
    UserList,
)
from parlour.client.room_views.joined_rooms import MAX_FORMER, JoinedRooms
from parlour.client.room_views.screen import RoomDisplay
from tests.client.room_views.chat import Chat


def test_a_closed_room_disappears_with_its_reason() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")

    printed = chat.happens(RoomClosed("direct:1", b"", "bob left\n-- forged"))

    assert printed == ["-- @bob is closed for you: bob left^J-- forged"]
    assert chat.prompt() == ""


def test_the_current_room_stays_when_it_is_closed() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")
    chat.switch("@bob")

    printed = chat.happens(RoomClosed("direct:1", b"", "bob left"))

    assert printed == ["-- @bob is closed for you: bob left"]
    assert chat.prompt() == "@bob (closed)> "
    assert chat.views.closed == "@bob is closed. Switch to another room: /room"


@pytest.mark.parametrize(
    ("reason", "what_next"),
    [
        ("kicked", "To return: /join lobby"),
        ("banned", "Switch to another room: /room"),
    ],
)
def test_a_user_who_was_removed_is_not_in_the_room(reason: str, what_next: str) -> None:
    chat = Chat()
    chat.happens(UserList(("romeo", "juliet"), is_first=True, room="lobby"))
    assert chat.views.prompt("").users == 2

    chat.happens(RoomClosed("lobby", b"", reason))

    assert chat.prompt() == "#lobby (not joined)> "
    assert chat.views.prompt("").users == 0
    assert chat.views.closed == f"you are not in #lobby. {what_next}"
    chat.enter("lobby")
    chat.happens(RoomClosed("lobby", b"", "it is full"))
    assert chat.prompt() == "#lobby (closed)> "


def test_a_private_room_is_not_entered_again_without_an_invitation() -> None:
    chat = Chat()
    chat.happens(RoomEntered("den", b"{}", is_private=True))

    printed = chat.happens(RoomClosed("den", b"", "kicked"))

    assert printed == ["-- You were removed from #den"]


def test_a_closed_room_disappears_after_a_switch() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")
    chat.switch("@bob")
    chat.happens(RoomClosed("direct:1", b"", "bob left"))

    assert chat.switch("#lobby") == ["──── #lobby ────"]
    assert chat.prompt() == ""
    assert chat.switch("@bob")[0].startswith("-- You have no conversation with bob")


def test_a_new_conversation_comes_before_a_closed_one() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")
    chat.switch("@bob")
    chat.happens(RoomClosed("direct:1", b"", "bob left"))
    chat.enter("direct:2", "bob")

    chat.switch("@bob")

    assert chat.views.writes_to == "direct:2"
    assert chat.prompt() == "@bob> "


def test_a_room_that_is_entered_again_is_not_closed_any_more() -> None:
    chat = Chat("dev")
    chat.happens(RoomClosed("dev", b"", "it is full"))
    assert chat.prompt() == "#dev (closed)> "

    chat.enter("dev")

    assert chat.prompt() == ""


def test_lines_that_are_not_sent_to_a_closed_room_are_reported() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")

    printed = chat.happens(
        RoomClosed("direct:1", b"", "over", unsent=("a\nb",), uncertain=("c",))
    )

    assert printed == [
        "-- @bob is closed for you: over",
        "-- Not sent to @bob: a^Jb",
        "-- @bob may not have received: c",
    ]


def test_a_room_that_could_not_be_entered_is_reported() -> None:
    chat = Chat("lobby", "dev")

    printed = chat.happens(RoomClosed("dev", b"", "it is full"))

    assert printed == ["-- #dev is closed for you: it is full"]


def test_a_text_to_a_user_who_is_not_there_is_reported() -> None:
    chat = Chat()
    refusal = Refusal("nobody is", b"{}", "no_such_user", "", "direct", "bob", "psst")

    assert chat.happens(refusal) == [
        "[Server]: nobody is",
        "-- Not sent to @bob: psst",
    ]


def test_a_program_reads_the_text_that_was_not_sent() -> None:
    chat = Chat(display=RoomDisplay.EXACT, is_script=True)
    refusal = Refusal("nobody is", b"{}", "no_such_user", "", "direct", "bob", "psst")

    assert chat.happens(refusal) == ["{}", "-- Not sent to @bob: psst"]


def test_a_line_to_a_direct_room_that_was_left_is_reported_with_its_title() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")
    chat.happens(RoomLeft("direct:1", b""))
    refusal = Refusal(
        "it is over", b"{}", "no_such_room", "direct:1", "message", unsent="hi"
    )

    assert chat.happens(refusal) == [
        "@bob [Server]: it is over",
        "-- Not sent to @bob: hi",
    ]


def test_the_name_of_an_unknown_direct_room_is_never_shown() -> None:
    chat = Chat()
    refusal = Refusal(
        "it is over", b"{}", "no_such_room", "direct:1", "message", unsent="hi"
    )

    printed = chat.happens(refusal, RoomLeft("direct:2", b""))

    assert printed == [
        "[Server]: it is over",
        "-- Not sent to a direct room: hi",
        "-- You left a direct room",
    ]


def test_the_titles_of_rooms_that_were_left_are_bounded() -> None:
    joined = JoinedRooms(())
    for number in range(MAX_FORMER + 1):
        joined.enter(f"direct:{number}")
        joined.leave(f"direct:{number}")

    assert joined.former_label("direct:0") == ""
    assert joined.former_label("direct:1") != ""
