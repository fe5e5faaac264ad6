"""Private rooms and invitations on the pages, without scripts, on real servers."""

import re
from collections.abc import Iterator

import pytest

from parlour.core.rules import Rules
from parlour.gateways.web import chat_queries
from tests.gateways.web.account_client import PASSWORD, AccountClient, Response
from tests.gateways.web.order_browser import act, guest, hear, say
from tests.gateways.web.running_gateway import RunningGateway, run_gateway
from tests.server.clients import command_line
from tests.server.running_servers import TIMEOUT, serve_async, serve_threads

_LINK = re.compile(r'<code class="link">http://[^/]+(/[^<]+)</code>')
_ID = re.compile(r'name="id" value="([^"]+)"')


@pytest.fixture(params=[serve_async, serve_threads], ids=["async", "threads"])
def gateway(request: pytest.FixtureRequest) -> Iterator[RunningGateway]:
    """Run a server with accounts; Ann owns the room dev, and Ada is an admin."""
    with run_gateway(
        request.param,
        accounts=("Ada", "Ann", "Bea", "Cyd"),
        admins=("Ada",),
        rooms=(("dev", 2),),
        rules=Rules(registration="invite", greeting="Welcome.\nBe kind & brief."),
    ) as running:
        yield running


@pytest.fixture
def ann(gateway: RunningGateway) -> AccountClient:
    """Ann, whose room is private."""
    browser = AccountClient(gateway.port).sign_in("Ann")
    join(browser)
    assert act(browser, "private").status == 303
    return browser


@pytest.fixture
def bea(gateway: RunningGateway) -> AccountClient:
    return AccountClient(gateway.port).sign_in("Bea")


def join(browser: AccountClient) -> None:
    """Enter the room dev, by a form."""
    assert say(browser, "dev", "hello").status == 303


def enter(browser: AccountClient, page: str, **fields: str) -> Response:
    """Send the form of a page by which one enters the room dev."""
    text = browser.get(page).text
    assert 'action="/enter"' in text, text
    code = re.search(r'name="invite" value="([^"]*)"', text)
    assert code
    form = {"csrf": browser.token(page), "id": _ID.findall(text)[0], "room": "dev"}
    return browser.send("/enter", form | {"invite": code[1]} | fields)


def link_of(response: Response) -> str:
    """Return the path of the link that a page shows."""
    found = _LINK.search(response.text)
    assert found, response.text
    return found[1]


def test_the_page_of_a_private_room_is_for_those_in_it(
    gateway: RunningGateway, ann: AccountClient, bea: AccountClient
) -> None:
    page = ann.get("/r/dev")

    assert page.status == 200
    assert ">hello</p>" in page.text
    assert '<h1 id="title" tabindex="-1" class="private">' in page.text
    for other in (bea, AccountClient(gateway.port).sign_in("Ada")):
        for path in ("/r/dev", "/r/dev/m/1", "/search?q=hello&room=dev"):
            assert other.get(path).status == 404
            assert other.get(path).text.count("hello") <= 1, "the words of the search"


def test_only_those_in_it_see_it_in_lists(
    gateway: RunningGateway, ann: AccountClient, bea: AccountClient
) -> None:
    for path in ("/", "/rooms"):
        assert 'href="/r/dev"' in ann.get(path).text
        assert "<span>private</span>" in ann.get(path).text
        assert 'href="/r/dev"' not in bea.get(path).text
        assert 'href="/r/dev"' not in AccountClient(gateway.port).get(path).text


def test_those_in_it_search_it_and_open_its_messages(ann: AccountClient) -> None:
    found = ann.get("/search?q=hello&room=dev")

    assert "1 message with" in found.text
    assert ann.get("/r/dev/m/1").status == 200


def test_a_list_of_rooms_from_before_does_not_open_a_private_room(
    gateway: RunningGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_queries, "LONG_LIST", 1)
    monkeypatch.setattr(chat_queries, "LONG_LIST_AGE", TIMEOUT)
    ann, stranger = AccountClient(gateway.port), AccountClient(gateway.port)
    join(ann.sign_in("Ann"))
    assert stranger.get("/search?q=hello&room=dev").status == 200
    assert act(ann, "private").status == 303

    assert 'href="/r/dev"' in stranger.get("/rooms").text, (
        "the list is as old as before"
    )
    assert stranger.get("/search?q=hello&room=dev").status == 404
    found = stranger.get("/search?q=hello&room=dev+lobby")
    assert (found.status, "No message" in found.text) == (200, True)


def test_an_account_is_invited_by_a_form_and_enters_by_a_form(
    ann: AccountClient, bea: AccountClient
) -> None:
    invited = act(ann, "invite", invited="bea", lasting="2h")
    assert invited.header("Location") == "/r/dev/order?done=invite"
    assert "the invitation is made" in ann.get("/r/dev/order?done=invite").text
    assert '<span class="size">by Ann</span>' in bea.get("/").text
    assert '<p class="empty" id="empty" hidden>' in bea.get("/r/dev").text

    entered = enter(bea, "/r/dev")

    assert (entered.status, entered.header("Location")) == (303, "/r/dev")
    assert ">hello</p>" in bea.get("/r/dev").text
    assert '<span class="size">by Ann</span>' not in bea.get("/").text


def test_a_link_is_shown_once_and_works_once(
    gateway: RunningGateway, ann: AccountClient, bea: AccountClient
) -> None:
    link = link_of(act(ann, "invite"))
    assert link.startswith("/r/dev?invite=")

    first = enter(bea, link)
    cyd = AccountClient(gateway.port).sign_in("Cyd")
    second = enter(cyd, link)

    assert first.status == 303
    assert second.status == 422
    assert "That invitation is wrong, was used, or has ended." in second.text
    assert link.partition("=")[2] not in ann.get("/r/dev/order").text


def test_one_who_is_not_signed_in_is_led_to_the_sign_in_and_back(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    link = link_of(act(ann, "invite"))
    stranger = AccountClient(gateway.port)

    page = stranger.get(link)

    assert "only an account can use it" in page.text
    (sign_in,) = set(re.findall(r'<a href="(/sign-in[^"]+invite[^"]+)">', page.text))
    fields = {"name": "Bea", "password": PASSWORD}
    back = link.replace("?", "%3F").replace("=", "%3D")
    response = stranger.post(sign_in, **fields, next=link)
    assert back in sign_in.replace("%2F", "/")
    assert response.header("Location") == link
    assert enter(stranger, link).status == 303


def test_a_wrong_name_is_refused_beside_its_field(ann: AccountClient) -> None:
    response = act(ann, "invite", invited="nobody")

    assert list(response.errors) == ["invited"]
    assert act(ann, "invite", lasting="soon").errors.keys() == {"lasting"}
    assert act(ann, "invite", lasting="forever").errors.keys() == {"lasting"}


def test_a_room_is_made_public_again(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    assert act(ann, "public").status == 303

    assert ">hello</p>" in AccountClient(gateway.port).get("/r/dev").text
    assert "Make the room private" in ann.get("/r/dev/order").text


def test_only_owners_have_the_forms(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    assert act(ann, "public").status == 303
    assert act(ann, "role", whose="Bea", role="moderator").status == 303
    bea = AccountClient(gateway.port).sign_in("Bea")

    page, refused = bea.get("/r/dev/order").text, act(bea, "private")

    assert "Keep order" in page
    assert "Invitation" not in page
    assert "Make the room private" not in page
    assert refused.errors == {"form": "Only owners may do that."}


def test_an_administrator_makes_a_link_to_register(gateway: RunningGateway) -> None:
    ada = AccountClient(gateway.port).sign_in("Ada")

    link = link_of(act(ada, "invite", room=""))

    romeo = AccountClient(gateway.port)
    fields = {"name": "Romeo", "password": PASSWORD, "repeated": PASSWORD}
    response = romeo.post("/register", page=link, **fields, invite=link)
    assert link.startswith("/register?invite=")
    assert response.status == 303


def test_a_form_of_another_site_enters_no_room(
    ann: AccountClient, bea: AccountClient
) -> None:
    link = link_of(act(ann, "invite"))

    response = enter(bea, link, csrf="x" * 43)

    assert response.status == 403
    assert bea.get("/r/dev").status == 404


# -- what is unread, and the greeting -------------------------------------------


def test_unread_messages_are_counted_and_marked_as_read(
    gateway: RunningGateway, ann: AccountClient
) -> None:
    assert act(ann, "public").status == 303
    bob = guest(gateway)
    for text in ("one", "two for Ann"):
        bob.send(command_line("message", room="dev", message=text))
        hear(bob, "stored")

    lobby, page = ann.get("/").text, ann.get("/r/dev").text

    assert '@1<span class="unseen"> with your name, 2 unread</span>' in lobby
    assert "2 messages are unread here." in page
    sequence = re.search(r'name="sequence" value="(\d+)"', page)
    assert sequence
    form = {"csrf": ann.token("/r/dev"), "id": _ID.findall(page)[0], "room": "dev"}
    read = ann.send("/read", form | {"sequence": sequence[1]})
    assert (read.status, read.header("Location")) == (303, "/r/dev")
    assert " unread" not in ann.get("/r/dev").text


def test_the_greeting_is_shown_without_scripts(gateway: RunningGateway) -> None:
    page = AccountClient(gateway.port).get("/").text

    (noscript,) = re.findall(r"<noscript>.*?</noscript>", page, re.DOTALL)
    assert "Welcome.\nBe kind &amp; brief." in noscript
