"""The markup of messages: code, bold, italics, quotes. Pure.

A message stays the text that was typed: markup only says how parts of it are shown, in
the terminal and on the page alike. Everything that is not markup is text, so there are
no errors. Markup is not nested, and a span does not reach beyond its line.

`tests/markup_cases.json` has the examples that this module and the page's script share.
"""

import re
from enum import Enum
from typing import Final, NamedTuple


class SpanKind(Enum):
    """How a part of a line is shown."""

    TEXT = "text"
    CODE = "code"
    BOLD = "bold"
    ITALIC = "italic"
    LINK = "link"


class LineKind(Enum):
    """How a whole line is shown."""

    TEXT = "text"
    QUOTE = "quote"  # it begins with ">"
    FENCE = "fence"  # three backticks, which begin or end a block of code
    CODE = "code"  # a line of such a block


class Span(NamedTuple):
    """A part of a line: *raw* with its marks, *text* without them."""

    kind: SpanKind
    raw: str
    text: str


class Line(NamedTuple):
    """A line of a message. The *raw* texts of its spans are the line."""

    kind: LineKind
    spans: tuple[Span, ...]


FENCE: Final = "```"
ACTION: Final = "/me "
"""What a message begins with that says what its sender does (as in XEP-0245)."""

_SPAN: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`{1,3})(?!`)(?P<inner>[^`]|[^`].*?[^`])(?P=ticks)(?!`))"
    r"|(?P<link>\b(?:https?://|mailto:)[^\s<>`\"]+)"
    r"|(?<![\w*])\*\*(?P<bold>[^\s*](?:[^*]*[^\s*])?)\*\*(?![\w*])"
    r"|(?<![\w*])\*(?P<star>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<line>[^\s_](?:[^_]*[^\s_])?)_(?!\w)"
)

_OPENING: Final = {")": "(", "]": "[", "}": "{"}
_AFTER_LINK: Final = ".,;:!?'*_~"
"""Characters that end a sentence, not a link."""


def parse(text: str) -> tuple[Line, ...]:
    """Return the lines of *text*. Joined with LF, their raw texts are *text*."""
    lines: list[Line] = []
    is_in_block = False
    raws = text.split("\n")
    for index, raw in enumerate(raws):
        has_block = is_in_block or index < len(raws) - 1
        if has_block and raw.startswith(FENCE) and "`" not in raw[len(FENCE) :]:
            is_in_block = not is_in_block
            lines.append(Line(LineKind.FENCE, (Span(SpanKind.TEXT, raw, raw),)))
        elif is_in_block:
            lines.append(Line(LineKind.CODE, (Span(SpanKind.CODE, raw, raw),)))
        else:
            kind = LineKind.QUOTE if raw.startswith(">") else LineKind.TEXT
            lines.append(Line(kind, parse_line(raw)))
    return tuple(lines)


def parse_line(raw: str) -> tuple[Span, ...]:
    """Return the spans of one line of text."""
    spans: list[Span] = []
    start = 0
    while (found := _SPAN.search(raw, start)) is not None:
        span = _span(found)
        if found.start() > start:
            before = raw[start : found.start()]
            spans.append(Span(SpanKind.TEXT, before, before))
        spans.append(span)
        start = found.start() + len(span.raw)
    if start < len(raw) or not spans:
        spans.append(Span(SpanKind.TEXT, raw[start:], raw[start:]))
    return tuple(spans)


def _span(found: re.Match[str]) -> Span:
    if found["link"] is not None:
        link = _trimmed_link(found["link"])
        return Span(SpanKind.LINK, link, link)
    if found["code"] is not None:
        return Span(SpanKind.CODE, found[0], found["inner"])
    if found["bold"] is not None:
        return Span(SpanKind.BOLD, found[0], found["bold"])
    italic = found["star"] if found["star"] is not None else found["line"]
    return Span(SpanKind.ITALIC, found[0], italic)


def _trimmed_link(link: str) -> str:
    """Return *link* without the punctuation of the sentence around it."""
    while True:
        last = link[-1]
        opening = _OPENING.get(last)
        is_unbalanced = opening and link.count(last) > link.count(opening)
        if last not in _AFTER_LINK and not is_unbalanced:
            return link
        link = link[:-1]
