"""The text of a message as HTML, and the texts that were made last.

The page of a room is requested again and again, and its texts are most of the work.
Templates made them ten times as slowly. `static/message-text.js` makes the same.
"""

import sys
from collections import OrderedDict
from html import escape
from threading import Lock
from typing import Final, NamedTuple

from parlour.search_hits import SearchHits

from .rendered_text import Parts, RenderedLine, RenderedSpan, render_text
from .safe_text import is_tall, visible

MAX_KEPT: Final = 8 << 20  # bytes of texts and of the HTML made of them
ENTRY_SIZE: Final = 256  # bytes that the cache needs for an entry besides, about

_BLOCKS: Final = {
    "block": ('<code class="block">', "</code>"),
    "quote": ('<span class="quote" role="blockquote">', "</span>"),
}


class TextHtml(NamedTuple):
    """A text as escaped HTML, and its size in bytes.

    It needs a scrollable frame if it *is_tall*.
    """

    html: str
    is_tall: bool
    size: int


class TextCache:
    """The HTML of the texts that were used last, up to *most* bytes of both.

    The *hits* of a search are marked. Any thread may use it. Its keys are the texts
    themselves: only a page with a text finds its HTML, whoever asks and whatever was
    erased meanwhile.
    """

    def __init__(self, most: int = MAX_KEPT, hits: SearchHits | None = None) -> None:
        self._left, self._hits = most, hits
        self._lock = Lock()  # guards the rest
        self._found: OrderedDict[str, TextHtml] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of texts."""
        return len(self._found)

    def render(self, text: str) -> TextHtml:
        """Return *text* as HTML."""
        with self._lock:
            if (found := self._found.get(text)) is not None:
                self._found.move_to_end(text)
                return found
        made = render_html(text, self._hits)
        with self._lock:
            if text not in self._found:  # another thread may have made it, too
                self._found[text] = made
                self._left -= _size(text, made)
            while self._left < 0:
                self._left += _size(*self._found.popitem(last=False))
        return made


def render_html(text: str, hits: SearchHits | None = None) -> TextHtml:
    """Return *text* as HTML. The *hits* are marked."""
    shown = visible(text)
    html = "".join(map(_line, render_text(shown, hits)))
    return TextHtml(html, is_tall(shown), len(html.encode()))


def _size(text: str, made: TextHtml) -> int:
    return sys.getsizeof(text) + sys.getsizeof(made.html) + ENTRY_SIZE


def _line(line: RenderedLine) -> str:
    newline = _tick(line.newline) if line.is_mark else line.newline
    opening, closing = _BLOCKS.get(line.kind, ("", ""))
    return f"{newline}{opening}{''.join(map(_span, line.spans))}{closing}"


def _span(span: RenderedSpan) -> str:
    text = _parts(span.parts)
    if span.tag == "a":
        return (
            f'<a href="{escape(span.href)}" rel="noopener noreferrer nofollow ugc" '
            f'target="_blank">{text}</a>'
        )
    text = f"{_tick(span.before)}{text}{_tick(span.after)}"
    return f"<{span.tag}>{text}</{span.tag}>" if span.tag else text


def _tick(mark: str) -> str:
    return (
        f'<span class="tick" aria-hidden="true">{escape(mark)}</span>' if mark else ""
    )


def _parts(parts: Parts) -> str:
    return "".join(
        f"<mark>{escape(part)}</mark>" if is_hit else escape(part)
        for part, is_hit in parts
    )
