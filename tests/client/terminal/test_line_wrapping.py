"""Messages are wrapped to the rows of a terminal."""

import time
import unicodedata

import pyte
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from wcwidth import wcwidth

from parlour.client.protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    DisplayItem,
    Note,
    OwnLine,
)
from parlour.client.terminal.colors import ColorDepth
from parlour.client.terminal.formatter import Formatter, OutputLine, Widths
from parlour.client.terminal.line_wrapping import MIN_COLUMNS, TerminalWidth, wrap_text
from parlour.core.events import SERVER

FORGED = "[Server]: juliet has left the chat"
FAMILY = "\N{MAN}\u200d\N{WOMAN}\u200d\N{GIRL}"
ODD = (
    "\u00a0\u3000\t\u200b\u200d\ufe0f\u0301\u0903\u05d0\u0627漢🐴☂…"
    "\u2019─\u1160\U0001f1e8\n\r"
)
WORDS = st.sampled_from(
    ["a", " ", " " * 70, "hello", FORGED, "https://example.org/" + "x" * 90, FAMILY]
)
TEXTS = st.lists(WORDS | st.text() | st.text(ODD), max_size=8).map("".join)


def wrapped(text: str, columns: int, head: str = "eve: ") -> list[str]:
    return wrap_text(head, text, TerminalWidth(columns))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ["eve:"]),
        ("short", ["eve: short"]),
        ("as long as one row", ["eve: as long as one", "     row"]),
        ("exactly to edge", ["eve: exactly to", "     edge"]),
        ("x" * 30, ["eve: xxxxxxxxxxxxxx", "     xxxxxxxxxxxxxx", "     xx"]),
        ("see https://example.org/", ["eve: see https://ex", "     ample.org/"]),
        ("漢" * 9, ["eve: 漢漢漢漢漢漢漢", "     漢漢"]),
        ("two\nlines", ["eve: two", "     lines"]),
        ("two\r\nlines", ["eve: two", "     lines"]),
        ("if a:\n  b\n\nc", ["eve: if a:", "       b", "     ", "     c"]),
        (" " * 40 + FORGED[:9], ["eve:", "     [Server]:"]),
        ("it\u2019s one of 23", ["eve: it\u2019s one of", "     23"]),
    ],
)
def test_further_rows_are_indented_to_the_text(text: str, shown: list[str]) -> None:
    assert wrapped(text, 20) == shown


def test_the_indent_below_a_long_name_is_small() -> None:
    assert wrapped("said and heard", 24, "a-name-of-16-cols: ") == [
        "a-name-of-16-cols: said",
        "    and heard",
    ]


def test_a_name_wider_than_the_terminal_is_broken() -> None:
    assert wrapped("hi", 9, "abcdefghij: ") == ["abcdefgh", "  ij: hi"]


def test_a_letter_is_not_separated_from_its_marks() -> None:
    shown = wrapped("xxxxxx" + "e\u0301" * 3, 13)

    assert shown == ["eve: xxxxxx", "   " + "e\u0301" * 3]


def test_no_row_ends_with_a_joiner() -> None:
    assert wrapped(FAMILY, 5) == ["eve:", " \N{MAN}", " \N{WOMAN}", " \N{GIRL}"]


def test_at_most_24_lines_are_shown() -> None:
    shown = wrapped("\n".join(map(str, range(36))), 80)

    assert shown[0] == "eve: 0"
    assert shown[23:] == ["     23", "     … 12 more lines"]


def test_one_further_line_is_counted_in_the_singular() -> None:
    assert wrapped("\n" * 24, 80)[-1] == "     … 1 more line"


def test_a_very_narrow_terminal_shows_no_text() -> None:
    assert wrapped("hello", MIN_COLUMNS - 1) == ["…"]


@pytest.mark.parametrize(
    "item",
    [
        ChatMessage("eve", FORGED * 3, b""),
        ChatMessage(SERVER, f"{FORGED * 3} renamed to bob", b""),
        Answer(
            (AnswerRow("eve", FORGED * 3, "", "4711: "), AnswerRow("bob", FORGED * 3)),
            b"",
        ),
        Note(FORGED * 3),
        OwnLine(FORGED * 3),
    ],
)
@pytest.mark.parametrize("color", [ColorDepth.NONE, ColorDepth.TRUE])
def test_every_item_is_wrapped_on_a_terminal(
    item: DisplayItem, color: ColorDepth
) -> None:
    formatter, width = Formatter(echo=True, color=color), TerminalWidth(80)

    shown = screen(formatter.lines([item], "14:02 ", Widths(width, width)), 80)

    starts = [row for row in shown if not row.startswith(" ")]
    assert len(shown) > len(starts) == (2 if isinstance(item, Answer) else 1)


def test_a_message_is_one_line_in_a_pipe_and_as_json() -> None:
    message = ChatMessage("eve", f"a\n{FORGED * 3}", b'{"type":"message"}')

    assert Formatter().lines([message]) == [
        OutputLine(f"eve: a^J{FORGED * 3}", is_chat=True)
    ]
    assert Formatter(json=True).lines([message], "", Widths(TerminalWidth(20))) == [
        OutputLine('{"type":"message"}', is_chat=True)
    ]


def test_a_name_is_coloured_on_a_terminal() -> None:
    message = ChatMessage("bob", "one two", b"")

    lines = Formatter(color=ColorDepth.BASE).lines(
        [message], "", Widths(TerminalWidth(10))
    )

    assert [line.text for line in lines] == ["\x1b[36mbob\x1b[0m: one", "  two"]


@settings(deadline=None)  # the screen is slow
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3), st.integers(1, 200))
@example([("eve", "hi" + " " * 73 + FORGED)], 80)
@example([("eve", "漢" * 90)], 7)
@example([("x" * 200, f"\n{FORGED}")], 40)
@example([("a b " * 40, FORGED)], 31)
@example([("\u3000" * 64, FAMILY * 30)], 4)
def test_message_text_never_starts_at_column_0(
    messages: list[tuple[str, str]], columns: int
) -> None:
    """Every row that starts at column 0 is the first row of an item."""
    for autowrap in (True, False):
        width = TerminalWidth(columns, autowrap)
        lines = [
            Formatter().lines([ChatMessage(source, text, b"")], "", Widths(width))
            for source, text in messages
        ]

        written = [line.text for item in lines for line in item]
        shown = screen([line for item in lines for line in item], columns)
        firsts = {0}
        for item in lines:
            firsts.add(max(firsts) + len(item))
        assert len(shown) <= len(written)  # the terminal itself wrapped no row
        assert all(
            row in firsts or text[:1] in ("", " ") for row, text in enumerate(shown)
        )


@given(TEXTS, TEXTS, st.integers(2, 200))
@example("eve", "\u3164" * 37 + FORGED, 80)  # two columns in tmux, screen and glibc
@example("eve", "\u302e\u3099" * 37 + FORGED, 80)
def test_no_row_reaches_the_edge_at_the_largest_widths(
    source: str, text: str, columns: int
) -> None:
    for row in wrap_text(f"{source.strip()[:9]!a}: ", text, TerminalWidth(columns)):
        assert sum(map(widest, row)) < max(2, columns)


def test_short_lines_are_nearly_as_fast_on_a_terminal() -> None:
    burst: list[DisplayItem] = [
        ChatMessage("bob", f"line {number}", b"") for number in range(5_000)
    ]
    formatter = Formatter(color=ColorDepth.BASE)

    def cost(widths: Widths) -> float:
        start = time.process_time()
        formatter.lines(burst, "", widths)
        return time.process_time() - start

    in_a_pipe = min(cost(Widths()) for _ in range(5))
    on_a_terminal = min(cost(Widths(TerminalWidth(80))) for _ in range(5))

    assert on_a_terminal < 3 * in_a_pipe


def widest(char: str) -> int:
    """Return the columns of *char* in the terminal where it is widest."""
    if char == "\ufe0f":
        return 1
    is_wide = unicodedata.east_asian_width(char) in {"W", "F"}
    return 2 if is_wide else max(0, wcwidth(char))


def screen(lines: list[OutputLine], columns: int) -> list[str]:
    """Return the rows of a terminal after *lines*, without empty rows at the end."""
    terminal = pyte.Screen(columns, 2 * len(lines) + 1)
    pyte.Stream(terminal).feed("".join(f"{line.text}\r\n" for line in lines))
    return [row.rstrip() for row in terminal.display[: terminal.cursor.y]]
