"""Answers, refusals, lists and topics, and the names that Tab completes."""

from parlour.client.protocol.display_items import (
    Answer,
    AnswerRow,
    IgnoredList,
    Note,
    Refusal,
    RoomClosed,
    RoomList,
    RoomListRow,
    TopicChanged,
    UserList,
)
from parlour.client.protocol.local_commands import ShowIgnored, ShowRooms, ShowTopic
from parlour.client.protocol.requests import LeaveRoom, Say
from parlour.client.protocol.rooms import MAX_ROOMS
from parlour.client.room_views.open_rooms import MAX_OPEN_ROOMS
from tests.client.room_views.chat import Chat, message

SERVER = "[Server]"


def test_answers_and_refusals_about_another_room_name_it() -> None:
    chat = Chat("lobby", "dev")
    rows = (AnswerRow(SERVER, "earlier messages:"), AnswerRow("bob", "hi"))

    assert chat.happens(Answer(rows, b"", "dev")) == [
        "#dev [Server]: earlier messages:",
        "#dev bob: hi",
    ]
    assert chat.happens(Refusal("no", b"{}", "bad_topic", "dev", "topic")) == [
        "#dev [Server]: no"
    ]
    assert chat.happens(Refusal("no", b"{}", "bad_topic", "lobby", "topic")) == [
        "[Server]: no"
    ]
    assert chat.happens(Note("older: /history before 9", "dev")) == [
        "-- #dev: older: /history before 9"
    ]


def test_results_of_a_search_in_all_rooms_name_their_rooms() -> None:
    chat = Chat("lobby", "dev")
    rows = (
        AnswerRow(SERVER, "2 messages with “tea”:"),
        AnswerRow("bob", "tea", prefix="7: ", room="dev"),
        AnswerRow("eve", "tea!", prefix="9: ", room="lobby"),
    )

    assert chat.happens(Answer(rows, b"", room="")) == [
        "[Server]: 2 messages with “tea”:",
        "#dev 7: bob: tea",
        "#lobby 9: eve: tea!",
    ]


def test_what_concerns_no_room_is_shown_as_it_is() -> None:
    chat = Chat("lobby", "dev")

    assert chat.says(SERVER, "bob renamed to rob", room="") == [
        "[Server]: bob renamed to rob"
    ]


def test_a_topic_is_announced_and_shown() -> None:
    chat = Chat("lobby", "dev")

    assert chat.happens(TopicChanged("lobby", "tea\n-- x", "bob", b"")) == [
        "[Server]: bob changed the topic to: tea^J-- x"
    ]
    assert chat.happens(ShowTopic("lobby")) == ["-- The topic of #lobby: tea^J-- x"]
    assert chat.happens(TopicChanged("lobby", "", "bob", b"")) == [
        "[Server]: bob removed the topic"
    ]
    assert chat.happens(ShowTopic("lobby")) == ["-- #lobby has no topic"]
    assert chat.happens(TopicChanged("lobby", "milk", "", b"")) == [
        "[Server]: the operator changed the topic to: milk"
    ]
    assert chat.happens(TopicChanged("dev", "tests", "bob", b"")) == []
    assert chat.switch("dev") == [
        "[Server]: bob changed the topic to: tests",
        "──── #dev ────",
    ]


def test_one_s_own_rooms_are_listed_with_their_numbers() -> None:
    chat = Chat("lobby", "dev")
    chat.enter("direct:1", "bob")
    chat.enter("ops", topic="disks\r\n")
    chat.says("bob", "psst", "direct:1")

    assert chat.happens(ShowRooms()) == [
        "-- 1 #lobby (current)",
        "-- 2 #dev",
        "-- 3 @bob, 1 unread",
        "-- 4 #ops: disks^M^J",
    ]


def test_the_open_rooms_are_listed() -> None:
    chat = Chat()
    rows = (RoomListRow("dev", "tests", 1), RoomListRow("lobby", "", 1_200))

    assert chat.happens(RoomList(rows, has_more=True, line=b"")) == [
        "[Server]: 2 open rooms:",
        "[Server]: #dev, 1 user: tests",
        "[Server]: #lobby, 1,200 users",
        "-- more: /rooms #lobby",
    ]
    assert chat.happens(RoomList((), has_more=False, line=b"")) == [
        "[Server]: 0 open rooms"
    ]


def test_the_heading_says_after_which_room_the_open_rooms_are_listed() -> None:
    chat = Chat()
    rows = (RoomListRow("lobby", "", 1),)

    assert chat.happens(
        RoomList(rows, False, b"", "dev"), RoomList((), False, b"", "z")
    ) == [
        "[Server]: after #dev: 1 open room:",
        "[Server]: #lobby, 1 user",
        "[Server]: after #z: 0 open rooms",
    ]


def test_ignored_users_are_listed() -> None:
    chat = Chat()
    names = ("eve", "-- mallory\n")

    assert chat.happens(ShowIgnored()) == ["-- You ignore nobody"]
    assert chat.happens(IgnoredList(names, b"", is_requested=True)) == [
        "-- You ignore eve, ◌-- mallory^J"
    ]
    assert chat.happens(ShowIgnored()) == ["-- You ignore eve, ◌-- mallory^J"]
    assert chat.happens(IgnoredList((), b"", is_requested=False)) == []
    assert chat.happens(ShowIgnored()) == ["-- You ignore nobody"]


def test_names_are_completed_in_their_room() -> None:
    chat = Chat("lobby", "dev")
    chat.says("bob", "hi")
    chat.says("eve", "hi", "dev")
    chat.happens(UserList(("alice",), is_first=True, room="dev"))

    in_lobby = chat.views.completions
    chat.switch("dev")
    chat.says(SERVER, "eve renamed to eva", "dev")

    assert in_lobby.people == ("bob",)
    assert chat.views.completions.people == ("eva", "alice")


def test_rooms_are_completed_if_they_can_be_typed() -> None:
    chat = Chat("lobby", "d\x1bev")
    chat.enter("direct:1", "bob")
    rows = (RoomListRow("ops", "", 1), RoomListRow("\x1b", "", 1))
    chat.happens(RoomList(rows, has_more=False, line=b""))

    assert chat.views.completions.joined == ("#lobby", "@bob")
    assert chat.views.completions.open == ("#ops",)


def test_the_names_of_open_rooms_are_bounded() -> None:
    chat = Chat()
    rows = tuple(RoomListRow(f"room{number}", "", 1) for number in range(1_001))
    chat.happens(RoomList(rows, has_more=False, line=b""))

    assert len(chat.views.completions.open) == MAX_OPEN_ROOMS == 1_000
    assert chat.views.completions.open[-1] == "#room1000"


def test_a_long_topic_or_reason_is_cut_in_a_note() -> None:
    chat = Chat("lobby", "dev")
    chat.happens(TopicChanged("lobby", "x" * 201, "bob", b""))

    cut = "x" * 199 + "…"
    assert chat.happens(ShowTopic("lobby")) == [f"-- The topic of #lobby: {cut}"]
    assert chat.happens(RoomClosed("dev", b"", "x" * 201)) == [
        f"-- #dev is closed for you: {cut}"
    ]


def test_the_room_to_leave_is_found_as_it_is_typed() -> None:
    chat = Chat("lobby", "dev")
    chat.enter("direct:1", "bob")

    typed = ("#Dev", "@bob", "3", "direct:1", "#nowhere")
    assert [chat.views.memberships.to_leave(each) for each in typed] == [
        LeaveRoom("dev"),
        LeaveRoom("direct:1"),
        LeaveRoom("direct:1"),
        LeaveRoom("direct:1"),
        LeaveRoom("nowhere"),
    ]
    assert chat.views.requested(Say("hi", "dev")) == Say("hi", "dev")


def test_more_rooms_than_a_server_allows_are_shown_and_not_listed() -> None:
    chat = Chat(*(f"room{number}" for number in range(MAX_ROOMS)))
    chat.enter("one-more")

    assert chat.says("bob", "hi", "one-more") == ["#one-more bob: hi"]
    assert chat.switch("one-more") != ["──── #one-more ────"]


def test_a_message_of_an_unknown_room_is_shown_with_its_room() -> None:
    assert Chat().happens(message("bob", "hi", "x\ny")) == ["#x^Jy bob: hi"]
