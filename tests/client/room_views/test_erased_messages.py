"""Erased messages: what was printed stays, and what was kept is forgotten."""

from parlour.client.protocol.display_items import ChatMessage
from parlour.client.protocol.local_commands import ShowLast
from parlour.client.protocol.order_handler import NOT_REACHED
from parlour.client.protocol.order_items import MessageErased, OrderDone
from parlour.client.protocol.order_requests import Erase
from parlour.client.protocol.server_events import ERASED
from parlour.client.room_views.screen import RoomDisplay
from parlour.client.terminal.screen_reader.formatter import SpokenFormatter
from tests.client.room_views.chat import Chat

LINE = b'{"type":"erased"}'


def said(text: str, sequence: int, room: str = "lobby") -> ChatMessage:
    line = b'{"type":"message"}'
    return ChatMessage("eve", text, line, room=room, sequence=sequence)


def erased(target: int, room: str = "lobby", by: str = "ann") -> MessageErased:
    return MessageErased(room, target, by, "eve", "", LINE)


def test_a_notice_says_whose_message_was_erased() -> None:
    chat = Chat()
    chat.happens(said("secret", 1))

    assert chat.happens(erased(1)) == ["[Server]: ann has erased a message of eve"]


def test_a_notice_says_that_an_author_has_erased_a_message() -> None:
    assert Chat().happens(erased(1, by="eve")) == ["[Server]: eve has erased a message"]


def test_the_operator_erases_many_messages_of_somebody_with_one_notice() -> None:
    chat = Chat()
    many = [erased(target, by="") for target in range(1, 65)]
    notice = "[Server]: the operator has erased a message of eve"

    assert chat.happens(*many) == [notice]
    assert chat.happens(erased(65, by="ann")) == [
        "[Server]: ann has erased a message of eve"
    ]
    assert chat.happens(erased(66, by="")) == [notice]


def test_the_last_messages_have_no_erased_text() -> None:
    chat = Chat()
    chat.happens(said("secret", 1), said("other", 3), erased(1))

    lines = chat.happens(ShowLast(10, "lobby"))

    assert f"eve: {ERASED}" in lines
    assert "eve: other" in lines
    assert not any("secret" in line for line in lines)


def test_an_unread_message_of_another_room_is_shown_without_its_text() -> None:
    chat = Chat()
    chat.enter("dev")
    chat.happens(said("secret", 1, "dev"), said("other", 2, "dev"), erased(1, "dev"))

    lines = chat.switch("dev")

    assert f"eve: {ERASED}" in lines
    assert "eve: other" in lines
    assert "[Server]: ann has erased a message of eve" in lines
    assert not any("secret" in line for line in lines)


def test_only_the_room_of_the_erasure_forgets_the_text() -> None:
    chat = Chat()
    chat.enter("dev")
    chat.happens(said("kept", 1, "dev"), erased(1, "lobby"))

    assert "eve: kept" in chat.switch("dev")


def test_a_program_gets_the_line_of_the_server() -> None:
    chat = Chat(display=RoomDisplay.EXACT)

    assert chat.happens(erased(1)) == [LINE.decode()]


def test_a_pipe_gets_the_notice() -> None:
    chat = Chat(is_script=True)

    assert chat.happens(erased(1)) == ["[Server]: ann has erased a message of eve"]


def test_a_screen_reader_says_it_in_a_sentence() -> None:
    chat = Chat()
    chat.views.feed([erased(1)])

    (line,) = SpokenFormatter().lines(chat.views.take())

    assert line.text == "Server: ann has erased a message of eve"


def test_what_is_carried_out_elsewhere_says_what_it_does_not_reach() -> None:
    (line,) = Chat().happens(OrderDone(Erase("ops", 4)))

    assert line.endswith(f"Done: the message is erased. {NOT_REACHED}")
