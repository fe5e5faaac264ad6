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

_SCHEME: Final = r"(?:https?://|mailto:)"
"""How a link begins: what else a browser would follow can run scripts."""

_SPAN: Final = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`{1,3})(?!`)(?P<inner>[^`]|[^`].*?[^`])(?P=ticks)(?!`))"
    rf"|(?P<link>\b{_SCHEME}[^\s<>`\"]+)"
    r"|(?<![\w*])\*\*(?P<bold>[^\s*](?:[^*]*[^\s*])?)\*\*(?![\w*])"
    r"|(?<![\w*])\*(?P<star>[^\s*](?:[^*]*[^\s*])?)\*(?![\w*])"
    r"|(?<!\w)_(?P<line>[^\s_](?:[^_]*[^\s_])?)_(?!\w)"
)

_MARK: Final = re.compile(r"[`*_:]|^>")
"""What every line with markup has."""
_LINK: Final = re.compile(rf"{_SCHEME}.+")
MAX_MARKUP: Final = 100
"""Spans and lines with markup in a message: each costs a browser some elements."""

_OPENING: Final = {")": "(", "]": "[", "}": "{"}
_AFTER_LINK: Final = ".,;:!?'*_~"
"""Characters that end a sentence, not a link."""


def parse(text: str) -> tuple[Line, ...]:
    """Return the lines of *text*. Joined with LF, their raw texts are *text*.

    After `MAX_MARKUP` spans and lines with markup, the rest of the message is text.
    """
    lines: list[Line] = []
    is_in_block, left = False, MAX_MARKUP
    raws = text.split("\n")
    for index, raw in enumerate(raws):
        if not is_in_block and _MARK.search(raw) is None:  # as most lines of a text
            lines.append(Line(LineKind.TEXT, (_text(raw),)))
            continue
        has_block = is_in_block or index < len(raws) - 1
        is_fence = raw.startswith(FENCE) and "`" not in raw[len(FENCE) :]
        if is_fence and has_block and (left > 0 or is_in_block):
            is_in_block = not is_in_block
            lines.append(Line(LineKind.FENCE, (_text(raw),)))
            left -= 1
        elif is_in_block:
            lines.append(Line(LineKind.CODE, (Span(SpanKind.CODE, raw, raw),)))
        elif raw.startswith(">") and left > 0:
            left -= 1
            lines.append(Line(LineKind.QUOTE, parse_line(raw, left)))
            left -= _marked(lines[-1])
        else:
            lines.append(Line(LineKind.TEXT, parse_line(raw, left)))
            left -= _marked(lines[-1])
    return tuple(lines)


def _marked(line: Line) -> int:
    """Return how many spans of a line are not text."""
    return sum(span.kind is not SpanKind.TEXT for span in line.spans)


def _text(raw: str) -> Span:
    return Span(SpanKind.TEXT, raw, raw)


def parse_line(raw: str, limit: int = MAX_MARKUP) -> tuple[Span, ...]:
    """Return the spans of one line of text, at most *limit* of them not text."""
    spans: list[Span] = []
    start = at = 0
    while limit > 0 and (found := _SPAN.search(raw, at)) is not None:
        span = _span(found)
        if span is None:
            at = found.end()
            continue
        if found.start() > start:
            spans.append(_text(raw[start : found.start()]))
        spans.append(span)
        limit -= 1
        start = at = found.start() + len(span.raw)
    if start < len(raw) or not spans:
        spans.append(_text(raw[start:]))
    return tuple(spans)


def _span(found: re.Match[str]) -> Span | None:
    """Return what was found; None if it is a link to nothing."""
    if found["link"] is not None:
        link = _trimmed_link(found["link"])
        return Span(SpanKind.LINK, link, link) if _LINK.fullmatch(link) else None
    if found["code"] is not None:
        return Span(SpanKind.CODE, found[0], found["inner"])
    if found["bold"] is not None:
        return Span(SpanKind.BOLD, found[0], found["bold"])
    italic = found["star"] if found["star"] is not None else found["line"]
    return Span(SpanKind.ITALIC, found[0], italic)


def _trimmed_link(link: str) -> str:
    """Return *link* without the punctuation of the sentence around it."""
    unbalanced = {
        closing: link.count(closing) - link.count(opening)
        for closing, opening in _OPENING.items()
    }
    end = len(link)
    while end:
        last = link[end - 1]
        if last in _AFTER_LINK:
            pass
        elif unbalanced.get(last, 0) > 0:
            unbalanced[last] -= 1
        else:
            break
        end -= 1
    return link[:end]
