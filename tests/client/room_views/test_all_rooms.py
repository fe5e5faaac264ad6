"""Without a prompt, everything is shown: several rooms with their names in front."""

from parlour.client.exit_status import ExitCode
from parlour.client.protocol.display_items import (
    Answer,
    AnswerRow,
    Note,
    Refusal,
    RoomEntered,
    RoomList,
    RoomListRow,
    TopicChanged,
)
from parlour.client.protocol.local_commands import ShowTopic
from parlour.client.protocol.requests import Direct, Join, LeaveRoom
from parlour.client.room_views.screen import RoomDisplay
from tests.client.room_views.chat import Chat

ALL, EXACT = RoomDisplay.ALL, RoomDisplay.EXACT


def test_one_room_is_not_named() -> None:
    chat = Chat(display=ALL, is_script=True)

    assert chat.says("bob", "hello romeo") == ["bob: hello romeo"]


def test_several_rooms_are_named_in_front_of_each_line() -> None:
    chat = Chat("lobby", "dev", display=ALL, is_script=True)

    assert chat.says("bob", "one") == ["#lobby bob: one"]
    assert chat.says("[Server]", "eve has left the chat", "dev") == [
        "#dev [Server]: eve has left the chat"
    ]
    assert chat.happens(Answer((AnswerRow("bob", "hi"),), b"", "dev")) == [
        "#dev bob: hi"
    ]
    assert chat.happens(Note("more", "dev")) == ["-- #dev: more"]


def test_a_room_that_is_entered_later_names_all_of_them_from_then_on() -> None:
    chat = Chat(display=ALL, is_script=True)

    assert chat.happens(RoomEntered("dev", b"", is_requested=True)) == [
        "-- You are in #dev"
    ]
    assert chat.says("bob", "one") == ["#lobby bob: one"]


def test_a_direct_message_does_not_change_how_the_room_is_shown() -> None:
    chat = Chat(display=ALL, is_script=True)
    chat.enter("direct:1", "bob")

    assert chat.says("bob", "psst", "direct:1") == ["@bob bob: psst"]
    assert chat.says("bob", "hello") == ["bob: hello"]


def test_one_room_is_named_if_the_user_wants_it() -> None:
    chat = Chat(display=ALL, labels_all=True)

    assert chat.says("bob", "hello") == ["#lobby bob: hello"]
    assert chat.prompt() == ""


def test_all_rooms_at_a_prompt_are_shown_and_not_counted() -> None:
    chat = Chat("lobby", "dev", display=ALL, labels_all=True)

    assert chat.says("bob", "hello", "dev") == ["#dev bob: hello"]
    assert chat.prompt() == "#lobby> "
    assert chat.switch("dev") == []
    assert chat.prompt() == "#dev> "


def test_a_script_writes_to_its_first_room() -> None:
    assert Chat("dev", "ops", display=ALL, is_script=True).views.writes_to == "dev"


def test_a_script_writes_to_a_room_as_soon_as_it_has_asked_for_it() -> None:
    chat = Chat(display=ALL, is_script=True)

    chat.views.requested(Join("dev"))

    assert chat.views.writes_to == "dev"


def test_a_script_that_leaves_its_room_writes_to_the_first_of_the_others() -> None:
    chat = Chat("lobby", "dev", display=ALL, is_script=True)
    chat.views.requested(Join("ops"))

    rooms = [chat.views.writes_to]
    for _ in range(3):
        chat.views.requested(LeaveRoom(chat.views.writes_to))
        rooms.append(chat.views.writes_to)

    assert rooms == ["ops", "lobby", "dev", ""]


def test_the_topic_of_a_room_that_is_not_entered_yet_is_not_known() -> None:
    chat = Chat(display=ALL, is_script=True)

    (note,) = chat.happens(ShowTopic("dev"))

    assert note.startswith("-- You are not in #dev")


def test_lines_of_a_script_never_go_to_another_room_than_it_names() -> None:
    chat = Chat(display=ALL, is_script=True)

    assert chat.switch("#Dev")[0].startswith("-- You are not in #dev")
    assert chat.views.writes_to == "dev"
    assert chat.status.code is ExitCode.BAD_COMMAND
    chat.switch("@bob")
    assert chat.views.writes_to == ""


def test_a_direct_room_that_a_script_opens_is_not_where_it_writes_to() -> None:
    chat = Chat(display=ALL, is_script=True)
    chat.views.requested(Direct("bob", "psst"))
    chat.happens(RoomEntered("direct:1", b"", other="bob", is_requested=True))

    assert chat.views.writes_to == "lobby"


def test_programs_get_exactly_what_the_server_sends() -> None:
    chat = Chat("lobby", "dev", display=EXACT, is_script=True)
    rows = (RoomListRow("dev", "", 1),)

    assert chat.says("bob", "hi", "dev") == ['{"type":"message"}']
    assert chat.happens(
        RoomEntered("ops", b'{"type":"room"}', is_requested=True),
        TopicChanged("dev", "x", "bob", b'{"type":"topic"}'),
        RoomList(rows, has_more=True, line=b'{"type":"rooms"}'),
    ) == ['{"type":"room"}', '{"type":"topic"}', '{"type":"rooms"}']
    assert chat.happens(ShowTopic("dev")) == ["-- The topic of #dev: x"]


def test_programs_learn_what_the_client_itself_refuses() -> None:
    chat = Chat("lobby", "dev", display=EXACT, is_script=True)
    refused = Refusal('{"type":"error"} is no line', b"", "", "", "direct")

    assert chat.happens(Refusal("muted", b'{"type":"error"}', "muted", "dev")) == [
        '{"type":"error"}'
    ]
    assert chat.happens(refused) == ['-- {"type":"error"} is no line']
