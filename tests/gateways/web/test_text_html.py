"""The texts of messages as HTML, which are made once for many pages."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from parlour.gateways.web import text_html
from parlour.gateways.web.rendered_text import RenderedLine, render_text
from parlour.gateways.web.safe_text import visible
from parlour.gateways.web.text_html import ENTRY_SIZE, TextCache, render_html
from parlour.search_hits import SearchHits
from tests.gateways.web.fake_chat import FakeChat

TICK = '<span class="tick" aria-hidden="true">{}</span>'
FENCES = TICK.format("```\n"), TICK.format("\n```")
BLOCK = f'<code class="block">{FENCES[0]}{{}}{FENCES[1]}</code>'
QUOTE = '<span class="quote" role="blockquote">{}</span>'
LINK = '<a href="{0}" rel="noopener noreferrer nofollow ugc" target="_blank">{0}</a>'
TEXTS = st.text() | st.text('`*_> ab\n(h.&<"')


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("*b*", f"<em>{TICK.format('*')}b{TICK.format('*')}</em>"),
        ("http://a.b/?c&d", LINK.format("http://a.b/?c&amp;d")),
        (
            "> so\nno",
            QUOTE.format(TICK.format("&gt; ") + "so") + "\nno",
        ),
        (
            "```\n<x>\n```\ny",
            BLOCK.format("&lt;x&gt;") + TICK.format("\n") + "y",
        ),
        ("\u202e", "&lt;U+202E&gt;"),
    ],
)
def test_the_html_of_a_text(text: str, html: str) -> None:
    assert render_html(text).html == html


def test_a_search_hit_is_marked() -> None:
    made = render_html("a <b>", SearchHits("b"))

    assert made.html == "a &lt;<mark>b</mark>&gt;"


@given(TEXTS)
def test_the_text_of_the_html_is_what_was_sent(text: str) -> None:
    html = render_html(text).html

    assert unescape(re.sub(r"<[^>]*>", "", html)) == visible(text)


def test_the_texts_of_a_page_are_made_once(
    chat: FakeChat, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def count(text: str, hits: SearchHits | None) -> list[RenderedLine]:
        made.append(text)
        return render_text(text, hits)

    monkeypatch.setattr(text_html, "render_text", count)
    texts = [f"*one* `two` of {number} in a test of a cache" for number in range(20)]
    chat.send("Romeo", *texts)

    pages = [client.get(path).text for path in ("/", "/", "/?before=15", "/m/7")]

    assert sorted(made) == sorted(texts)
    assert all("in a test of a cache" in page for page in pages)


def test_the_texts_that_are_kept_are_bounded() -> None:
    most = 20 * (ENTRY_SIZE + 2 * 1000)
    cache = TextCache(most)

    for number in range(1000):
        assert cache.render(f"{number} {'x' * 1000}").html.startswith(f"{number} x")
        assert cache.render("the one that is used again").html
    cache.render("y" * most)

    assert len(cache) == 0, "one text that is too large displaces all"


def test_the_text_that_was_used_last_is_kept_longest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cache = TextCache(10 * (ENTRY_SIZE + 2 * 1000))
    cache.render("used again")
    for number in range(100):
        cache.render(f"{number} {'x' * 1000}")
        cache.render("used again")
    monkeypatch.delattr(text_html, "render_text")

    assert cache.render("used again").html == "used again"
    assert 2 <= len(cache) <= 10
