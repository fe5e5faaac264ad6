import json

import pytest

from parlour.client.conversation import MAX_UNSENT, Conversation
from parlour.client.exit_status import ExitCode
from parlour.client.protocol.connection import MAX_SERVER_LINE
from parlour.client.protocol.display_items import (
    ChatMessage,
    Note,
    OwnLine,
    UnknownLine,
)
from parlour.client.terminal.shown_items import ShownItem
from tests.client.server_lines import plain_message

HI = b'{"type": "message", "data": "hi"}\n'


def pipe() -> Conversation:
    return Conversation(interactive=False)


def interactive_client() -> Conversation:
    return Conversation(interactive=True)


def take_sent(conversation: Conversation, now: float = 0) -> bytes:
    """Take the bytes to send, like a network that accepts everything at once."""
    data = conversation.data_to_send()
    conversation.written(0, now)
    return data


def notes(shown: list[ShownItem]) -> list[str]:
    return [item.text for item in shown if isinstance(item, Note)]


def test_lines_of_a_pipe_are_sent_in_order() -> None:
    conversation = pipe()

    conversation.receive_input(b"hi\r\n\n  \n/set", 0)
    conversation.receive_input(b"name Kobzol\n/history\n/users\n//x\n\xff", 0)
    conversation.receive_input(b"", 0)

    sent = [json.loads(line) for line in take_sent(conversation).splitlines()]
    assert [(line["type"], line["data"]) for line in sent] == [
        ("message", "hi"),
        ("set-name", "Kobzol"),
        ("history", ""),
        ("users", ""),
        ("message", "/x"),
    ]
    assert conversation.exit_code == ExitCode.REFUSED  # the last line is not text


def test_lines_are_sent_after_the_name_is_granted() -> None:
    conversation = Conversation(interactive=False, name="Kobzol")

    conversation.receive_input(b"hi\n", 0)

    rename = b'{"type": "set-name", "data": "Kobzol"}\n'
    assert conversation.data_to_send() == rename
    conversation.receive(plain_message("[Server]", "you renamed to Kobzol"), 0)
    assert conversation.data_to_send() == HI


def test_lines_of_the_server_are_shown_in_order() -> None:
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


def test_a_line_of_megabytes_is_shown_and_a_larger_one_is_skipped() -> None:
    conversation = pipe()
    large = "x" * (MAX_SERVER_LINE - 200)

    conversation.receive(plain_message("a", large), 0)
    conversation.receive(
        plain_message("a", large + "x" * 200) + plain_message("a", "after"), 0
    )

    first, unknown, after = conversation.items_to_show()
    assert isinstance(first, ChatMessage)
    assert first.text == large
    assert isinstance(unknown, UnknownLine)
    assert isinstance(after, ChatMessage)
    assert after.text == "after"


@pytest.mark.parametrize("line", ["/jion", "/", "/setname", "/users please"])
def test_a_bad_command_is_not_sent_and_fails_a_pipe(line: str) -> None:
    conversation = pipe()

    conversation.receive_input(f"{line}\nhi\n".encode(), 0)

    assert conversation.data_to_send() == HI
    assert len(notes(conversation.items_to_show())) == 1
    assert conversation.exit_code == ExitCode.BAD_COMMAND


def test_mistakes_of_an_interactive_user_do_not_set_the_exit_code() -> None:
    conversation = interactive_client()

    assert conversation.submit_line("/jion", 0)
    assert not conversation.submit_line("x" * 20_000, 0)

    assert conversation.data_to_send() == b""
    assert len(notes(conversation.items_to_show())) == 2
    assert conversation.exit_code == ExitCode.SUCCESS


@pytest.mark.parametrize("line", ["x" * 16_384, "x" * 99_999, "ž" * 3_000])
def test_a_line_that_is_too_long_is_refused_and_fails_a_pipe(line: str) -> None:
    conversation = pipe()

    conversation.receive_input(f"{line}\n/jion\nhi\n".encode(), 0)

    assert conversation.data_to_send() == HI
    assert "Not sent" in notes(conversation.items_to_show())[0]
    assert conversation.exit_code == ExitCode.REFUSED


def test_a_slash_after_blanks_needs_a_confirmation() -> None:
    conversation = interactive_client()

    assert not conversation.submit_line(" /help", 0)
    assert conversation.data_to_send() == b""
    (question,) = conversation.items_to_show()
    assert conversation.submit_line(" /help", 0)

    assert isinstance(question, Note)
    assert "/help" in question.text
    assert conversation.items_to_show() == [OwnLine(" /help", is_message=True)]
    assert json.loads(conversation.data_to_send())["data"] == " /help"


def test_another_line_cancels_a_confirmation() -> None:
    conversation = interactive_client()

    conversation.submit_line(" /help", 0)
    conversation.submit_line("", 0)
    conversation.submit_line("hi", 0)
    conversation.submit_line(" /help", 0)

    assert conversation.data_to_send() == HI


def test_without_a_prompt_an_empty_line_confirms() -> None:
    conversation = interactive_client()

    conversation.receive_input(b" /help\n\n", 0)

    assert json.loads(conversation.data_to_send())["data"] == " /help"


def test_an_entered_line_is_shown_before_its_result() -> None:
    conversation = interactive_client()

    conversation.submit_line("hi", 0)
    conversation.submit_line("", 0)
    conversation.submit_line("/jion", 0)

    first, second, note = conversation.items_to_show()
    assert [first, second] == [OwnLine("hi", is_message=True), OwnLine("/jion")]
    assert isinstance(note, Note)


def test_no_input_is_read_while_too_much_is_unsent() -> None:
    conversation = pipe()

    conversation.receive_input(b"x" * 16_000 + b"\n", 0)
    assert conversation.wants_input
    for _ in range(MAX_UNSENT // 16_000):
        conversation.receive_input(b"x" * 16_000 + b"\n", 0)
    assert not conversation.wants_input
    take_sent(conversation)

    assert conversation.wants_input


@pytest.mark.parametrize("line", ["hi\n", "hi\r\n", "hi\n\n"])
def test_the_line_break_of_a_copied_line_is_removed(line: str) -> None:
    conversation = interactive_client()

    assert conversation.submit_line(line, 0)

    assert conversation.data_to_send() == HI
    assert conversation.items_to_show() == [OwnLine("hi", is_message=True)]


def test_a_copied_command_is_parsed_as_a_command() -> None:
    conversation = interactive_client()

    conversation.submit_line("/users\n", 0)

    assert json.loads(conversation.data_to_send())["type"] == "users"


@pytest.mark.parametrize("text", ["//a\nb", "/a\nb", " /a\nb", "a\n/b"])
def test_several_lines_are_sent_as_one_message_after_a_confirmation(text: str) -> None:
    conversation = interactive_client()

    assert not conversation.submit_line(f"{text}\n", 0)
    assert conversation.data_to_send() == b""
    assert conversation.submit_line(f"{text}\n", 0)

    assert json.loads(conversation.data_to_send())["data"] == text


@pytest.mark.parametrize(
    "line",
    ["x" * 20_000, "/setname " + "x" * 20_000, " /" + "x" * 20_000, "x\n" * 9_999],
)
def test_a_line_that_is_too_long_stays_in_the_prompt(line: str) -> None:
    conversation = interactive_client()

    for _ in range(2):
        assert not conversation.submit_line(line, 0)

        (note,) = conversation.items_to_show()
        assert isinstance(note, Note)
        assert note.text.startswith("Not sent: ")
    assert conversation.data_to_send() == b""


def test_an_edited_line_needs_another_confirmation() -> None:
    conversation = interactive_client()

    conversation.submit_line(" /help", 0)
    conversation.line_edited()

    assert not conversation.submit_line(" /help", 0)
    assert conversation.data_to_send() == b""
