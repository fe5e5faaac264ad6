"""All addresses: errors, methods, headers and limits."""

import pytest
from flask.testing import FlaskClient

from parlour.core.storage import StorageError
from parlour.gateways.web import text_html
from parlour.gateways.web.rendered_text import RenderedLine, render_text
from parlour.search_hits import SearchHits
from tests.gateways.web.fake_chat import FakeChat
from tests.gateways.web.parsed_html import GetPage, Html

FULL = StorageError("history_failed", "the disk went away")
PAGES = [
    *("/", "/?before=9", "/search", "/search?q=a", "/m/1", "/rooms", "/r/dev"),
    *("/r/dev?before=9", "/r/dev/m/1", "/api/messages"),
]


@pytest.mark.parametrize("address", PAGES)
def test_pages_show_why_the_chat_fails(
    address: str, chat: FakeChat, client: FlaskClient
) -> None:
    chat.failure = FULL

    response = client.get(address)

    assert response.status_code == 503
    assert "the disk went away" in response.text
    assert response.headers["Retry-After"] == "5"


def test_the_page_of_an_unknown_address_links_to_the_chat(get: GetPage) -> None:
    assert get("/nowhere", 404).links["Back to the chat"] == "/"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_methods_that_change_something_are_not_allowed(
    method: str, client: FlaskClient
) -> None:
    response = client.open("/", method=method)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert Html(response.text).links["Back to the chat"] == "/"


def test_head_and_options_are_supported(client: FlaskClient) -> None:
    assert client.head("/").status_code == 200
    assert client.head("/").text == ""
    assert client.options("/").status_code == 204
    assert client.options("/").headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("address", [*PAGES, "/nowhere", "/?before=x", "/healthz"])
def test_every_response_has_the_security_headers(
    address: str, client: FlaskClient
) -> None:
    headers = client.get(address).headers

    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex"
    assert headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("address", [*PAGES[:-1], "/nowhere"])
def test_pages_have_no_inline_scripts_or_styles(
    address: str, chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", "a")

    page = Html(client.get(address).text)

    assert not page.all("style")
    assert all(
        script.attributes["src"] and not script.text for script in page.all("script")
    )
    names = {name for element in page.elements for name in element.attributes}
    assert not {name for name in names if name == "style" or name.startswith("on")}


def test_browsers_cache_static_files_until_they_change(
    client: FlaskClient,
) -> None:
    page = Html(client.get("/").text)
    sheet, *_ = [e for e in page.all("link") if e.attributes["rel"] == "stylesheet"]
    address = sheet.attributes["href"]

    with client.get(address) as first:
        tag = first.headers["ETag"]
    with client.get(address, headers={"If-None-Match": tag}) as again:
        pass

    assert first.status_code == 200
    assert again.status_code == 304
    assert first.headers["Cache-Control"] == "public, max-age=31536000"
    assert first.headers["X-Content-Type-Options"] == "nosniff"


def test_the_icon_has_its_conventional_address(client: FlaskClient) -> None:
    with client.get("/favicon.ico") as response:
        assert response.mimetype == "image/svg+xml"


def test_the_health_check_reports_failures(chat: FakeChat, client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    chat.failure = FULL
    assert client.get("/healthz").status_code == 503
    assert client.get("/healthz").text == "the disk went away\n"


@pytest.mark.parametrize("address", ["/", "/?before=60", "/search?q=a", "/m/30"])
def test_a_page_is_limited_by_its_size(
    chat: FakeChat, client: FlaskClient, address: str
) -> None:
    chat.send("Romeo", *["a " + "\u0085" * 2000] * 60)

    response = client.get(address)

    assert 200_000 < len(response.data) < 300_000
    assert 'id="m30"' in response.text or address != "/m/30"


def test_the_marks_of_a_search_count_towards_the_size_of_its_page(
    chat: FakeChat, client: FlaskClient
) -> None:
    chat.send("Romeo", *["a " * 2000] * 60)

    assert 200_000 < len(client.get("/search?q=a").data) < 300_000


def test_a_search_makes_the_html_of_a_text_once(
    chat: FakeChat, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = list[str]()

    def render(text: str, hits: SearchHits | None = None) -> list[RenderedLine]:
        made.append(text)
        return render_text(text, hits)

    monkeypatch.setattr(text_html, "render_text", render)
    chat.send("Romeo", "a rose by any other name", "a rosebud")

    client.get("/search?q=rose")

    assert sorted(made) == ["a rose by any other name", "a rosebud"]
