import json
import time
from collections.abc import Iterator

import pytest

from parlour.client.protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    Disconnected,
    DisplayItem,
    Note,
    OwnLine,
    UnknownLine,
    WholeMessage,
)
from parlour.client.protocol.plain import decode
from parlour.client.terminal.colors import ColorDepth
from parlour.client.terminal.formatter import Formatter, OutputLine, Widths
from parlour.client.terminal.line_wrapping import TerminalWidth
from parlour.client.terminal.shown_items import Divider, Labelled, ShownItem

HELLO = ChatMessage("bob", "hello", b'{"type":"message"}')


def test_items_are_lines_of_text() -> None:
    shown: list[DisplayItem] = [
        HELLO,
        OwnLine("hi"),
        Note("two\nlines"),
        Disconnected(),
    ]

    assert Formatter().lines(shown) == [
        OutputLine("bob: hello", is_chat=True),
        OutputLine("-- two", is_chat=False),
        OutputLine("-- lines", is_chat=False),
        OutputLine("Server disconnected", is_chat=True),
    ]


def test_a_room_comes_before_everything_else_of_its_line() -> None:
    moment = "2020-01-31T22:30:00Z"
    rows = (AnswerRow("bob", "hi", moment, "7: "), AnswerRow("eve", "ha"))
    shown: list[ShownItem] = [
        Labelled(HELLO, "#dev"),
        Labelled(Answer(rows, b""), "#dev"),
        Labelled(Note("two\nlines"), "#dev"),
        Labelled(OwnLine("hi", is_pending=True), "#dev"),
        Divider("#dev"),
    ]

    lines = Formatter(echo=True).lines(shown)

    assert [line.text for line in lines] == [
        "#dev bob: hello",
        "#dev 7: bob: hi",
        "#dev eve: ha",
        "-- #dev: two",
        "-- lines",
        "… #dev> hi",
        "──── #dev ────",
    ]
    (timed,) = Formatter().lines([Labelled(HELLO, "#dev")], "14:02 ")
    assert timed.text == "#dev 14:02 bob: hello"


@pytest.mark.parametrize("columns", [80, 40, 12])
def test_no_text_of_a_message_begins_a_row_after_its_room(columns: int) -> None:
    text = "x" * 60 + " " * 60 + "[Server]: forged\n-- forged\r\n──── #dev ────"
    item = Labelled(ChatMessage("bob", text, b""), "#dev")
    widths = Widths(TerminalWidth(columns), TerminalWidth(columns))

    first, *others = Formatter().lines([item], "14:02 ", widths)

    assert first.text.startswith("#dev 14:02" if columns > 12 else "#dev")
    assert others
    assert all(line.text.startswith(" ") for line in others)


def test_a_divider_fits_into_a_row() -> None:
    widths = Widths(TerminalWidth(12), TerminalWidth(12))

    (line,) = Formatter().lines([Divider("#a-long-name")], widths=widths)

    assert line.text == "──── #a-lo…"


def test_a_line_of_the_user_is_escaped_and_shown_at_a_prompt() -> None:
    lines = Formatter(echo=True).lines([OwnLine("a\x1b\nb")])

    assert [line.text for line in lines] == ["a␛", "b"]


def test_only_messages_have_a_time() -> None:
    lines = Formatter().lines([HELLO, Note("x")], "14:02 ")

    assert [line.text for line in lines] == ["14:02 bob: hello", "-- x"]


@pytest.fixture
def kyiv(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the local time zone to Kyiv."""
    monkeypatch.setenv("TZ", "EET-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("kyiv")
@pytest.mark.parametrize("is_answer", [False, True])
def test_a_message_with_a_time_shows_that_time(is_answer: bool) -> None:
    moment = "2020-01-31T22:30:00.123456Z"
    quoted = Answer((AnswerRow("bob", "hello", moment),), b"{}")
    item = quoted if is_answer else ChatMessage("bob", "hello", b"{}", moment)

    lines = Formatter().lines([item], "14:02 ")

    assert [line.text for line in lines] == ["2020-02-01 00:30 bob: hello"]
    assert [line.text for line in Formatter().lines([item])] == ["bob: hello"]


def test_an_invalid_time_is_not_shown() -> None:
    lines = Formatter().lines([ChatMessage("bob", "hello", b"{}", "\x1b[2J")], "14:02 ")

    assert [line.text for line in lines] == ["14:02 bob: hello"]


def test_names_and_notes_are_coloured() -> None:
    lines = Formatter(color=ColorDepth.BASE).lines([HELLO, Note("x")])

    assert [line.text for line in lines] == [
        "\x1b[36mbob\x1b[0m: hello",
        "\x1b[2m-- x\x1b[0m",
    ]


def test_an_unknown_line_is_reported_but_not_shown() -> None:
    shown: list[DisplayItem] = [
        UnknownLine(b"\x1b[2J", is_reported=True),
        UnknownLine(b"{}", is_reported=False),
    ]

    assert Formatter().lines(shown) == [
        OutputLine("-- The server sent a line that is not a message", is_chat=False)
    ]


def test_json_output_contains_the_received_objects() -> None:
    line = b'{"type":"message","data":{"source":"bob","message":"\\u001b"}}'
    message = decode(line)
    assert message is not None

    shown: list[DisplayItem] = [
        message,
        UnknownLine(b'{"type":"news"}', is_reported=True),
        Disconnected(),
    ]

    assert Formatter(json=True).lines(shown, "14:02 ") == [
        OutputLine(line.decode(), is_chat=True),
        OutputLine('{"type":"news"}', is_chat=True),
        OutputLine("Server disconnected", is_chat=False),
    ]


def test_a_line_without_an_object_is_a_note_with_json_output() -> None:
    lines = Formatter(json=True).lines([UnknownLine(b"[1]", is_reported=True)])

    assert [line.is_chat for line in lines] == [False]


def test_a_message_with_a_huge_number_is_printed_without_it() -> None:
    huge = b"9" * 9_999
    line = b'{"x":%s,"type":"message","data":{"source":"a","message":"b"}}' % huge
    message = decode(line)
    assert message is not None

    (printed,) = Formatter(json=True).lines([message])

    assert json.loads(printed.text) == {
        "type": "message",
        "data": {"source": "a", "message": "b"},
    }


@pytest.mark.parametrize("char", "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
def test_only_lf_starts_a_new_line(char: str) -> None:
    shown: list[DisplayItem] = [Note(f"a{char}b"), OwnLine(f"a{char}b")]

    lines = Formatter(echo=True).lines(shown)

    assert len(lines) == 2


def test_a_message_that_is_cut_says_how_to_see_all_of_it() -> None:
    text = "\n".join(f"part {number}" for number in range(30))
    widths = Widths(TerminalWidth(40))
    numbered = ChatMessage("bob", text, b"", sequence=4711)
    row = AnswerRow("bob", text, sequence=7)

    shown = Formatter().lines([numbered], "", widths)
    answered = Formatter().lines([Answer((row,), b"")], "", widths)
    of_plain_server = Formatter().lines([ChatMessage("bob", text, b"")], "", widths)

    assert shown[-1].text == "     … 6 more lines, /show 4711"
    assert answered[-1].text == "     … 6 more lines, /show 7"
    assert of_plain_server[-1].text == "     … 6 more lines"


def test_all_lines_of_a_whole_message_are_indented() -> None:
    text = "\n".join(["one", "[Server]: forged", *map(str, range(30))])
    item = WholeMessage(ChatMessage("bob", text, b""))

    first, *others = Formatter().lines([item], "", Widths(TerminalWidth(40)))
    (line,) = Formatter().lines([item])

    assert first.text == "bob: one"
    assert len(others) == 31
    assert all(row.text.startswith("     ") for row in others)
    assert line.text.startswith("bob: one^J[Server]: forged^J0^J")
