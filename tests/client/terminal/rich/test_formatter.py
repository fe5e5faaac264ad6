"""The style `rich`: times, names and texts in columns."""

import re

import pyte
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parlour.client.protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    Disconnected,
    Note,
    OwnLine,
    RefusedLine,
    RoomLeft,
    UnknownLine,
    WholeMessage,
)
from parlour.client.terminal.background import Background
from parlour.client.terminal.colors import ColorDepth
from parlour.client.terminal.formatter import Formatter, Widths
from parlour.client.terminal.line_wrapping import MIN_COLUMNS, TerminalWidth
from parlour.client.terminal.rich.formatter import RichFormatter
from parlour.client.terminal.safe_text import width
from parlour.client.terminal.shown_items import Divider, Entered, Labelled, ShownItem
from parlour.core.events import SERVER

NOW = "2026-11-24T14:02:00+00:00"


def divider(text: str, columns: int = 80) -> str:
    """Return a row across a terminal."""
    return f"──── {text} ".ljust(columns - 1, "─")


DAY = divider("Tuesday 24 November")


@pytest.fixture(autouse=True)
def _utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")


class Terminal:
    """What a formatter has printed on one terminal."""

    def __init__(
        self, columns: int = 80, *, color: ColorDepth = ColorDepth.NONE
    ) -> None:
        self.formatter = RichFormatter(color=color)
        self.widths = Widths(TerminalWidth(columns))

    def show(self, *shown: ShownItem, minute: int = 2) -> list[str]:
        """Return the rows of items that are shown together at 14:*minute*."""
        clock = f"2026-11-24T14:{minute:02}:00+00:00"
        lines = self.formatter.lines(shown, clock, self.widths)
        return [line.text for line in lines]


def said(source: str, text: str, minute: int | None = None) -> ChatMessage:
    time = "" if minute is None else f"2026-11-24T14:{minute:02}:00Z"
    return ChatMessage(source, text, b"", time)


def test_times_names_and_texts_are_in_columns() -> None:
    terminal = Terminal(67)
    text = "Is anyone there? I have looked in the garden and in the hall."

    assert terminal.show(said("juliet", text, 2), said("romeo", "Yes.", 3)) == [
        divider("Tuesday 24 November", 67),
        "14:02  juliet    Is anyone there? I have looked in the garden and",
        "                 in the hall.",
        "14:03  romeo     Yes.",
    ]


@pytest.mark.parametrize("formatter", [RichFormatter(), Formatter()])
def test_what_is_to_be_copied_is_one_row_for_the_terminal(
    formatter: RichFormatter | Formatter,
) -> None:
    link = f"/join parlour://chat.example.org:5555/garden?invite={'x' * 22}"
    narrow = TerminalWidth(40, autowrap=False)

    rows = formatter.lines(
        [Note("It works once:", copied=link)], "", Widths(narrow, narrow)
    )

    assert rows[-1].text == f"\x1b[?7h{link}\x1b[?7l"
    assert "It works once:" in rows[-2].text


def test_a_name_is_not_repeated_within_five_minutes() -> None:
    terminal = Terminal()
    terminal.show(said("juliet", "one", 2))

    assert terminal.show(said("juliet", "two", 2), said("juliet", "three", 6)) == [
        "                     two",
        "14:06                three",
    ]
    assert terminal.show(said("juliet", "four", 12)) == ["14:12  juliet        four"]


def test_a_name_is_repeated_after_anything_else() -> None:
    terminal = Terminal()
    terminal.show(said("juliet", "one"))
    for between in (Note("a note"), said("romeo", "hi"), Divider("new")):
        terminal.show(between)
        assert terminal.show(said("juliet", "two")) == ["       juliet        two"]


def test_a_long_name_has_a_row_of_its_own() -> None:
    assert Terminal().show(said("a-name-of-16-col", "hello"))[1:] == [
        "14:02  a-name-of-16-col",
        "                     hello",
    ]


@pytest.mark.parametrize(
    ("columns", "row"),
    [
        (80, "14:02  bob           hi"),
        (79, "14:02  bob       hi"),
        (52, "14:02  bob       hi"),
        (51, " bob       hi"),
        (48, " bob       hi"),
        (47, " bob: hi"),
    ],
)
def test_a_narrow_terminal_has_no_times_and_then_no_columns(
    columns: int, row: str
) -> None:
    assert Terminal(columns).show(said("bob", "hi"))[1:] == [row]


def test_a_name_is_not_repeated_in_a_narrow_terminal() -> None:
    assert Terminal(40).show(said("bob", "hi"), said("bob", "ho"))[1:] == [
        " bob: hi",
        "    ho",
    ]


def test_a_message_in_a_very_narrow_terminal() -> None:
    assert Terminal(20).show(said("bob", "hello there romeo"))[1:] == [
        " bob: hello there",
        "    romeo",
    ]


def test_a_new_day_has_a_divider() -> None:
    terminal = Terminal()
    terminal.show(said("bob", "hi"))

    assert terminal.show(ChatMessage("bob", "hi", b"", "2026-11-25T00:01:00Z")) == [
        divider("Wednesday 25 November"),
        "00:01  bob           hi",
    ]


def test_users_who_come_and_go_share_a_row() -> None:
    terminal = Terminal()
    joined = [said(SERVER, f"u{number} has entered the chat") for number in range(12)]
    left = [said(SERVER, f"u{number} has left the chat") for number in range(3)]

    assert terminal.show(*joined, *left)[1:] == [
        "14:02              → 12 joined, 3 left"
    ]
    assert terminal.show(joined[0], left[1]) == [
        "                   → u0 joined, u1 left"
    ]
    assert terminal.show(left[0]) == ["                   ← u0 left"]


def test_what_the_server_says_has_a_sign() -> None:
    renamed = said(SERVER, "bob renamed to rob")
    other = said(SERVER, "messages are kept again")

    assert Terminal().show(renamed, other)[1:] == [
        "14:02              ~ bob is now rob",
        "                  -- messages are kept again",
    ]


def test_a_mention_has_a_mark() -> None:
    item = Labelled(said("juliet", "romeo?"), "", is_mention=True)

    assert Terminal().show(item)[1:] == ["14:02 >juliet        romeo?"]


def test_a_name_is_repeated_after_a_mention() -> None:
    terminal = Terminal()
    terminal.show(Labelled(said("juliet", "romeo?"), "", is_mention=True))

    assert terminal.show(said("juliet", "two")) == ["       juliet        two"]


def test_mentions_stand_out_in_every_room() -> None:
    terminal = Terminal(color=ColorDepth.BASE)
    here = Labelled(said("juliet", "romeo?"), "", is_mention=True)
    there = Labelled(said("juliet", "romeo?"), "#dev", is_mention=True)
    alone = Labelled(said("juliet", "romeo?"), "@juliet", is_mention=True)

    _, *rows = terminal.show(
        here, there, said("juliet", "hi"), RefusedLine("x", ""), alone
    )

    assert "\x1b[1;95;7m>\x1b[0m\x1b[1;95;7mjuliet\x1b[0m" in rows[0]
    assert "\x1b[1;95;7m>\x1b[0m\x1b[1;95;7mjuliet→#dev\x1b[0m" in rows[1]
    assert "\x1b[1;94mjuliet\x1b[0m" in rows[2]
    assert "\x1b[1;31m!\x1b[0m" in rows[3]
    assert "\x1b[1;94;7m>\x1b[0m\x1b[1;94;7mjuliet→you\x1b[0m" in rows[4]


def test_a_message_of_another_room_says_where() -> None:
    direct = Labelled(said("juliet", "psst"), "@juliet", is_mention=True)
    other = Labelled(said("bob", "romeo?"), "#dev", is_mention=True)

    assert Terminal().show(direct, other)[1:] == [
        "14:02 >juliet→you    psst",
        "      >bob→#dev      romeo?",
    ]


def test_an_own_direct_message_says_to_whom() -> None:
    own = Labelled(said("romeo", "psst"), "@juliet")

    assert Terminal().show(own)[1:] == [
        "14:02  romeo→@juliet psst",
    ]


def test_a_person_cannot_look_like_a_sign() -> None:
    names = ("→", "*", "~", "juliet → you", "--", " " * 8 + "!")

    rows = Terminal().show(*(said(name, "x") for name in names))[1:]

    assert [row[7:].split("  ")[0] for row in rows if "x" in row or "U+" in row] == [
        "<U+2192>",
        "◌*",
        "◌~",
        "juliet <U+2192> you",
        "",
        "◌--",
        "◌",
    ]


def test_the_sign_of_an_action_has_the_colour_of_its_name() -> None:
    terminal = Terminal(color=ColorDepth.BASE)

    rows = terminal.show(said("a-name-of-16-col", "/me waves"))[1:]

    colour = re.search(r"\x1b\[[0-9;]+m(?=a-name)", rows[0])
    assert colour is not None
    assert f"{colour[0]}*\x1b[0m waves" in rows[1]


def test_an_action_in_a_narrow_terminal_or_of_a_long_name() -> None:
    action = said("a-name-of-16-col", "/me waves")

    assert Terminal(47).show(action)[1:] == [" * a-name-of-16-col waves"]
    assert Terminal().show(action)[1:] == [
        "14:02  a-name-of-16-col",
        "                   * waves",
    ]


def test_code_has_a_background_where_that_is_known() -> None:
    terminal = Terminal(color=ColorDepth.INDEXED)
    terminal.formatter.names.background = Background.DARK

    [row] = terminal.show(said("bob", "`x`"))[1:]

    assert "\x1b[48;5;237mx\x1b[0m" in row


def test_an_action() -> None:
    assert Terminal().show(said("romeo", "/me waves"))[1:] == [
        "14:02  romeo       * waves"
    ]


def test_a_block_of_code_keeps_its_blanks() -> None:
    text = "see\n```\nif a:\n    b()\n```"

    assert Terminal().show(said("bob", text))[1:] == [
        "14:02  bob           see",
        "                     ```",
        "                     if a:",
        "                         b()",
        "                     ```",
    ]


def test_a_long_message_is_cut_and_says_how_to_see_the_rest() -> None:
    text = "\n".join(f"line {number}" for number in range(36))
    message = said("bob", text)._replace(sequence=4711)

    rows = Terminal().show(message)

    assert len(rows) == 26
    assert rows[-1] == "                     … 12 more lines, /show 4711"
    assert Terminal().show(said("bob", text))[-1].endswith("… 12 more lines")
    assert len(Terminal().show(WholeMessage(message))) == 37


def test_an_answer_of_earlier_messages() -> None:
    rows = (
        AnswerRow(SERVER, "the last 2 of 60 messages"),
        AnswerRow("bob", "hi\nthere", "2026-11-23T09:00:00Z"),
        AnswerRow("bob", "ho", "2026-11-24T09:00:00Z", "7: ", sequence=7),
        AnswerRow("bob", "hm", "2026-11-24T09:00:00Z", "8: ", sequence=8),
    )

    assert Terminal().show(Answer(rows, b"")) == [
        DAY,
        "14:02             -- the last 2 of 60 messages",
        divider("Monday 23 November"),
        "09:00 │bob           hi",
        "      │              there",
        DAY,
        "09:00 │bob           ho\xa0(7)",
        "09:00 │              hm\xa0(8)",
    ]


def test_earlier_messages_on_entering_a_room_have_no_bar() -> None:
    answer = Answer((AnswerRow("bob", "hi", NOW),), b"", is_asked=False)

    assert Terminal().show(answer)[1:] == ["14:02  bob           hi"]


def test_the_words_of_a_search_are_marked() -> None:
    row = AnswerRow("bob", "Good night, good n", NOW, "7: ", sequence=7)
    terminal = Terminal(color=ColorDepth.INDEXED)

    [shown] = terminal.show(Answer((row,), b"", words='"good'))[1:]

    hits = [f"\x1b[1;7m{word}\x1b[0m" for word in ("Good", "good")]
    assert shown.endswith(f"{hits[0]} night, {hits[1]} n\xa0\x1b[2m(7)\x1b[0m")
    assert terminal.show(Answer((row,), b"", words="oo igh"))[0].count("[1;7m") == 0
    assert Terminal().show(Answer((row,), b"", words="good"))[1:] == [
        "14:02 │bob           Good night, good n\xa0(7)"
    ]


def test_what_was_found_in_several_rooms_says_where() -> None:
    row = AnswerRow("bob", "hi", NOW, "#dev 7: ", "dev", 7)

    assert Terminal().show(Answer((row,), b"", words="hi"))[1:] == [
        "14:02 │bob           hi\xa0(#dev 7)"
    ]


def test_notes_and_commands_have_signs() -> None:
    terminal = Terminal()

    assert terminal.show(Note("two\nlines"), Labelled(Note("x"), "#dev"))[1:] == [
        "14:02             -- two",
        "                     lines",
        "                  -- #dev: x",
    ]
    assert terminal.show(OwnLine("/users"), Disconnected()) == [
        "                   » /users",
        "                   ! Server disconnected",
    ]


def test_the_explanation_of_a_command_has_its_own_column() -> None:
    note = Note("/bell [on, off or all]  ring while you are away, or for all\nMore")

    assert Terminal(67).show(note)[1:] == [
        "14:02  -- /bell [on, off or all]  ring while you are away, or for",
        "                                  all",
        "          More",
    ]
    assert Terminal(50).show(note)[1:] == [
        " -- /bell [on, off or all]  ring while you are",
        "                            away, or for all",
        "    More",
    ]
    assert Terminal(40).show(note)[1:] == [
        " -- /bell [on, off or all]",
        "      ring while you are away, or for",
        "      all",
        "    More",
    ]


def test_the_signs_of_answers_and_errors_have_colours() -> None:
    terminal = Terminal(60, color=ColorDepth.BASE)

    assert terminal.show(Note("two\nlines"))[1:] == [
        "\x1b[2m14:02\x1b[0m         \x1b[1m--\x1b[0m two",
        "                 \x1b[2mlines\x1b[0m",
    ]
    assert terminal.show(RefusedLine("two\nlines", "")) == [
        "               \x1b[1;31m!\x1b[0m \x1b[31mtwo\x1b[0m",
        "                 \x1b[31m… 1 more line\x1b[0m",
    ]


def test_the_heading_of_earlier_messages_has_no_time() -> None:
    heading = Note("earlier messages:", is_heading=True)

    first, _, message = Terminal().show(heading, said("juliet", "hi"))

    assert first.startswith("──── earlier messages ───")
    assert message == "14:02  juliet        hi"


def test_open_rooms_are_shown_as_a_table() -> None:
    rooms = [
        AnswerRow(SERVER, "", cells=("#dev", "12 users", "tea\x1b[2J")),
        AnswerRow(SERVER, "", cells=("#чай", "1 user", "")),
    ]
    answer = Answer((AnswerRow(SERVER, "2 open rooms:"), *rooms), b"", room="")

    assert Terminal().show(answer)[1:] == [
        "14:02             -- 2 open rooms:",
        "                     #dev  12 users  tea␛[2J",
        "                     #чай  1 user",
    ]


def test_no_cell_of_a_table_leaves_its_column() -> None:
    rooms = [
        AnswerRow(SERVER, "", cells=("#" + "x" * 32, "12 users", "tea " * 40)),
        AnswerRow(SERVER, "", cells=("#a", "1 user", "so #bank  500 users " * 9)),
    ]
    answer = Answer((AnswerRow(SERVER, "2 open rooms:"), *rooms), b"", room="")

    for columns in (150, 80, 60, 47, 40):
        terminal = Terminal(columns)
        _, *rows = [row for row in terminal.show(answer) if "open rooms" not in row]
        assert len(rows) == 2
        assert all(width(row) < columns for row in rows)
        assert rows[0].index("12 users") == rows[1].index("1 user")


def test_a_heading_that_would_be_cut_is_no_divider() -> None:
    text = "the last 20 messages; older: /history before 4292:"
    heading = Note(text, is_heading=True)

    assert Terminal(80).show(heading)[0].startswith(f"──── {text[:-1]} ──")
    assert " ".join(" ".join(Terminal(47).show(heading)).split()) == f"-- {text}"


def test_help_begins_beside_its_sign_unless_the_terminal_is_wide() -> None:
    text = Note("/clear  clear the screen")

    assert Terminal(80).show(text)[1].index("/clear") < 12
    assert Terminal(150).show(text)[1].index("/clear") == 21


def test_a_note_below_the_divider_of_a_room_does_not_name_it_again() -> None:
    terminal = Terminal()
    entered, divider = Entered("#dev"), Divider("#dev")

    assert len(terminal.show(divider, entered)) == 1
    *_, row = terminal.show(divider, Entered("#dev", topic="/tea"))
    assert row == "14:02             -- topic: /tea"
    assert terminal.show(entered) == ["                  -- You are in #dev"]


def test_that_the_user_has_joined_is_not_shown() -> None:
    terminal = Terminal()
    terminal.formatter.names.own_name = "romeo"
    own, other = (
        said(SERVER, f"{name} has entered the chat") for name in ("romeo", "x")
    )

    assert terminal.show(own) == []
    assert terminal.show(own, other)[1:] == ["14:02              → x joined"]
    assert terminal.show(Labelled(own, "#dev")) == []


def test_an_own_message_is_shown_when_the_server_sends_it() -> None:
    assert Terminal().show(OwnLine("hi", is_message=True)) == []


def test_a_refused_line_has_a_mark() -> None:
    line = RefusedLine("hi", "lobby")

    assert Terminal().show(line)[1:] == ["14:02              ! hi"]


def test_what_only_programs_read_is_not_shown() -> None:
    terminal = Terminal()

    assert terminal.show(RoomLeft("dev", b"{}"), UnknownLine(b"x", False)) == []
    assert terminal.show(UnknownLine(b"x", is_reported=True)) == [
        DAY,
        "14:02             -- The server sent a line that is not a message",
    ]


def test_colours_do_not_change_the_text() -> None:
    items = (
        said("juliet", "a `code` that is long enough to be wrapped, **bold** _it_ x"),
        said(SERVER, "bob has entered the chat"),
        Labelled(said("juliet", "psst"), "@juliet", is_mention=True),
        Note("x"),
    )

    plain, colored = Terminal(60), Terminal(60, color=ColorDepth.INDEXED)

    rows = colored.show(*items)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", row) for row in rows] == plain.show(*items)
    assert "\x1b[36mcode\x1b[0m" in rows[1]
    assert all(row.count("\x1b[0m") == row.count("\x1b[") / 2 for row in rows)


WORDS = st.sampled_from(
    [
        *("a", " ", " " * 70, "hello", "[Server]: juliet has left", "/me ", "`", "\n"),
        *("```\n", "**b**", "> ", "漢" * 30, "\ue001", "\x1b[2J", "→", "x" * 90),
    ]
)
TEXTS = st.lists(WORDS | st.text(), max_size=8).map("".join)


@given(
    st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=3),
    st.integers(MIN_COLUMNS, 200),
)
@example([("eve", "hi" + " " * 73 + "14:02  juliet    I agree")], 80)
@example([("a" * 64, "\n14:02  juliet    I agree")], 52)
def test_only_the_client_writes_in_the_columns_before_a_text(
    messages: list[tuple[str, str]], columns: int
) -> None:
    terminal = Terminal(columns)
    terminal.show(said("x", "x"))  # and the divider of the day
    written: list[str] = []
    for source, text in messages:
        rows = terminal.show(said(source or "x", text))
        written += rows
        _, *others = rows
        assert all(row[:1] in ("", " ") for row in others)
    assert len(screen_rows(written, columns)) <= len(written)


def screen_rows(lines: list[str], columns: int) -> list[str]:
    """Return the rows on a terminal after the lines, without those at the end."""
    screen = pyte.Screen(columns, max(1, len(lines) + 50))
    stream = pyte.Stream(screen)
    for line in lines:
        stream.feed(f"{line}\r\n")
    rows = [row.rstrip() for row in screen.display]
    while rows and not rows[-1]:
        rows.pop()
    return rows
