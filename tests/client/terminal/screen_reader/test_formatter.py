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
def test_no_message_begins_like_the_words_of_the_client(name: str, text: str) -> None:
    (line,) = SpokenFormatter().lines([ChatMessage(name, text, b"")])

    assert name == SERVER or not letters(line.text).startswith(OWN_WORDS)


@settings(deadline=None)
@given(NAMES, st.text(max_size=200), st.integers(1, 100), st.booleans())
@example("x", "a\nInfo: You are offline", 80, True)
def test_only_the_first_row_of_a_message_begins_at_the_edge(
    name: str, text: str, columns: int, is_mention: bool
) -> None:
    item = Labelled(ChatMessage(name, text, b""), "", is_mention=is_mention)
    width = TerminalWidth(columns)

    _, *others = SpokenFormatter().lines([item], "", Widths(width, width))

    assert all(row.text[:1] in ("", " ") for row in others)
