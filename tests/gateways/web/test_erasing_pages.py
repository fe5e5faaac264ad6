"""Erasing messages and closing rooms on the page, without scripts."""

from collections.abc import Iterator

import pytest

from tests.gateways.web.account_client import AccountClient, Response
from tests.gateways.web.order_browser import act, form_of, guest, hear
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.clients import command_line
from tests.server.running_servers import serve_async, serve_threads

BUTTON = ">Erase this message</button>"


@pytest.fixture(params=[serve_async, serve_threads], ids=["async", "threads"])
def gateway(request: pytest.FixtureRequest) -> Iterator[RunningGateway]:
    """Run a server with accounts; Ann owns the room dev."""
    with run_gateway(
        request.param, accounts=("Ann", "Meg"), rooms=(("dev", 1),)
    ) as running:
        yield running


def say(browser: AccountClient, text: str) -> None:
    """Say something in the room dev by the form."""
    form = form_of(browser, "/r/dev") | {"room": "dev", "message": text}
    assert browser.send("/say", form).status == 303


def erase(browser: AccountClient, number: int) -> Response:
    """Send the form that erases a message of the room dev."""
    form = form_of(browser, "/r/dev") | {"room": "dev", "act": "erase"}
    return browser.send("/order", form | {"number": f"{number}"})


def test_a_moderator_erases_a_message(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    bob = guest(gateway)
    bob.send(command_line("message", room="dev", message="a secret"))
    sequence = hear(bob, "message")["sequence"]
    assert isinstance(sequence, int)
    page = f"/r/dev/m/{sequence}"
    assert BUTTON in ann.get(page).text

    done = erase(ann, sequence)

    assert (done.status, done.header("Location")) == (303, page)
    erased = hear(bob, "erased")
    assert (erased["target"], erased["by"]) == (sequence, "Ann")
    shown = ann.get(page).text
    assert "(erased)" in shown
    assert "a secret" not in shown
    assert BUTTON not in shown


def test_a_member_erases_only_their_own_messages(
    gateway: RunningGateway, ann: AccountClient, meg: AccountClient
) -> None:
    bob = guest(gateway)
    say(ann, "what ann says")
    anns = hear(bob, "message")["sequence"]
    say(meg, "what meg says")
    megs = hear(bob, "message")["sequence"]
    assert isinstance(anns, int)
    assert isinstance(megs, int)
    assert BUTTON not in meg.get(f"/r/dev/m/{anns}").text
    assert BUTTON in meg.get(f"/r/dev/m/{megs}").text

    refused, done = erase(meg, anns), erase(meg, megs)

    assert refused.status == 403
    assert "Only moderators may do that." in refused.text
    assert done.status == 303
    assert hear(bob, "erased")["target"] == megs


def test_a_message_that_is_erased_already_is_refused(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    bob = guest(gateway)
    bob.send(command_line("message", room="dev", message="a secret"))
    sequence = hear(bob, "message")["sequence"]
    assert isinstance(sequence, int)
    erase(ann, sequence)

    refused = erase(ann, sequence)

    assert refused.status == 422
    assert "There is no such message here" in refused.text


def test_a_stranger_has_no_button(gateway: RunningGateway) -> None:
    assert BUTTON not in AccountClient(gateway.port).get("/r/dev/m/1").text


def test_an_owner_closes_the_room(gateway: RunningGateway, ann: AccountClient) -> None:
    bob = guest(gateway)
    assert "Close the room" in ann.get("/r/dev/order").text
    assert "Close the room" not in ann.get("/r/dev").text

    refused = act(ann, "close", closing="den")
    done = act(ann, "close", closing="#Dev")

    assert refused.errors == {"closing": "That is not the name of the room."}
    assert (done.status, done.header("Location")) == (303, "/r/dev")
    assert hear(bob, "closed")["reason"] == "Ann has closed the room"


@pytest.mark.usefixtures("gateway")
def test_a_moderator_does_not_close_the_room(
    ann: AccountClient, meg: AccountClient
) -> None:
    act(ann, "role", whose="Meg", role="moderator")
    assert "Close the room" not in meg.get("/r/dev/order").text

    refused = act(meg, "close", closing="dev")

    assert refused.status == 403
    assert refused.errors == {"form": "Only owners may do that."}
