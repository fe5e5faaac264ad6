"""Somebody who is muted stays silent, by any way; others are not silenced."""

import json
from pathlib import Path

import pytest

from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.hostile.chat import (
    BANNED,
    ELSEWHERE,
    HOME,
    NEXT_DOOR,
    Chat,
    Person,
    open_chat,
)
from tests.server.clients import command_line, joined, receive_message
from tests.server.running_servers import Serve, on_both_drivers

TOKEN = "eve is the same client"
REASON = "you are muted"

pytestmark = on_both_drivers


def mute_eve(chat: Chat, source: str = BANNED, **place: object) -> Person:
    """Let an administrator mute the guest eve, on the server or in a room."""
    ada = chat.sign_in("Ada")
    eve = chat.guest("eve", source, token=TOKEN)
    ada.asks("mute", name="eve", seconds=3600, reason="noise", **place)
    ada.asks("sanctions", **place)
    assert ada.hears("sanctions").data["sanctions"]
    return eve


def plain_line(kind: str, data: str) -> bytes:
    """Return a line of the plain dialect."""
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


@pytest.mark.parametrize("place", [{}, {"room": "lobby"}])
@pytest.mark.parametrize("source", [HOME, BANNED])
def test_a_guest_who_is_muted_says_nothing_by_another_name(
    serve: Serve, path: Path, source: str, place: dict[str, object]
) -> None:
    with open_chat(serve, path) as chat:
        eve = mute_eve(chat, source, **place)

        assert eve.is_refused("set-name", name="lilith") == "muted"
        assert eve.says("hello") == "muted"
        assert eve.is_refused("topic", room="lobby", topic="spam") == "muted"


@pytest.mark.parametrize(
    ("source", "hello"),
    [
        pytest.param(BANNED, {"name": "eve"}, id="the same name"),
        pytest.param(BANNED, {"name": "lilith"}, id="another name"),
        pytest.param(BANNED, {}, id="no name"),
        pytest.param(BANNED, {"token": "x" * 20}, id="another client"),
        pytest.param(ELSEWHERE, {"token": TOKEN}, id="the session, from elsewhere"),
        pytest.param(HOME, {"token": TOKEN}, id="the session, from this machine"),
    ],
)
@pytest.mark.parametrize("way", ["the server", "the page"])
def test_a_guest_who_is_muted_stays_so_when_it_comes_back(
    serve: Serve, path: Path, source: str, hello: dict[str, object], way: str
) -> None:
    with open_chat(serve, path) as chat:
        eve = mute_eve(chat)
        if "token" not in hello:
            eve.asks("bye")
            eve.hears_until_the_end()
        person = chat.arrives(way, source, **hello)
        person.hears("room")

        assert person.says("hello") == "muted"


def test_a_guest_who_is_muted_stays_so_with_a_plain_client(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        mute_eve(chat)
        peer = joined(chat.gateway.server.connect(source=BANNED))
        peer.send(plain_line("message", "hello"))

        source, text = receive_message(peer)

        assert source == "[Server]"
        assert text.startswith("you are muted until ")


@pytest.mark.parametrize("source", [HOME, BANNED])
def test_a_plain_client_that_is_muted_says_nothing_by_another_name(
    serve: Serve, path: Path, source: str
) -> None:
    with open_chat(serve, path) as chat:
        ada = chat.sign_in("Ada")
        peer = joined(chat.gateway.server.connect(source=source))
        peer.send(plain_line("set-name", "eve"))
        assert ada.hears("renamed").data["to"] == "eve"
        ada.asks("mute", name="eve", seconds=3600)
        ada.asks("sanctions")
        assert ada.hears("sanctions").data["sanctions"]
        heard = receive_message(peer)[1], receive_message(peer)[1]
        peer.send(plain_line("set-name", "lilith"))
        peer.send(plain_line("message", "hello"))

        texts = [receive_message(peer)[1] for _ in range(2)]

        assert texts[0].startswith(f"you cannot change your name: {REASON}"), heard
        assert texts[1].startswith(REASON)


@pytest.mark.parametrize("watch", [False, True])
def test_a_late_hello_does_not_let_a_muted_client_speak(
    serve: Serve, path: Path, *, watch: bool
) -> None:
    with open_chat(serve, path) as chat:
        mute_eve(chat)
        peer = joined(chat.gateway.server.connect(source=ELSEWHERE))
        hello = {"version": 1, "late": True, "token": TOKEN, "watch": watch}
        peer.send(command_line("hello", rooms=["lobby"], **hello))
        person = Person(peer)
        person.hears("room")
        if watch:
            person.asks("set-name", name="lilith")

        assert person.says("hello") == "muted"


@pytest.mark.parametrize("source", [HOME, BANNED])
def test_one_who_watches_first_stays_muted(
    serve: Serve, path: Path, source: str
) -> None:
    with open_chat(serve, path) as chat:
        mute_eve(chat, source)
        page = chat.open_page(source, token=TOKEN, watch=True)
        page.hears("room")
        page.asks("set-name", name="lilith")

        assert page.says("hello") == "muted"


def test_the_form_of_the_page_says_nothing_for_a_muted_guest(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        mute_eve(chat)
        fields = {"name": "lilith", "message": "hello", "room": "lobby"}

        browser = AccountClient(chat.gateway.port, source=BANNED)
        response = browser.send("/say", {**fields, "id": "f" * 32})
        other = AccountClient(chat.gateway.port, source=NEXT_DOOR)

        assert response.status == 422
        assert REASON in response.text.lower()
        assert other.send("/say", {**fields, "id": "e" * 32}).status == 303


@pytest.mark.parametrize("way", ["the server", "the page"])
def test_one_who_is_muted_says_nothing_by_the_name_of_a_room(
    serve: Serve, path: Path, way: str
) -> None:
    with open_chat(serve, path) as chat:
        eve = mute_eve(chat)
        late = chat.arrives(way, BANNED, rooms=["lobby", "still-here"])

        assert eve.is_refused("join", room="hello-everybody") == "muted"
        assert late.hears("error").code == "muted"
        assert chat.sign_in("Bob").says("hello") == "stored"


def test_slow_mode_holds_the_form_and_those_who_come_back(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        ada = chat.sign_in("Ada")
        ada.asks("set", room="lobby", slow=600)
        ada.hears("act")
        browser = AccountClient(chat.gateway.port, source=BANNED)
        fields = {"message": "hello", "room": "lobby"}

        statuses = [
            browser.send("/say", {**fields, "name": name, "id": id_ * 32}).status
            for name, id_ in (("amy", "a"), ("amy", "b"), ("zoe", "c"))
        ]

        assert statuses == [303, 422, 422]
        assert chat.guest("eve", BANNED).says("hello") == "too_fast"
        adam = chat.guest("adam", NEXT_DOOR, token=TOKEN)
        assert adam.says("hello") == "stored"
        adam.asks("bye")
        adam.hears_until_the_end()
        evan = chat.guest("evan", ELSEWHERE, token=TOKEN)
        said = {"room": "lobby", "message": "hello", "id": "another"}
        assert evan.is_refused("message", **said) == "too_fast"
        assert chat.sign_in("Bob", BANNED).says("hello") == "stored"


def test_a_muted_guest_cannot_register(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        eve = mute_eve(chat)

        assert eve.is_refused("register", password=PASSWORD) == "muted"


def test_a_muted_guest_who_signs_in_stays_muted_with_this_client(
    serve: Serve, path: Path
) -> None:
    with open_chat(serve, path) as chat:
        eve = mute_eve(chat)
        eve.asks("login", account="Bob", password=PASSWORD)
        eve.hears("account")

        assert eve.says("hello") == "muted"


def test_others_are_not_silenced(serve: Serve, path: Path) -> None:
    with open_chat(serve, path) as chat:
        mute_eve(chat)

        assert chat.guest("adam", NEXT_DOOR).says("hello") == "stored"
        assert chat.sign_in("Bob", BANNED).says("hello") == "stored"
