"""Foreign pages cannot read the chat or send messages."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from tests.gateways.web.browser import Tab, Visits
from tests.gateways.web.site import serve
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)

BLOCKED = [
    "CORS policy",
    "ERR_",
    "WebSocket connection to",
    "sends a request elsewhere",
    "connects elsewhere",
    "frame-ancestors",
]


class _ForeignPage(BaseHTTPRequestHandler):
    """Serves an empty page."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><link rel=icon href='data:,'><title>foreign")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def foreign_page() -> Iterator[str]:
    """Serve a page of another origin on the same machine, and yield its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _ForeignPage) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def run_script(tab: Tab, script: str, url: str) -> str:
    """Return "done" or the error of *script*, an async function of *url*."""
    wrapped = f"(url) => ({script})(url).then(() => 'done', (error) => `${{error}}`)"
    return f"{tab.page.evaluate(wrapped, url)}"


def test_a_foreign_page_can_neither_connect_nor_fetch(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    open_socket = """(url) => new Promise((done, fail) => {
        const socket = new WebSocket(url);
        socket.onopen = done;
        socket.onerror = () => fail("refused");
    })"""
    api, socket = f"{site.url}api/messages", f"ws://127.0.0.1:{site.web_port}/ws"

    with foreign_page() as address:
        foreign, own = visit(address).ignore_errors(*BLOCKED), visit(site)

        assert run_script(own, open_socket, socket) == "done"
        assert run_script(foreign, open_socket, socket) == "refused"
        assert run_script(own, "fetch", api) == "done"
        assert "TypeError" in run_script(foreign, "fetch", api)
        opaque = "(url) => fetch(url, {mode: 'no-cors'})"
        assert "TypeError" in run_script(foreign, opaque, api)


def test_a_foreign_page_cannot_embed_the_chat(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    with foreign_page() as address:
        tab = visit(address).ignore_errors(*BLOCKED)
        tab.page.evaluate(
            """(url) => new Promise((done) => {
                const frame = document.createElement("iframe");
                frame.src = url;
                frame.onload = done;
                document.body.append(frame);
            })""",
            site.url,
        )

        (_, frame) = tab.page.frames
        assert frame.url == "chrome-error://chromewebdata/"


def test_a_form_posted_to_the_chat_port_sends_no_message(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    post = """(url) => fetch(url, {
        method: "POST",
        mode: "no-cors",
        body: '\\n{"type": "message", "data": "from a form"}\\n',
    })"""

    with foreign_page() as address:
        tab = visit(address).ignore_errors(*BLOCKED)
        run_script(tab, post, f"http://127.0.0.1:{site.port}/")
    romeo.send_messages("a later message")
    romeo.expect("a later message")

    assert romeo.lines == [
        f"[Server]: {romeo.name} has entered the chat",
        f"{romeo.name}: a later message",
    ]
    assert [text for _, text in site.history()] == ["a later message"]


def test_many_concurrent_requests_to_the_chat_port_send_no_message(
    sandbox: Sandbox, visit: Visits, engine: str
) -> None:
    site = serve(sandbox, engine)
    romeo = sandbox.join(site.port)
    # Browsers open connections in advance, so some requests arrive late on theirs.
    post = """(url) => Promise.all([...Array(30).keys()].map((number) =>
        fetch(`${url}${number}`, {
            method: "POST",
            mode: "no-cors",
            credentials: number % 2 ? "include" : "omit",
            body: '\\n{"type": "message", "data": "from a page"}\\n',
        }).catch(() => null)
    ))"""

    with foreign_page() as address:
        tab = visit(address).ignore_errors(*BLOCKED)
        for _ in range(3):
            tab.page.evaluate(post, f"http://127.0.0.1:{site.port}/")
    romeo.send_messages("a later message")
    romeo.expect("a later message")

    assert not any("from a page" in line for line in romeo.lines)
    assert [text for _, text in site.history()] == ["a later message"]
