from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from parlour.gateways.web.routes import make_app
from tests.gateways.web.account_client import AccountClient
from tests.gateways.web.chromium import chromium, require_chromium
from tests.gateways.web.fake_chat import FakeChat
from tests.gateways.web.page_client import for_this_machine, page_client
from tests.gateways.web.parsed_html import GetPage, Html
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.programs.sandbox import Sandbox
from tests.server.running_servers import serve_async

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.gateways.web.browser import Visits

INVITATION = "python3 client.py 127.0.0.1 5555"


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat()


@pytest.fixture
def client(chat: FakeChat) -> FlaskClient:
    return page_client(make_app(chat, "write", INVITATION))


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """Run a server with a web gateway."""
    with run_gateway(serve_async) as running:
        yield running


@pytest.fixture
def person(gateway: RunningGateway) -> AccountClient:
    """Return the browser of somebody without an account yet."""
    return AccountClient(gateway.port)


@pytest.fixture
def ada(gateway: RunningGateway) -> AccountClient:
    """Return the browser of Ada, an account of the server."""
    return AccountClient(gateway.port).sign_in("Ada")


@pytest.fixture
def ann(gateway: RunningGateway) -> AccountClient:
    """Return the browser of Ann, an account of the server."""
    return AccountClient(gateway.port).sign_in("Ann")


@pytest.fixture
def meg(gateway: RunningGateway) -> AccountClient:
    """Return the browser of Meg, an account of the server."""
    return AccountClient(gateway.port).sign_in("Meg")


@pytest.fixture
def get(client: FlaskClient) -> GetPage:
    def get_page(address: str, status: int = 200) -> Html:
        response = client.get(address)
        assert response.status_code == status
        return Html(response.text)

    return get_page


@pytest.fixture
def site(chat: FakeChat) -> Iterator[str]:
    """Serve the pages without WebSockets, and return their address."""
    app = for_this_machine(make_app(chat, "write", INVITATION))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")  # no other event loop can run in this thread
def browser() -> Iterator["Browser"]:
    require_chromium()
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: "Browser") -> Iterator["Visits"]:
    from tests.gateways.web.browser import Visits

    visits = Visits(browser)
    yield visits
    assert visits.close() == []


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox
