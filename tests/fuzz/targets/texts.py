"""Texts of strangers: names, markup, searches, and what a terminal and a page show."""

import sqlite3
import unicodedata
from html.parser import HTMLParser
from typing import Final

from parlour.client.terminal.safe_text import JOINERS, make_safe, safe_name
from parlour.core.events import Refused
from parlour.core.limits import MAX_NAME, MAX_ROOM_NAME
from parlour.core.names.mentions import mentions
from parlour.core.names.room_names import normalize_room_name, room_conflict_keys
from parlour.core.names.validation import (
    is_address,
    is_numbered_guest,
    name_error,
    normalize_name,
)
from parlour.core.protocol.topic_text import topic_error
from parlour.core.protocol.trace_lines import TraceLines
from parlour.core.state.names import name_keys
from parlour.core.storage import StorageError
from parlour.gateways.web.safe_text import visible, visible_name
from parlour.gateways.web.text_html import render_html
from parlour.history.search_terms import fts_query, text_matcher
from parlour.history.segmentation import segmented
from parlour.markup import parse
from parlour.search_hits import SearchHits
from tests.fuzz.target import Target, text_of

DIRECTING: Final = {*("LRE", "RLE", "LRO", "RLO", "PDF"), *("LRI", "RLI", "FSI", "PDI")}
"""Bidirectional classes of characters that change the writing direction."""
CONTROLS: Final = {"Cc", "Cs", "Zl", "Zp"}
"""Categories of characters that control the terminal, or are no text."""
MOVING: Final = CONTROLS | {"Cf"}
"""Those that a trace escapes."""
UNSAFE: Final = MOVING | {"Co", "Cn"}
"""Categories of characters that move the cursor, reorder text or have no shape."""
MAX_TRACED: Final = 65_536  # bytes of a line
SECRET: Final = "correct-horse-battery"
SCHEMES: Final = ("http://", "https://", "mailto:")
ELEMENTS: Final = {"a", "code", "em", "mark", "span", "strong"}
ATTRIBUTES: Final = {"href", "rel", "target", "class", "role", "aria-hidden"}


def assert_safe(text: str, allowed: str = "") -> None:
    """Raise AssertionError if *text* has a character that is not safe to print."""
    for char in text:
        if char not in JOINERS + allowed:
            category = unicodedata.category(char)
            assert category not in UNSAFE, f"U+{ord(char):04X} in {text!a}"


def assert_shown(text: str) -> None:
    """Raise AssertionError if *text* controls the terminal, or the writing direction.

    Characters without a shape are left to those who show it.
    """
    for char in text:
        kinds = {unicodedata.bidirectional(char), unicodedata.category(char)}
        assert kinds.isdisjoint(DIRECTING | CONTROLS), f"U+{ord(char):04X} in {text!a}"


def fuzz_names(data: bytes) -> None:
    """Accepted names are stable, safe to print, and conflict with their variants."""
    typed = text_of(data)
    is_numbered_guest(typed)
    name_error(typed)
    name = normalize_name(typed)
    if isinstance(name, Refused):
        return
    assert normalize_name(name) == name
    assert name_error(name) == ""
    assert not is_address(name)
    assert 0 < len(name) <= MAX_NAME
    keys = name_keys(name)
    assert keys
    mentions(f"hello {name}!", name)
    assert_safe(safe_name(name))
    for variant in (name.upper(), name.lower(), unicodedata.normalize("NFKC", name)):
        other = normalize_name(variant)
        if not isinstance(other, Refused):
            assert set(keys) & set(name_keys(other)), f"{name!a} and {other!a}"


def fuzz_rooms(data: bytes) -> None:
    """Accepted names of rooms are stable, and topics are one line."""
    typed = text_of(data)
    if topic_error(typed) is None:
        assert len(typed.splitlines()) < 2
    name = normalize_room_name(typed)
    if isinstance(name, Refused):
        return
    assert normalize_room_name(name) == name
    assert 0 < len(name) <= MAX_ROOM_NAME
    assert ":" not in name
    assert "/" not in name
    assert room_conflict_keys(name)


def fuzz_safe_text(data: bytes) -> None:
    """Nothing that a terminal or a page shows has characters that are unsafe."""
    text = text_of(data)
    assert_safe(make_safe(text))
    assert_safe(safe_name(text))
    shown = visible(text)
    assert visible(shown) == shown
    for char in shown:
        if char not in f"{JOINERS}\n\t":
            assert unicodedata.category(char) not in UNSAFE - {"Cn"}, shown
    assert "\n" not in visible_name(text)


def fuzz_markup(data: bytes) -> None:
    """The spans of a text are the text, and its HTML has nothing else in it."""
    query, _, text = text_of(data).partition("\0")
    parsed = parse(text)
    raw = "\n".join("".join(span.raw for span in line.spans) for line in parsed)
    assert raw == text
    hits = SearchHits(query)
    assert "".join(part for part, _ in hits.split(text)) == text
    for found in (None, hits):
        page = _Page()
        page.feed(render_html(text, found).html)
        page.close()
        assert page.text == visible(text)


class _Page(HTMLParser):
    """Reads the HTML of a text as a browser does."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ELEMENTS, tag
        assert {name for name, _ in attrs} <= ATTRIBUTES, attrs
        href = dict(attrs).get("href")
        assert href is None or href.lower().startswith(SCHEMES), href

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def fuzz_search(data: bytes) -> None:
    """SQLite accepts every search, and finds what the rules in Python find."""
    words, _, text = text_of(data).partition("\0")
    try:
        query, matches = fts_query(words), text_matcher(words)
    except StorageError as exc:
        if exc.code != "search_too_long":
            raise
        return
    is_found = matches(text)
    if not query:
        assert not is_found
        return
    if not (words + text).isascii():
        text = text.encode("utf-8", "replace").decode()
    index = _index()
    index.execute("DELETE FROM found")
    index.execute("INSERT INTO found VALUES (?)", [segmented(text)])
    rows = index.execute("SELECT count(*) FROM found WHERE found MATCH ?", [query])
    if (words + text).isascii() and "\0" not in words + text:
        assert rows.fetchone() == (int(is_found),), (words, text)


def _index() -> sqlite3.Connection:
    """Return an empty index with the tokenizer of the history."""
    global _opened  # noqa: PLW0603 -- one for all inputs of a process
    if _opened is None:
        _opened = sqlite3.connect(":memory:", isolation_level=None)
        _opened.execute(
            "CREATE VIRTUAL TABLE found USING "
            "fts5(text, tokenize='unicode61 remove_diacritics 2')"
        )
    return _opened


_opened: sqlite3.Connection | None = None


def fuzz_trace(data: bytes) -> None:
    """A trace has one line for each line, safe to print, and no password."""
    lines = TraceLines(MAX_TRACED)
    shown = lines.feed(data[: len(data) // 2]) + lines.feed(data[len(data) // 2 :])
    for line in shown + lines.end():
        assert not {unicodedata.category(char) for char in line} & MOVING, line
    secret = SECRET.encode()
    for key in (b"token", b"password", b"key"):
        if secret not in data and b"\n" not in data:
            around = data.replace(b"\\", b"").replace(b'"', b"")
            members = b'"x":"%s","%s":"%s"' % (around, key, secret)
            sent = b'{"type":"hello","data":{%s}}\n' % members
            assert SECRET not in "".join(TraceLines(MAX_TRACED).feed(sent)), sent


TARGETS: Final = (
    Target(
        fuzz_names, (b"server", b"guest1", b"127.0.0.1:5", b"\xd0\xb0", b"\xcc\x81")
    ),
    Target(fuzz_rooms, (b"lobby", b"direct:1", b"dev-2", b"\xc3\xa9", b"admin")),
    Target(fuzz_safe_text, (b"\x1b[2J", b"\xe2\x80\xae", b"\xcc\x81", b"\xc2\x85")),
    Target(
        fuzz_markup,
        (
            b"```",
            b"`",
            b"**",
            b"*",
            b"_",
            b"https://",
            b"mailto:",
            b"> ",
            b"/me ",
            b"\n",
            b"\x00",
            b"<b>",
            b"&amp;",
            b"javascript:",
            b"</a>",
        ),
    ),
    Target(fuzz_search, (b"\0", b'"', b"*", b"NEAR", b"OR", b"\xe6\xbc\xa2", b"kun")),
    Target(fuzz_trace, (b'"password":"', b"/login ", b"\\u0070", b"\xe2\x80\xae")),
)
