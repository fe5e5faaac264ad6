"""Somebody who is banned does not come back, by any way; others are not kept out."""

from pathlib import Path

import pytest

from parlour.core.entries import Sanctioned, SanctionKind, Target
from parlour.core.events import SessionId
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.hostile.chat import (
    BANNED,
    ELSEWHERE,
    HOME,
    NEXT_DOOR,
    Chat,
    Person,
    open_chat,
    prepare,
)
from tests.server.clients import command_line, joined, receive_message
from tests.server.running_servers import Serve, on_both_drivers

TOKEN = "eve is the same client"
NOON = 1_700_049_600.0  # seconds

pytestmark = on_both_drivers


def ban_eve(chat: Chat, source: str = BANNED) -> Person:
    """Let an administrator ban the guest eve from the server."""
    ada = chat.sign_in("Ada")
    eve = chat.guest("eve", source, token=TOKEN)
    ada.asks("ban", name="eve", seconds=3600, reason="spam")
    assert eve.is_turned_away() == "banned"
    return ada


@pytest.mark.parametrize(
    ("source", "hello"),
    [
        pytest.param(BANNED, {"name": "eve"}, id="the same name"),
        pytest.param(BANNED, {"name": "lilith"}, id="another name"),
        pytest.param(BANNED, {}, id="no name"),
        pytest.param(BANNED, {"name": "eve", "token": "x" * 20}, id="another client"),
        pytest.param(ELSEWHERE, {"token": TOKEN}, id="the session, from elsewhere"),
        pytest.param(
            ELSEWHERE, {"name": "adam", "token": TOKEN}, id="the client, from elsewhere"
        ),
        pytest.param(BANNED, {"watch": True}, id="as one who watches"),
        pytest.param(BANNED, {"rooms": [], "name": "eve"}, id="in no room"),
        pytest.param(BANNED, {"rooms": ["tea"], "name": "eve"}, id="in another room"),
    ],
)
@pytest.mark.parametrize("way", ["the server", "the page"])
def test_a_banned_guest_does_not_come_back(
    serve: Serve, path: Path, source: str, hello: dict[str, object], way: str
) -> None:
    with open_chat(serve, path) as chat:
        ban_eve(chat)
        person = chat.arrives(way, source, **hello)

        assert person.is_turned_away() == "banned"


def test_a_banned_guest_does_not_come_back_with_a_plain_client(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        ban_eve(chat)
        peer = chat.gateway.server.connect(source=BANNED)

        source, text = receive_message(peer)

        assert source == "[Server]"
        assert text.startswith("you are banned until ")
        assert text.endswith(": spam")
        assert peer.receive() == b""


@pytest.mark.parametrize("watch", [False, True])
def test_a_late_hello_does_not_bring_a_banned_client_back(
    serve: Serve, path: Path, *, watch: bool
) -> None:
    with open_chat(serve, path) as chat:
        ban_eve(chat)
        peer = joined(chat.gateway.server.connect(source=ELSEWHERE))
        hello = {"version": 1, "late": True, "token": TOKEN, "watch": watch}

        peer.send(command_line("hello", **hello))

        assert Person(peer).is_turned_away() == "banned"


def test_a_banned_guest_does_not_come_back_by_registering(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        ban_eve(chat)
        browser = AccountClient(chat.gateway.port, source=BANNED)
        fields = {"name": "lilith", "password": PASSWORD, "repeated": PASSWORD}

        response = browser.post("/register", **fields)

        assert response.status == 422
        assert "you are banned until" in response.text.lower()


@pytest.mark.parametrize("mode", ["write", "read"])
@pytest.mark.parametrize(
    "address", ["/", "/r/lobby", "/m/1", "/rooms", "/search?q=secret", "/r/nowhere"]
)
def test_a_banned_guest_sees_no_page(
    serve: Serve, path: Path, mode: str, address: str
) -> None:
    with open_chat(serve, path, mode="read" if mode == "read" else "write") as chat:
        ban_eve(chat).says("the secret")

        response = AccountClient(chat.gateway.port, source=BANNED).get(address)

        assert response.status == 403
        assert "you are banned until " in response.text.lower()
        assert "secret" not in response.text.replace("q=secret", "")
        assert AccountClient(chat.gateway.port, source=NEXT_DOOR).get("/").status == 200


@pytest.mark.parametrize("path_", ["/api/messages", "/api/users", "/api/rooms"])
def test_a_banned_guest_gets_no_answer_of_the_api(
    serve: Serve, path: Path, path_: str
) -> None:
    with open_chat(serve, path) as chat:
        ban_eve(chat)

        response = AccountClient(chat.gateway.port, source=BANNED).get(path_)

        assert response.status == 403
        assert '"code":"banned"' in response.text


def test_a_banned_guest_says_nothing_by_the_form(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        ada = ban_eve(chat)
        browser = AccountClient(chat.gateway.port, source=BANNED)

        fields = {
            "name": "lilith",
            "message": "buy this",
            "room": "lobby",
            "id": "f" * 32,
        }
        response = browser.send("/say", {**fields, "id": "f" * 32})
        ada.asks("message", room="lobby", message="quiet", id="1")

        assert response.status == 422
        assert "you are banned until" in response.text.lower()
        assert ada.hears("message").data["message"] == "quiet"


def test_others_are_not_kept_out(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        ban_eve(chat)

        assert chat.guest("adam", NEXT_DOOR).says("hello") == "stored"
        assert chat.sign_in("Bob", BANNED).says("hello") == "stored"
        browser = AccountClient(chat.gateway.port, source=BANNED).sign_in("Bob")
        assert browser.get("/").status == 200


@pytest.mark.parametrize(
    ("source", "kind"), [("127.0.0.15", "bye"), ("127.0.0.16", "room")]
)
def test_a_prefix_is_banned_and_no_more(
    serve: Serve, path: Path, source: str, kind: str
) -> None:
    with open_chat(serve, path):
        pass
    ban = Target("127.0.0.0/28", network="127.0.0.0/28")
    nobody, bans = SessionId(0), SanctionKind.BAN
    prepare(path, Sanctioned(nobody, "", bans, None, ban, None, "spam"), at=NOON)

    with open_chat(serve, path) as chat:
        found = chat.connect(source, name="eve").enters()

    assert found.kind == kind


# -- accounts ---------------------------------------------------------------------


def ban_bob(chat: Chat) -> Person:
    """Let an administrator ban the account of Bob, who has not signed in."""
    ada = chat.sign_in("Ada")
    ada.asks("ban", name="Bob", seconds=3600, reason="spam")
    ada.asks("sanctions")
    assert ada.hears("sanctions").data["sanctions"]
    return ada


@pytest.mark.parametrize("way", ["the server", "the page"])
@pytest.mark.parametrize("source", [HOME, ELSEWHERE])
def test_a_banned_account_does_not_sign_in_with_its_password(
    serve: Serve, path: Path, source: str, way: str
) -> None:
    with open_chat(serve, path) as chat:
        ban_bob(chat)
        hello = {"account": "Bob", "password": PASSWORD}

        assert chat.arrives(way, source, **hello).hears("error").code == "banned"


def test_a_banned_account_does_not_sign_in_with_a_key_or_its_token(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        hello = {"account": "Bob", "password": PASSWORD, "device": "laptop"}
        bob = chat.connect(ELSEWHERE, **hello, token=TOKEN)
        key = bob.hears("account").data["key"]
        ada = chat.sign_in("Ada")
        ada.asks("ban", name="Bob", seconds=3600, reason="spam")
        assert bob.is_turned_away() == "banned"

        by_key = chat.connect(HOME, account="Bob", key=key)
        by_token = chat.connect(ELSEWHERE, token=TOKEN, account="Bob", key=key)
        late = joined(chat.gateway.server.connect(source=NEXT_DOOR))
        late.send(command_line("hello", version=1, late=True, account="Bob", key=key))

        assert by_key.hears("error").code == "banned"
        assert by_token.hears("error").code == "banned"
        assert Person(late).hears("error").code == "banned"


def test_a_guest_does_not_become_a_banned_account(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        ban_bob(chat)
        eve = chat.guest("eve", ELSEWHERE)

        assert eve.is_refused("login", account="Bob", password=PASSWORD) == "banned"
        assert eve.is_refused("set-name", name="Bob") == "name_registered"
        assert eve.says("hello") == "stored"


def test_a_banned_account_sees_no_page_with_its_cookie(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        browser = AccountClient(chat.gateway.port, source=ELSEWHERE).sign_in("Bob")
        ban_bob(chat)

        assert browser.get("/").status == 403
        again = AccountClient(chat.gateway.port, source=NEXT_DOOR)
        response = again.post("/sign-in", name="Bob", password=PASSWORD)
        assert "you are banned until" in response.text.lower()


def test_a_banned_moderator_sees_no_page_that_keeps_order_and_none_of_its_account(
    serve: Serve, path: Path
) -> None:
    form = {"room": "lobby", "act": "lock", "csrf": "wrong", "id": "f" * 32}
    with open_chat(serve, path) as chat:
        browser = AccountClient(chat.gateway.port, source=ELSEWHERE).sign_in("Mo")
        ada = chat.sign_in("Ada")
        ada.asks("ban", room="lobby", name="203.0.113.9", reason="a secret")
        ada.hears("act")
        assert "a secret" in browser.get("/order").text
        ada.asks("ban", name="Mo", seconds=3600)
        ada.asks("sanctions")
        ada.hears("sanctions")

        responses = {
            "the page of the lobby": browser.get("/order"),
            "the page of the server": browser.get("/server/order"),
            "the audit log": browser.get("/audit"),
            "a form": browser.send("/order", form),
            "a form of the server": browser.send("/order", {**form, "room": ""}),
            "the account": browser.get("/account"),
            "its password": browser.send("/account/password", {"csrf": "wrong"}),
            "its devices": browser.send("/account/revoke", {"csrf": "wrong"}),
            "a room": browser.send("/enter", {"room": "tea", "csrf": "wrong"}),
            "a position": browser.send("/read", {"room": "tea", "csrf": "wrong"}),
        }

    for what, response in responses.items():
        assert response.status == 403, what
        assert "you are banned until" in response.text.lower(), what
        assert "secret" not in response.text, what


# -- from a room ------------------------------------------------------------------


def ban_from_tea(chat: Chat) -> Person:
    """Return the client of eve, whom an administrator has banned from a room."""
    ada = chat.sign_in("Ada")
    ada.joins("tea")
    eve = chat.guest("eve", BANNED, rooms=["lobby", "tea"], token=TOKEN)
    ada.asks("message", room="tea", message="before", id="before")
    assert ada.hears("stored").data["id"] == "before"
    ada.asks("ban", name="eve", room="tea", seconds=3600, reason="spam")
    assert eve.hears("room-closed", "left").data["room"] == "tea"
    ada.asks("message", room="tea", message="after", id="after")
    assert ada.hears("stored").data["id"] == "after"
    return eve


def test_one_who_is_banned_from_a_room_stays_out_of_it(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        eve = ban_from_tea(chat)

        assert eve.is_refused("join", room="tea") == "banned"
        assert eve.says("hello", room="tea") == "not_in_room"
        assert eve.is_refused("topic", room="tea", topic="mine") == "banned"
        assert eve.says("hello", room="lobby") == "stored"
        eve.asks("set-name", name="lilith")
        eve.hears("renamed")
        assert eve.is_refused("join", room="tea") == "banned"


@pytest.mark.parametrize("source", [BANNED, ELSEWHERE])
@pytest.mark.parametrize("watch", [False, True])
def test_one_who_is_banned_from_a_room_does_not_return_by_a_hello(
    serve: Serve, path: Path, source: str, *, watch: bool
) -> None:
    with open_chat(serve, path) as chat:
        ban_from_tea(chat)

        lilith = chat.connect(source, rooms=["tea"], token=TOKEN, watch=watch)

        assert lilith.hears("error", "room").code == "banned"


def test_one_who_is_banned_from_a_room_does_not_read_it(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        eve = ban_from_tea(chat)

        watcher = chat.connect(BANNED, rooms=[], watch=True)

        for each in (eve, watcher):
            each.asks("history", room="tea")
            assert each.hears("history", "error").code == "banned"
            each.asks("search", room="tea", words="after")
            assert each.hears("found", "error").code == "banned"
            each.asks("users", room="tea")
            assert each.hears("users", "error").code == "banned"


@pytest.mark.parametrize("mode", ["write", "read"])
@pytest.mark.parametrize(
    "address",
    [
        "/r/tea",
        "/r/tea?before=2",
        "/r/tea/m/1",
        "/search?q=before&room=tea",
        "/search?q=before&room=lobby+tea",
        "/api/messages?room=tea",
        "/api/users?room=tea",
    ],
)
def test_one_who_is_banned_from_a_room_does_not_read_it_on_the_page(
    serve: Serve, path: Path, mode: str, address: str
) -> None:
    with open_chat(serve, path, mode="read" if mode == "read" else "write") as chat:
        ban_from_tea(chat)
        browser = AccountClient(chat.gateway.port, source=BANNED)

        response = browser.get(address)

        assert response.status == 403
        assert "you are banned from #tea until " in response.text.lower()
        assert "Ada" not in response.text.replace("by Ada", "")
        assert browser.get("/").status == 200
        assert browser.get("/healthz").status == 200
        neighbour = AccountClient(chat.gateway.port, source=NEXT_DOOR)
        assert neighbour.get(address).status == 200


def test_an_account_that_is_banned_from_a_room_does_not_read_it_on_the_page(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        browser = AccountClient(chat.gateway.port, source=ELSEWHERE).sign_in("Bob")
        ada = chat.sign_in("Ada")
        ada.joins("tea")
        ada.asks("ban", name="Bob", room="tea")
        ada.hears("act")

        assert browser.get("/r/tea").status == 403
        assert browser.get("/").status == 200
