"""Secrets from pages that came unencrypted through a network, which others can read."""

import json
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.clients import receive_event
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.clients import command_line
from tests.server.running_servers import (
    Serve,
    on_both_drivers,
    serve_async,
    serve_threads,
)

NAME = "chat.example.org"
PLAIN, SECURE = f"http://{NAME}", f"https://{NAME}"
GUEST = command_line("hello", version=1, name="Romeo", rooms=["lobby"])


@pytest.fixture(params=[serve_async, serve_threads], ids=["async", "threads"])
def gateway(request: pytest.FixtureRequest) -> Iterator[RunningGateway]:
    """Run a server with an account, behind a proxy that may not encrypt."""
    serve: Serve = request.param
    with run_gateway(serve, allowed=(NAME,), accounts=("Juliet",)) as gateway:
        yield gateway


def browser_at(gateway: RunningGateway, origin: str) -> AccountClient:
    browser = AccountClient(gateway.port, host=NAME)
    browser.origin = origin
    return browser


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/sign-in", {"name": "Juliet", "password": PASSWORD}),
        (
            "/register",
            {"name": "Nurse", "password": PASSWORD, "repeated": PASSWORD},
        ),
    ],
)
def test_a_form_with_a_password_is_refused(
    gateway: RunningGateway, path: str, fields: dict[str, str]
) -> None:
    browser = browser_at(gateway, PLAIN)

    refused = browser.post(path, **fields)

    assert refused.status == 403
    assert "came to you unencrypted" in refused.text
    assert browser.account_cookies == {}


def test_a_form_with_the_cookie_of_an_account_is_refused(
    gateway: RunningGateway,
) -> None:
    browser = browser_at(gateway, SECURE).sign_in("Juliet")
    browser.origin = PLAIN
    said = {"room": "lobby", "message": "ay me", "id": "f" * 32}

    refused = browser.send("/say", said)

    assert refused.status == 403
    assert "only accepted over HTTPS" in refused.text
    assert gateway.server.hub.counters.messages == 0


def test_a_websocket_with_the_cookie_of_an_account_is_refused_and_told_why(
    gateway: RunningGateway,
) -> None:
    browser = browser_at(gateway, SECURE).sign_in("Juliet")

    with pytest.raises(InvalidStatus) as refused:
        gateway.connect(origin=PLAIN, cookie=browser.cookie)
    told = json.loads(browser.get(f"/ws?origin={PLAIN}").text)
    page = gateway.connect(origin=SECURE, cookie=browser.cookie)
    page.send(GUEST)

    assert refused.value.response.status_code == 403
    assert b"only accepted over HTTPS" in (refused.value.response.body or b"")
    assert not told["allowed"]
    assert "only accepted over HTTPS" in told["reason"]
    assert receive_event(page)[1]["you"] == "Juliet"


@pytest.mark.parametrize(
    "line",
    [
        command_line("login", account="Juliet", password=PASSWORD),
        command_line("register", password=PASSWORD),
    ],
)
def test_a_line_with_a_password_is_refused(
    gateway: RunningGateway, line: bytes
) -> None:
    page = gateway.connect(origin=PLAIN)
    page.send(GUEST)
    while receive_event(page)[0] != "room":
        pass
    page.send(line)
    while (event := receive_event(page))[0] != "error":
        pass

    assert event[1]["code"] == "tls_required"


@on_both_drivers
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.1.1", "[::1]"])
def test_on_this_machine_a_page_need_not_be_encrypted(serve: Serve, host: str) -> None:
    with run_gateway(serve, accounts=("Juliet",)) as gateway:
        browser = AccountClient(gateway.port, host=host).sign_in("Juliet")
        origin = f"http://127.0.0.1:{gateway.port}"
        page = gateway.connect(host="127.0.0.1", origin=origin)
        page.send(command_line("hello", version=1, account="Juliet", password=PASSWORD))

        assert browser.account_cookies
        assert receive_event(page)[1]["you"] == "Juliet"
