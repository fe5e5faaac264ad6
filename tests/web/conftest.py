import os
import shutil
from collections.abc import Iterator
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from parlour.web.pages import make_pages
from tests.web.fake import FakeChat
from tests.web.page import Html, Read

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = shutil.which("chromium") or ""
INVITATION = "python3 client.py 127.0.0.1 5555"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def client(chat: FakeChat) -> FlaskClient:
    return make_pages(chat, "write", INVITATION).test_client()


@pytest.fixture
def get(client: FlaskClient) -> Read:
    def read(address: str, status: int = 200) -> Html:
        response = client.get(address)
        assert response.status_code == status
        return Html(response.text)

    return read


@pytest.fixture
def site(chat: FakeChat) -> Iterator[str]:
    """Serve the pages, without what keeps them live."""
    pages = make_pages(chat, "write", INVITATION)
    server = make_server("127.0.0.1", 0, pages, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")  # while it runs, no other loop can in this thread
def browser() -> Iterator["Browser"]:
    """Start Chromium, which every machine need not have but the one that decides."""
    if not CHROMIUM:
        missing = "there is no Chromium here: `make system-deps` installs it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()
