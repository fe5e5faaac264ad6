"""Styles of parts of a text that is wrapped to rows later. Pure.

A style begins and ends with a character of no width that `make_safe` never leaves in
the text of a person. It is replaced once the rows are known, so that no style covers
the margin, and none reaches the next row.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from parlour.markup import LineKind, Span, SpanKind, parse
from parlour.search_hits import SearchHits

from ..line_wrapping import STYLE_MARKS
from ..safe_text import RESET, make_safe

END, CODE, BOLD, ITALIC, LINK, QUOTE, FENCE, HIT = STYLE_MARKS
SIGN: Final = FENCE
"""The style of the signs of markup: that of the backticks around a block of code."""

SEQUENCES: Final = {
    CODE: "",
    BOLD: "\x1b[1m",
    ITALIC: "\x1b[3m",
    LINK: "\x1b[4m",
    QUOTE: "\x1b[2m",
    FENCE: "\x1b[2m",
    HIT: "\x1b[1m",
}
"""The sequences of a terminal without colours."""
WITHOUT_STYLES: Final = dict.fromkeys(SEQUENCES, "")

_SPANS: Final = {
    SpanKind.CODE: CODE,
    SpanKind.BOLD: BOLD,
    SpanKind.ITALIC: ITALIC,
    SpanKind.LINK: LINK,
}
_LINES: Final = {LineKind.QUOTE: QUOTE, LineKind.FENCE: FENCE}


def styled_lines(text: str, hits: SearchHits | None = None) -> list[str]:
    """Return the lines of the untrusted *text*, safe, with the marks of its styles.

    In what has no other style, the *hits* of a search stand out.
    """
    lines = []
    for line in parse(text):
        if mark := _LINES.get(line.kind):
            raw = "".join(span.raw for span in line.spans)
            lines.append(_marked(mark, raw))
        else:
            lines.append("".join(_styled(span, hits) for span in line.spans))
    return lines


def _styled(span: Span, hits: SearchHits | None) -> str:
    """Return a span in its style, with the signs around it dim."""
    style = _SPANS.get(span.kind)
    if style is None and hits is not None:
        parts = hits.split(span.raw)
        return "".join(_marked(HIT if is_hit else None, part) for part, is_hit in parts)
    has_signs = style is not None and span.text != ""
    before, text, after = (
        span.raw.partition(span.text) if has_signs else ("", span.raw, "")
    )
    return _marked(SIGN, before) + _marked(style, text) + _marked(SIGN, after)


def _marked(mark: str | None, raw: str) -> str:
    safe = make_safe(raw)
    return f"{mark}{safe}{END}" if mark and safe else safe


def painted_rows(
    rows: Iterable[str], margin: int, sequences: Mapping[str, str]
) -> list[str]:
    """Return *rows* with sequences instead of the marks of styles.

    The first *margin* columns of each row but the first are not painted.
    """
    painted: list[str] = []
    active = ""  # the sequence of the style that continues from the row before
    for row in rows:
        blanks = len(row) - len(row.lstrip(" "))  # fewer in a very narrow terminal
        start = min(margin, blanks) if painted else 0
        parts = [row[:start], active]
        for char in row[start:]:
            if char == END:
                parts.append(RESET if active else "")
                active = ""
            elif char in sequences:
                active = sequences[char]
                parts.append(active)
            else:
                parts.append(char)
        if active:
            parts.append(RESET)
        painted.append("".join(parts))
    return painted
