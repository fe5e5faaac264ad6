"""The current room is shown, and the others are counted."""

from parlour.client.protocol.display_items import (
    Answer,
    AnswerRow,
    IgnoredList,
    Note,
    OtherRenamed,
    OwnLine,
    Refusal,
    RoomClosed,
    RoomEntered,
    RoomLeft,
    RoomList,
    RoomListRow,
    ShowIgnored,
    ShowRooms,
    ShowTopic,
    TopicChanged,
    UserList,
)
from parlour.client.protocol.requests import Direct, LeaveRoom, Say
from tests.client.room_views.chat import Chat, message

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
        "-- You are in no room ops␛[2J: /join it, or /room for a list of yours"
    ]
    assert chat.views.writes_to == "lobby"


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


def test_a_closed_room_disappears_with_its_reason() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")

    printed = chat.happens(RoomClosed("direct:1", b"", "bob left\n-- forged"))

    assert printed == ["-- @bob is closed for you: bob left^J-- forged"]
    assert chat.prompt() == ""


def test_a_room_that_could_not_be_entered_is_reported() -> None:
    chat = Chat("lobby", "dev")

    printed = chat.happens(RoomClosed("dev", b"", "it is full"))

    assert printed == ["-- #dev is closed for you: it is full"]


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


def test_the_other_user_of_a_direct_room_is_renamed() -> None:
    chat = Chat()
    chat.enter("direct:1", "bob")

    assert chat.happens(OtherRenamed("direct:1", "rob")) == []
    assert chat.says("rob", "psst", "direct:1") == ["@rob rob: psst"]


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
        AnswerRow(SERVER, "2 messages with tea:"),
        AnswerRow("bob", "tea", prefix="7: ", room="dev"),
        AnswerRow("eve", "tea!", prefix="9: ", room="lobby"),
    )

    assert chat.happens(Answer(rows, b"", room="")) == [
        "[Server]: 2 messages with tea:",
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


def test_messages_of_an_ignored_user_are_hidden_everywhere() -> None:
    chat = Chat("lobby", "dev")

    assert chat.happens(IgnoredList(("eve", "mallory"), b"", is_requested=True)) == [
        "-- You ignore eve, mallory"
    ]
    assert chat.says("eve", "romeo!") == []
    assert chat.says("eve", "romeo!", "dev") == []
    assert chat.prompt() == "#lobby> "
    rows = (AnswerRow("eve", "one"), AnswerRow("bob", "two"))
    assert chat.happens(Answer(rows, b"")) == [
        "bob: two",
        "-- 1 message of a user whom you ignore is not shown",
    ]
    assert chat.happens(ShowIgnored()) == ["-- You ignore eve, mallory"]
    assert chat.happens(IgnoredList((), b"", is_requested=False)) == []
    assert chat.says("eve", "hello") == ["eve: hello"]
    assert chat.happens(ShowIgnored()) == ["-- You ignore nobody"]


def test_the_number_of_ignored_names_is_bounded() -> None:
    chat = Chat()
    names = tuple(f"user{number}" for number in range(201))
    chat.happens(IgnoredList(names, b"", is_requested=False))

    assert chat.says("user199", "hi") == []
    assert chat.says("user200", "hi") == ["user200: hi"]


def test_numbers_and_the_next_unread_room_are_selected_by_keys() -> None:
    chat = Chat("lobby", "dev", "ops")
    chat.says("bob", "hi", "ops")

    chat.views.select(2)
    assert chat.printed() == ["──── #dev ────"]
    chat.views.select(None)
    assert chat.printed()[-1] == "──── #ops ────"
    for nothing in (None, 4, 9):
        chat.views.select(nothing)
        assert chat.printed() == []


def test_names_are_completed_in_their_room() -> None:
    chat = Chat("lobby", "dev")
    chat.says("bob", "hi")
    chat.says("eve", "hi", "dev")
    chat.happens(UserList(("alice",), is_first=True, room="dev"))

    in_lobby = chat.views.completions
    chat.switch("dev")
    chat.says(SERVER, "eve renamed to eva", room="")

    assert in_lobby.people == ("bob",)
    assert chat.views.completions.people == ("eva", "alice")


def test_rooms_are_completed_if_they_can_be_typed() -> None:
    chat = Chat("lobby", "d\x1bev")
    chat.enter("direct:1", "bob")
    rows = (RoomListRow("ops", "", 1), RoomListRow("\x1b", "", 1))
    chat.happens(RoomList(rows, has_more=False, line=b""))

    assert chat.views.completions.joined == ("#lobby", "@bob")
    assert chat.views.completions.open == ("#ops",)


def test_the_room_to_leave_is_found_as_it_is_typed() -> None:
    chat = Chat("lobby", "dev")
    chat.enter("direct:1", "bob")

    typed = ("#Dev", "@bob", "3", "direct:1", "#nowhere")
    assert [chat.views.requested(LeaveRoom(each)) for each in typed] == [
        LeaveRoom("dev"),
        LeaveRoom("direct:1"),
        LeaveRoom("direct:1"),
        LeaveRoom("direct:1"),
        LeaveRoom("nowhere"),
    ]
    assert chat.views.requested(Say("hi", "dev")) == Say("hi", "dev")


def test_more_rooms_than_a_server_allows_are_shown_and_not_listed() -> None:
    chat = Chat(*(f"room{number}" for number in range(100)))
    chat.enter("one-more")

    assert chat.says("bob", "hi", "one-more") == ["#one-more bob: hi"]
    assert chat.switch("one-more") != ["──── #one-more ────"]


def test_a_message_of_an_unknown_room_is_shown_with_its_room() -> None:
    assert Chat().happens(message("bob", "hi", "x\ny")) == ["#x^Jy bob: hi"]
