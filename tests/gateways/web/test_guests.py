"""What the page shows to somebody without an account, by the rules for guests."""

from collections.abc import Iterator

import pytest

from parlour.core.rules import Rules
from tests.gateways.web.account_client import AccountClient
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.running_servers import serve_async

SAID = {"room": "lobby", "name": "Romeo", "message": "speak", "id": "f" * 32}
PAGES = ["/", "/r/dev", "/?before=9", "/m/1", "/rooms", "/search?q=a", "/nowhere"]


@pytest.fixture
def closed() -> Iterator[RunningGateway]:
    """Run a server that is only for people who have an account."""
    rules = Rules(guests="off")
    with run_gateway(serve_async, rules=rules, accounts=("Juliet",)) as gateway:
        yield gateway


@pytest.mark.parametrize("path", PAGES)
def test_without_guests_every_page_leads_to_the_sign_in(
    closed: RunningGateway, path: str
) -> None:
    stranger = AccountClient(closed.port)

    response = stranger.get(path)

    assert response.status == 302
    assert response.header("Location").startswith("/sign-in")
    assert response.text == ""


@pytest.mark.parametrize("path", ["/api/rooms", "/api/users", "/api/messages"])
def test_without_guests_the_api_is_for_accounts(
    closed: RunningGateway, path: str
) -> None:
    stranger = AccountClient(closed.port)

    refused = stranger.get(path)

    assert refused.status == 403
    assert '"sign_in_required"' in refused.text
    assert stranger.sign_in("Juliet").get(path).status == 200


def test_without_guests_health_checks_and_files_are_for_everybody(
    closed: RunningGateway,
) -> None:
    stranger = AccountClient(closed.port)

    assert stranger.get("/healthz").text == "ok\n"
    assert stranger.get("/favicon.ico").status == 200
    assert stranger.get("/ws").status == 426


def test_without_guests_the_form_keeps_a_message_and_says_why(
    closed: RunningGateway,
) -> None:
    stranger = AccountClient(closed.port)

    response = stranger.send("/say", SAID)

    assert response.status == 422
    assert "This server is for people who have an account" in response.text
    assert '<a href="/sign-in?name=Romeo">Sign in</a>' in response.text


def test_guests_who_may_only_read_have_no_form_and_learn_how_to_write() -> None:
    with run_gateway(serve_async, rules=Rules(guests="read")) as gateway:
        guest = AccountClient(gateway.port)

        page, sent = guest.get("/"), guest.send("/say", SAID)

    assert 'data-mode="read"' in page.text
    assert "Guests can only read here." in page.text
    assert "<textarea" not in page.text
    assert sent.status == 422
    assert "people who have an account" in sent.text


def test_a_page_that_only_shows_the_chat_to_everybody_signs_nobody_in() -> None:
    with run_gateway(serve_async, mode="read", accounts=("Juliet",)) as gateway:
        guest = AccountClient(gateway.port)

        assert guest.get("/sign-in").status == 404
        assert "Sign in" not in guest.get("/").text


def test_a_page_that_only_shows_the_chat_to_accounts_lets_them_read() -> None:
    rules, names = Rules(guests="off"), ("Juliet",)
    with run_gateway(serve_async, mode="read", rules=rules, accounts=names) as gateway:
        juliet = AccountClient(gateway.port).sign_in("Juliet")

        page, sent = juliet.get("/"), juliet.send("/say", SAID)
        account = juliet.get("/account")

    assert "This page only shows the chat" in page.text
    assert "<textarea" not in page.text
    assert sent.status == 404
    assert account.status == 200
