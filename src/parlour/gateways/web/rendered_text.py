"""Divide the text of a message by its markup, for `text_html`.

Marks stay in the text, where only copying finds them: what is copied is what was sent.
The page's script does the same in `static/message-text.js`.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from parlour.markup import ACTION, Line, LineKind, Span, SpanKind, parse
from parlour.search_hits import SearchHits

Parts = list[tuple[str, bool]]
"""The parts of a text, each with a flag that is true for a search hit."""

TAGS: Final = {SpanKind.CODE: "code", SpanKind.BOLD: "strong", SpanKind.ITALIC: "em"}


class RenderedSpan(NamedTuple):
    """A part of a line: its text, and the marks before and after it.

    *tag* is its element, "" for plain text. A link has an *href*.
    """

    tag: str
    before: str
    parts: Parts
    after: str
    href: str = ""


class RenderedLine(NamedTuple):
    """A line, or a block of code. *newline* comes before it.

    It is a mark if one of the two lines is a block: blocks have lines of their own.
    """

    kind: str  # text, quote or block
    newline: str
    is_mark: bool
    spans: list[RenderedSpan]


def render_text(text: str, hits: SearchHits | None = None) -> list[RenderedLine]:
    """Render *text*, whose characters are all visible. The *hits* are flagged."""
    rendered: list[RenderedLine] = []
    said = text.removeprefix(ACTION)
    for kind, spans in _blocks(parse(said), hits):
        before = rendered[-1].kind if rendered else ""
        newline = "\n" if rendered else ""
        is_mark = "block" in (kind, before)
        rendered.append(RenderedLine(kind, newline, is_mark, spans))
    if said != text:
        rendered[0].spans.insert(0, RenderedSpan("", ACTION, [], ""))
    return rendered


def _blocks(
    lines: Iterable[Line], hits: SearchHits | None
) -> Iterator[tuple[str, list[RenderedSpan]]]:
    """Yield the lines, each block of code as one, and lines without markup as one.

    There may be thousands of them in a text. A search hit does not go on in the next.
    """
    opening: str | None = None
    code: list[str] = []
    plain: list[str] = []
    for line in lines:
        if hits is None and _is_plain(line):
            plain.append(line.spans[0].raw)
            continue
        if plain:
            yield "text", [_plain(plain)]
            plain = []
        raw = "".join([span.raw for span in line.spans])
        if line.kind is LineKind.FENCE and opening is None:
            opening, code = raw, []
        elif line.kind is LineKind.FENCE:
            yield "block", [_block(opening or "", code, f"\n{raw}", hits)]
            opening = None
        elif line.kind is LineKind.CODE:
            code.append(raw)
        else:
            yield line.kind.value, _spans(line, hits)
    if opening is not None:
        yield "block", [_block(opening, code, "", hits)]
    if plain:
        yield "text", [_plain(plain)]


def _is_plain(line: Line) -> bool:
    kind, spans = line
    return kind is LineKind.TEXT and len(spans) == 1 and spans[0].kind is SpanKind.TEXT


def _plain(lines: list[str]) -> RenderedSpan:
    return RenderedSpan("", "", [("\n".join(lines), False)], "")


def _block(
    opening: str, code: list[str], closing: str, hits: SearchHits | None
) -> RenderedSpan:
    before = f"{opening}\n" if code else opening
    return RenderedSpan("", before, _parts("\n".join(code), hits), closing)


def _spans(line: Line, hits: SearchHits | None) -> list[RenderedSpan]:
    """Return the spans of *line*. The sign of a quotation is a mark."""
    if line.kind is not LineKind.QUOTE:
        return [_span(span, hits) for span in line.spans]
    sign = "> " if line.spans[0].raw.startswith("> ") else ">"
    rest = _parts(line.spans[0].raw.removeprefix(sign), hits)
    others = [_span(span, hits) for span in line.spans[1:]]
    return [RenderedSpan("", sign, rest, ""), *others]


def _span(span: Span, hits: SearchHits | None) -> RenderedSpan:
    parts = _parts(span.text, hits)
    if span.kind is SpanKind.LINK:
        return RenderedSpan("a", "", parts, "", span.text)
    size = (len(span.raw) - len(span.text)) // 2
    before, after = span.raw[:size], span.raw[len(span.raw) - size :]
    return RenderedSpan(TAGS.get(span.kind, ""), before, parts, after)


def _parts(text: str, hits: SearchHits | None) -> Parts:
    return [(text, False)] if hits is None else hits.split(text)
