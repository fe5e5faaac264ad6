"""Hostile requests of moderators: forged, replayed, and from those who may not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.gateways.web.account_client import AccountClient
from tests.gateways.web.order_browser import act, form_of, guest, hear
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.clients import command_line
from tests.server.running_servers import serve_async

DEV = "/r/dev/order"
MUTE = {"act": "mute", "room": "dev", "whom": "Bob"}


@pytest.fixture
def gateway() -> Iterator[RunningGateway]:
    """Run a server with accounts; Ann owns the room dev."""
    accounts = ("Ada", "Ann", "Meg")
    with run_gateway(
        serve_async, accounts=accounts, admins=("Ada",), rooms=(("dev", 2),)
    ) as running:
        yield running


def sanctions(browser: AccountClient) -> int:
    """Return the number of sanctions that hold in the room."""
    page = browser.get(DEV)
    assert page.status == 200
    return page.text.count('name="number"')


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://evil.example",
        "http://127.0.0.1",
        "https://127.0.0.1:{port}",
        "http://127.0.0.1:1{port}",
    ],
)
def test_a_form_of_a_moderator_needs_the_exact_origin(
    gateway: RunningGateway, ann: AccountClient, origin: str | None
) -> None:
    guest(gateway)
    form = form_of(ann, DEV) | MUTE
    ann.origin = origin and origin.format(port=gateway.port)

    assert ann.send("/order", form).status == 403
    assert sanctions(ann) == 0


def test_a_form_needs_the_token_of_its_own_browser(
    gateway: RunningGateway, ann: AccountClient, meg: AccountClient
) -> None:
    guest(gateway)
    mine, theirs = form_of(ann, DEV), meg.token("/account")

    for token in ("", "x", theirs, mine["csrf"][:-1], mine["csrf"].upper(), "ž"):
        refused = ann.send("/order", mine | MUTE | {"csrf": token})
        assert refused.status == 403
        assert refused.errors == {"form": "This form was too old; send it again."}
    assert sanctions(ann) == 0


def test_a_member_cannot_forge_the_form_of_a_moderator(
    gateway: RunningGateway, ann: AccountClient, meg: AccountClient
) -> None:
    guest(gateway)
    own = {"csrf": meg.token("/account"), "id": "f" * 32}

    for fields in (
        MUTE,
        MUTE | {"room": ""},
        MUTE | {"act": "ban", "room": "lobby"},
        {"act": "lock", "room": "dev"},
        {"act": "role", "room": "dev", "whose": "Meg", "role": "owner"},
        {"act": "role", "room": "", "whose": "Meg", "role": "admin"},
        {"act": "announce", "room": "", "text": "forged"},
    ):
        refused = meg.send("/order", own | fields)
        assert refused.status == 403, fields
        assert "may do that" in refused.text
    assert sanctions(ann) == 0
    assert "Everybody may speak." in ann.get(DEV).text


def test_a_moderator_who_is_none_any_more_cannot_send_the_form_that_is_open(
    gateway: RunningGateway, ann: AccountClient, meg: AccountClient
) -> None:
    guest(gateway)
    assert act(ann, "role", whose="Meg", role="moderator").status == 303
    form = form_of(meg, DEV) | MUTE
    assert act(ann, "role", whose="Meg", role="member").status == 303

    refused = meg.send("/order", form)

    assert refused.status == 403
    assert "Only moderators may do that." in refused.text
    assert sanctions(ann) == 0


def test_a_stranger_has_to_sign_in_first(gateway: RunningGateway) -> None:
    stranger = AccountClient(gateway.port)
    form = {"csrf": stranger.token("/sign-in"), "id": "f" * 32} | MUTE

    sent = stranger.send("/order", form)

    to = "/sign-in?next=%2Fr%2Fdev%2Forder"
    assert (sent.status, sent.header("Location")) == (303, to)


def test_a_form_of_one_who_has_signed_out_is_worthless(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    guest(gateway)
    form, cookies = form_of(ann, DEV) | MUTE, dict(ann.cookies)
    ann.post("/sign-out")
    ann.cookies = cookies

    assert ann.send("/order", form).status == 303
    assert sanctions(AccountClient(gateway.port).sign_in("Ann")) == 0


def test_a_form_that_is_sent_again_is_carried_out_once(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    guest(gateway)
    form = form_of(ann, DEV) | MUTE

    assert [ann.send("/order", form).status for _ in range(3)] == [303] * 3
    assert sanctions(ann) == 1
    assert ann.send("/order", form | {"whom": "Meg"}).status == 303, "it differs"
    assert sanctions(ann) == 2


def test_a_double_click_carries_a_form_out_once(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    guest(gateway)
    form = form_of(ann, DEV) | MUTE

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: ann.send("/order", form).status, range(4)))

    assert found == [303] * 4
    assert sanctions(ann) == 1


def test_a_refused_form_may_be_sent_again(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    form = form_of(ann, DEV) | MUTE
    assert ann.send("/order", form).status == 422
    guest(gateway)

    assert ann.send("/order", form).status == 303
    assert sanctions(ann) == 1


def test_nothing_is_done_by_a_link(gateway: RunningGateway, ann: AccountClient) -> None:
    bob = guest(gateway)
    form = form_of(ann, DEV)

    page = ann.get(f"{DEV}?csrf={form['csrf']}&id={form['id']}&act=kick&whom=Bob")

    assert page.status == 200
    assert 'value="Bob"' in page.text, "it is filled in"
    bob.send(command_line("ping", token="x"))
    assert hear(bob, "pong") == {"token": "x"}


def test_nobody_acts_on_somebody_of_a_higher_role(ann: AccountClient) -> None:
    refused = act(ann, "ban", whom="Ada")

    assert refused.status == 403
    assert refused.errors == {
        "form": "Only somebody with a higher role can do that to an admin."
    }


def test_other_methods_are_refused(gateway: RunningGateway) -> None:
    stranger = AccountClient(gateway.port)

    assert stranger.send(DEV, {}).status == 405
    assert stranger.send("/server/order", {}).status == 405
    assert stranger.send("/order", {}, "text/plain").status == 415
