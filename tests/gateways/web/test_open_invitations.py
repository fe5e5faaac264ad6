"""The lists of open invitations on the pages that keep order, without scripts."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from parlour.core.rules import Rules
from parlour.core.sessions import invite_requests
from tests.gateways.web.account_client import AccountClient
from tests.gateways.web.order_browser import act, form_of, guest, hear
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.running_servers import serve_async, serve_threads

DEV, SERVER = "/r/dev/order", "/server/order"
_DATE = r"\w+ \d+ \w+ \d{4}, \d\d:\d\d"


@pytest.fixture(params=[serve_async, serve_threads], ids=["async", "threads"])
def gateway(request: pytest.FixtureRequest) -> Iterator[RunningGateway]:
    """Run a server with accounts; Ann owns the room dev, and Ada is an admin."""
    with run_gateway(
        request.param,
        accounts=("Ada", "Ann", "Bea", "Cyd"),
        admins=("Ada",),
        rooms=(("dev", 2),),
        rules=Rules(registration="invite"),
    ) as running:
        yield running


def invitations(browser: AccountClient, page: str = DEV) -> str:
    """Return what the section of a page with the invitations says, without its tags."""
    found = re.search(
        r'<h2 id="invitations">(.*?)(?=<h2>|<nav)', browser.get(page).text, re.DOTALL
    )
    return unescape(" ".join(re.sub("<[^>]*>", " ", found[1]).split())) if found else ""


def test_an_owner_sees_who_is_invited_until_when_and_by_whom(
    ann: AccountClient, ada: AccountClient
) -> None:
    assert invitations(ann) == "Open invitations None."
    act(ann, "invite", invited="Bea", lasting="2h")
    act(ada, "invite")

    found = invitations(ann)

    assert re.fullmatch(
        rf"Open invitations Bea Invited until {_DATE} , by Ann Take back "
        rf"A link Valid until {_DATE} , by Ada Take back",
        found,
    ), found


def test_an_owner_takes_an_invitation_back(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    bob = guest(gateway, room="lobby")
    act(ann, "invite", invited="Bea")
    act(ann, "invite", invited="Bob")
    hear(bob, "invited")

    done = act(ann, "uninvite", number="2")

    assert (done.status, done.header("Location")) == (303, f"{DEV}?done=uninvite")
    assert "Done: the invitation is taken back." in ann.get(f"{DEV}?done=uninvite").text
    assert hear(bob, "uninvited") == {"room": "dev", "by": "Ann"}
    assert "Bea Invited" in invitations(ann)
    assert "Bob" not in invitations(ann)


def test_an_invitation_that_has_ended_meanwhile_is_refused_in_words(
    ann: AccountClient,
) -> None:
    act(ann, "invite", invited="Bea")
    assert act(ann, "uninvite", number="1").status == 303

    refused = act(ann, "uninvite", number="1")

    assert refused.status == 422
    assert refused.errors == {
        "form": "There is no such invitation: it was used, was taken back or has ended."
    }


def test_moderators_neither_see_invitations_nor_take_them_back(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    act(ann, "invite", invited="Bea")
    assert act(ann, "role", whose="Cyd", role="moderator").status == 303
    cyd = AccountClient(gateway.port).sign_in("Cyd")

    refused = act(cyd, "uninvite", number="1")

    assert (refused.status, refused.errors) == (
        403,
        {"form": "Only owners may do that."},
    )
    assert "Invited until" not in cyd.get(DEV).text
    assert "Invited until" in ann.get(DEV).text


def test_a_number_of_another_room_takes_nothing_back(
    ann: AccountClient, ada: AccountClient
) -> None:
    act(ada, "invite", room="")

    assert act(ann, "uninvite", number="1").status == 422
    assert "A link Valid" in invitations(ada, SERVER)


def test_a_form_of_another_browser_takes_nothing_back(
    ann: AccountClient, ada: AccountClient
) -> None:
    act(ann, "invite", invited="Bea")
    form = form_of(ann, DEV) | {"room": "dev", "act": "uninvite", "number": "1"}

    refused = ann.send("/order", form | {"csrf": ada.token("/account")})

    assert refused.status == 403
    assert "Bea Invited" in invitations(ann)


def test_an_admin_takes_back_a_link_to_register(
    gateway: RunningGateway, ada: AccountClient
) -> None:
    link = re.search(r"invite=([\w-]+)", act(ada, "invite", room="").text)
    assert link
    assert "A link Valid until" in invitations(ada, SERVER)

    assert act(ada, "uninvite", "", number="1").status == 303

    assert invitations(ada, SERVER) == "Open invitations to register None."
    romeo = AccountClient(gateway.port)
    fields = {"name": "Romeo", "password": "correct horse", "repeated": "correct horse"}
    refused = romeo.post("/register", page="/register", **fields, invite=link[1])
    assert refused.status == 422


def test_the_page_says_that_there_are_more(
    ann: AccountClient, ada: AccountClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invite_requests, "LISTED", 2)
    for _ in range(3):
        act(ann, "invite"), act(ada, "invite", room="")

    assert invitations(ann).endswith(
        "These are the first 2; later ones: /invites 3 in a terminal, or in the "
        "message box with JavaScript."
    )
    assert "/invites --server 4 in" in invitations(ada, SERVER)
