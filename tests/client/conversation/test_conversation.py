import json

import pytest

from parlour.client.conversation import MAX_UNSENT, Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.connection import MAX_SERVER_LINE
from parlour.client.protocol.display_items import (
    ChatMessage,
    DisplayItem,
    Note,
    OwnLine,
    UnknownLine,
)
from tests.client.server_lines import plain_message

HI = b'{"type": "message", "data": "hi"}\n'


def pipe() -> Conversation:
    return Conversation(interactive=False)


def person() -> Conversation:
    return Conversation(interactive=True)


def carry(conversation: Conversation, now: float = 0) -> bytes:
    """Take what is to be sent, as a network that takes all at once."""
    data = conversation.data_to_send()
    conversation.written(0, now)
    return data


def notes(shown: list[DisplayItem]) -> list[str]:
    return [item.text for item in shown if isinstance(item, Note)]


def test_lines_of_a_pipe_go_out_in_order() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\r\n\n  \n/set", 0)
    conversation.receive_input(b"name Kobzol\n/history\n/users\n//x\n\xff", 0)
    conversation.receive_input(b"", 0)

    sent = [json.loads(line) for line in carry(conversation).splitlines()]
    assert [(line["type"], line["data"]) for line in sent] == [
        ("message", "hi"),
        ("set-name", "Kobzol"),
        ("history", ""),
        ("users", ""),
        ("message", "/x"),
    ]
    assert conversation.exit_code == ExitCode.REFUSED  # the last line is no text


def test_a_name_is_taken_before_anything_is_said() -> None:
    conversation = Conversation(interactive=False, name="Kobzol")

    conversation.receive_input(b"hi\n", 0)

    rename = b'{"type": "set-name", "data": "Kobzol"}\n'
    assert conversation.data_to_send() == rename
    conversation.receive(plain_message("[Server]", "you renamed to Kobzol"), 0)
    assert conversation.data_to_send() == HI


def test_what_the_server_says_is_shown_in_order() -> None:
    conversation = pipe()

    conversation.receive(
        plain_message("a", "1") + b"{}\n\n" + plain_message("b", "2")[:-1], 0
    )
    conversation.receive(b"\n", 0)

    assert conversation.items_to_show() == [
        ChatMessage("a", "1", plain_message("a", "1")[:-1]),
        UnknownLine(b"{}", is_reported=True),
        UnknownLine(b"", is_reported=False),
        ChatMessage("b", "2", plain_message("b", "2")[:-1]),
    ]


def test_a_line_of_megabytes_is_shown_and_a_larger_one_is_survived() -> None:
    conversation = pipe()
    large = "x" * (MAX_SERVER_LINE - 200)

    conversation.receive(plain_message("a", large), 0)
    conversation.receive(
        plain_message("a", large + "x" * 200) + plain_message("a", "after"), 0
    )

    first, strange, after = conversation.items_to_show()
    assert isinstance(first, ChatMessage)
    assert first.text == large
    assert isinstance(strange, UnknownLine)
    assert isinstance(after, ChatMessage)
    assert after.text == "after"


@pytest.mark.parametrize("line", ["/jion", "/", "/setname", "/users please"])
def test_a_bad_command_is_not_sent_and_fails_a_pipe(line: str) -> None:
    conversation = pipe()

    conversation.receive_input(f"{line}\nhi\n".encode(), 0)

    assert conversation.data_to_send() == HI
    assert len(notes(conversation.items_to_show())) == 1
    assert conversation.exit_code == ExitCode.BAD_COMMAND


def test_a_person_may_err() -> None:
    conversation = person()

    assert conversation.submit_line("/jion", 0)
    assert not conversation.submit_line("x" * 20_000, 0)

    assert conversation.data_to_send() == b""
    assert len(notes(conversation.items_to_show())) == 2
    assert conversation.exit_code == ExitCode.SUCCESS


@pytest.mark.parametrize("line", ["x" * 16_384, "x" * 99_999, "ž" * 3_000])
def test_a_line_too_long_is_refused_whole_and_fails_a_pipe(line: str) -> None:
    conversation = pipe()

    conversation.receive_input(f"{line}\n/jion\nhi\n".encode(), 0)

    assert conversation.data_to_send() == HI
    assert "Not sent" in notes(conversation.items_to_show())[0]
    assert conversation.exit_code == ExitCode.REFUSED


def test_a_person_is_asked_before_a_slash_after_blanks_is_said() -> None:
    conversation = person()

    assert not conversation.submit_line(" /help", 0)
    assert conversation.data_to_send() == b""
    (question,) = conversation.items_to_show()
    assert conversation.submit_line(" /help", 0)

    assert isinstance(question, Note)
    assert "/help" in question.text
    assert conversation.items_to_show() == [OwnLine(" /help")]
    assert json.loads(conversation.data_to_send())["data"] == " /help"


def test_after_a_question_another_line_is_an_ordinary_line() -> None:
    conversation = person()

    conversation.submit_line(" /help", 0)
    conversation.submit_line("", 0)
    conversation.submit_line("hi", 0)
    conversation.submit_line(" /help", 0)

    assert conversation.data_to_send() == HI


def test_without_a_prompt_an_empty_line_answers_the_question() -> None:
    conversation = person()

    conversation.receive_input(b" /help\n\n", 0)

    assert json.loads(conversation.data_to_send())["data"] == " /help"


def test_accepted_lines_are_shown_before_what_follows_from_them() -> None:
    conversation = person()

    conversation.submit_line("hi", 0)
    conversation.submit_line("", 0)
    conversation.submit_line("/jion", 0)

    typed, wrong, note = conversation.items_to_show()
    assert [typed, wrong] == [OwnLine("hi"), OwnLine("/jion")]
    assert isinstance(note, Note)


def test_input_waits_while_too_much_is_unsent() -> None:
    conversation = pipe()

    conversation.receive_input(b"x" * 16_000 + b"\n", 0)
    assert conversation.wants_input
    for _ in range(MAX_UNSENT // 16_000):
        conversation.receive_input(b"x" * 16_000 + b"\n", 0)
    assert not conversation.wants_input
    carry(conversation)

    assert conversation.wants_input


@pytest.mark.parametrize("line", ["hi\n", "hi\r\n", "hi\n\n"])
def test_the_end_of_a_copied_line_is_not_meant(line: str) -> None:
    conversation = person()

    assert conversation.submit_line(line, 0)

    assert conversation.data_to_send() == HI
    assert conversation.items_to_show() == [OwnLine("hi")]


def test_a_copied_command_is_a_command() -> None:
    conversation = person()

    conversation.submit_line("/users\n", 0)

    assert json.loads(conversation.data_to_send())["type"] == "users"


@pytest.mark.parametrize("text", ["//a\nb", "/a\nb", " /a\nb", "a\n/b"])
def test_several_lines_are_said_word_for_word(text: str) -> None:
    conversation = person()

    assert not conversation.submit_line(f"{text}\n", 0)
    assert conversation.data_to_send() == b""
    assert conversation.submit_line(f"{text}\n", 0)

    assert json.loads(conversation.data_to_send())["data"] == text


@pytest.mark.parametrize(
    "line",
    ["x" * 20_000, "/setname " + "x" * 20_000, " /" + "x" * 20_000, "x\n" * 9_999],
)
def test_what_is_too_long_stays_with_the_person(line: str) -> None:
    conversation = person()

    for _ in range(2):
        assert not conversation.submit_line(line, 0)

        (note,) = conversation.items_to_show()
        assert isinstance(note, Note)
        assert note.text.startswith("Not sent: ")
    assert conversation.data_to_send() == b""


def test_an_edited_line_is_asked_about_again() -> None:
    conversation = person()

    conversation.submit_line(" /help", 0)
    conversation.line_edited()

    assert not conversation.submit_line(" /help", 0)
    assert conversation.data_to_send() == b""
