"""Display items as sentences."""

import re
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from parlour.client.protocol.display_items import (
    Answer,
    AnswerRow,
    ChatMessage,
    Note,
    OwnLine,
    WholeMessage,
)
from parlour.client.terminal.formatter import Widths
from parlour.client.terminal.line_wrapping import TerminalWidth
from parlour.client.terminal.screen_reader.formatter import SpokenFormatter
from parlour.client.terminal.shown_items import Divider, Labelled, ShownItem
from parlour.core.events import SERVER

HELLO = ChatMessage("bob", "hello", b"")


@pytest.mark.parametrize(
    ("item", "spoken"),
    [
        (HELLO, "bob: hello"),
        (Labelled(HELLO, "#dev"), "#dev bob: hello"),
        (Labelled(HELLO, "", is_mention=True), "Mention from bob: hello"),
        (Labelled(HELLO, "#dev", is_mention=True), "#dev Mention from bob: hello"),
        (Labelled(HELLO, "@bob", is_mention=True), "Direct message from bob: hello"),
        (ChatMessage(SERVER, "bob has left", b""), "Server: bob has left"),
        (Answer((AnswerRow(SERVER, "1 user: bob"),), b""), "Server: 1 user: bob"),
        (ChatMessage("bob", "/me waves", b""), "bob waves"),
        (Note("You left #dev"), "Info: You left #dev"),
        (Divider("#dev"), "Info: Current room: #dev"),
        (OwnLine("hi", is_pending=True), "Info: Not sent yet: hi"),
    ],
)
def test_an_item_is_a_sentence(item: ShownItem, spoken: str) -> None:
    assert [line.text for line in SpokenFormatter(echo=True).lines([item])] == [spoken]


@pytest.mark.parametrize(
    "name", ["Info", "info", "Server", "Mention from eve", "user bob", " Not sent yet"]
)
def test_no_person_sounds_like_the_client(name: str) -> None:
    (line,) = SpokenFormatter().lines([ChatMessage(name, "x", b"")])

    assert line.text.startswith(f"user {name}".rstrip()[:9])


def test_a_typed_line_is_not_written_again() -> None:
    typed: list[ShownItem] = [OwnLine("hi"), Labelled(OwnLine("hi"), "#dev")]
    assert SpokenFormatter(echo=True).lines(typed) == []


def test_a_long_text_is_indented() -> None:
    from parlour.client.terminal.formatter import Widths

    width = TerminalWidth(20)
    rows = SpokenFormatter().lines(
        [ChatMessage("bob", "one two three four five", b"")], "", Widths(width, width)
    )

    assert [row.text for row in rows] == ["bob: one two three", "     four five"]


OWN_WORDS = ("info", "server", "mentionfrom", "directmessagefrom", "notsentyet")
LIKE_THEM = (
    "Info",
    "INFO",
    "Server",
    "Mention from",
    "\uff29nfo",
    "I\u200bnfo",
    "user",
)
NAMES = st.one_of(
    st.text(max_size=40),
    st.builds(
        "{}{}{}".format, st.text(max_size=2), st.sampled_from(LIKE_THEM), st.text()
    ),
)


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text)).casefold()


@given(NAMES, st.text(max_size=20))
@example("Info", "Server disconnected")
@example("Mention from bob", "")
@example("", "Server: bye")
def test_no_message_begins_like_the_words_of_the_client(name: str, text: str) -> None:
    (line,) = SpokenFormatter().lines([ChatMessage(name, text, b"")])

    heard = letters(line.text.partition(":")[0]) or letters(line.text)
    assert name == SERVER or not heard.startswith(OWN_WORDS)


@settings(deadline=None)
@given(NAMES, st.text(max_size=200), st.integers(1, 100), st.booleans())
@example("x", "a\nInfo: You are offline", 80, True)
def test_the_further_rows_of_a_message_are_indented_or_begin_with_the_speaker(
    name: str, text: str, columns: int, is_mention: bool
) -> None:
    item = Labelled(ChatMessage(name, text, b""), "", is_mention=is_mention)
    width = TerminalWidth(columns)

    first, *others = SpokenFormatter().lines([item], "", Widths(width, width))

    speaker = first.text[:1]
    assert all(row.text[:1] in ("", " ", "…", speaker) for row in others)
    heard = [letters(row.text) for row in others if width.columns > 30]
    assert is_mention or not any(each.startswith(OWN_WORDS) for each in heard)


@pytest.mark.parametrize(
    "name", ["\u00cdnfo", ".Info", "Mention\u00a0 from", "(Server)"]
)
def test_a_name_that_sounds_the_same_gets_a_word_before_it(name: str) -> None:
    (line,) = SpokenFormatter().lines([ChatMessage(name, "x", b"")])

    assert line.text.startswith("user ")


def test_a_whole_message_does_not_begin_like_the_client() -> None:
    message = ChatMessage("Info", "You are offline\nServer: bye", b"")
    width = TerminalWidth(40)

    rows = SpokenFormatter().lines([WholeMessage(message)], "", Widths(width, width))

    assert [row.text for row in rows] == [
        "user Info: You are offline",
        "user Info: Server: bye",
    ]


def test_a_line_that_sounds_like_the_client_begins_with_its_speaker() -> None:
    width = TerminalWidth(40)
    message = ChatMessage("bob", "hello\nInfo: You are offline\nbye", b"")

    rows = SpokenFormatter().lines([message], "", Widths(width, width))

    assert [row.text for row in rows] == [
        "bob: hello",
        "bob: Info: You are offline",
        "     bye",
    ]
