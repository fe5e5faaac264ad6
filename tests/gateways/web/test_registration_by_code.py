"""Registration on the page of a server that needs the code of an invitation."""

from collections.abc import Iterator

import pytest

from parlour.core.rules import Rules
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.order_browser import hear
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.clients import command_line
from tests.server.running_servers import serve_threads

FIELDS = {"name": "Romeo", "password": PASSWORD, "repeated": PASSWORD}


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """Run a server on which Ada, an admin, invites those who register."""
    with run_gateway(
        serve_threads,
        accounts=("Ada",),
        admins=("Ada",),
        rules=Rules(registration="invite"),
    ) as running:
        yield running


@pytest.fixture
def code(gateway: RunningGateway) -> str:
    """Return the code of an invitation."""
    return new_code(gateway)


def new_code(gateway: RunningGateway) -> str:
    """Let Ada make a code."""
    cookie = AccountClient(gateway.port).sign_in("Ada").cookie
    ada = gateway.connect(cookie=cookie, origin=gateway.url.rstrip("/"))
    token = "the token of the client of Ada"
    ada.send(command_line("hello", version=1, watch=True, token=token, rooms=[]))
    hear(ada, "account")
    ada.send(command_line("invite"))
    return f"{hear(ada, 'invitation')['invite']}"


def test_the_form_asks_for_a_code(gateway: RunningGateway) -> None:
    romeo = AccountClient(gateway.port)

    response = romeo.post("/register", **FIELDS)

    assert "Code of your invitation" in romeo.get("/register").text
    assert response.status == 422
    reason = "Registering needs an invitation code; ask an administrator for one."
    assert response.errors == {"invite": reason}
    assert 'href="/register"' in romeo.get("/sign-in").text


def test_a_code_registers_an_account_once(gateway: RunningGateway, code: str) -> None:
    romeo, juliet = AccountClient(gateway.port), AccountClient(gateway.port)

    first = romeo.post("/register", **FIELDS, invite=code)
    second = juliet.post("/register", **FIELDS | {"name": "Juliet"}, invite=code)

    assert first.status == 303
    assert "You are signed in as <b><bdi>Romeo" in romeo.get("/account").text
    reason = "That invitation is wrong, was used, or has ended."
    assert second.errors == {"invite": reason}


def test_a_link_fills_in_the_code(gateway: RunningGateway, code: str) -> None:
    page = AccountClient(gateway.port).get(f"/register?invite={code}")

    assert f'name="invite" type="text" autocomplete="off" value="{code}"' in page.text


def test_a_refused_form_keeps_the_code(gateway: RunningGateway, code: str) -> None:
    romeo = AccountClient(gateway.port)
    fields = FIELDS | {"repeated": "different", "invite": code}

    response = romeo.post("/register", **fields)

    assert response.status == 422
    assert f'value="{code}"' in response.text


@pytest.mark.parametrize(
    "link", ["parlour://localhost:5555/?invite=", " https://a.example/register?invite="]
)
def test_a_link_may_be_given_instead_of_its_code(
    gateway: RunningGateway, code: str, link: str
) -> None:
    romeo = AccountClient(gateway.port)

    response = romeo.post("/register", **FIELDS, invite=f"{link}{code}")

    assert response.status == 303


def test_an_open_server_asks_for_no_code() -> None:
    with run_gateway(serve_threads) as gateway:
        page = AccountClient(gateway.port).get("/register?invite=a-code")

    assert "Code of your invitation" not in page.text


def test_a_server_that_is_closed_has_no_form() -> None:
    with run_gateway(serve_threads, rules=Rules(registration="closed")) as gateway:
        page = AccountClient(gateway.port).get("/register")

    assert page.status == 404
