"""Nobody takes the name of an account, or one that looks like it, in any dialect."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.hostile.chat import ELSEWHERE, Chat, Person, open_chat
from tests.server.clients import command_line, joined
from tests.server.running_servers import Serve, on_both_drivers

LOOK_ALIKES = {
    "Bob": "name_registered",
    "bob": "name_registered",
    " BOB ": "name_registered",
    "B0b": "name_registered",  # with a zero
    "\u0412\u043e\u0432": "name_registered",  # in Cyrillic
    "\uff22\uff4f\uff42": "name_registered",  # in full width
    "B\u043eb": "bad_name",  # with a Cyrillic letter
    "B\u200bob": "bad_name",  # with a space of no width
    "Bo\u00adb": "bad_name",  # with a soft hyphen
}
"""Names like that of the account Bob, and the code of the refusal."""

REASONS = {
    "is registered, or looks like one that is": "name_registered",
    "that name mixes letters of several scripts": "bad_name",
    "that name has characters that cannot be seen": "bad_name",
}
"""The codes of reasons for people, where there is no code."""

pytestmark = on_both_drivers


def by_hello(chat: Chat, name: str) -> str:
    return chat.connect(ELSEWHERE, name=name).hears("error").code


def by_set_name(chat: Chat, name: str) -> str:
    guest = chat.connect(ELSEWHERE)
    assert guest.enters().kind == "room"
    return guest.is_refused("set-name", name=name)


def by_watching(chat: Chat, name: str) -> str:
    watcher = chat.connect(ELSEWHERE, watch=True)
    return watcher.is_refused("set-name", name=name)


def by_late_hello(chat: Chat, name: str) -> str:
    peer = joined(chat.gateway.server.connect(source=ELSEWHERE))
    peer.send(command_line("hello", version=1, late=True, name=name))
    return Person(peer).hears("error").code


def by_page(chat: Chat, name: str) -> str:
    return chat.open_page(ELSEWHERE, name=name).hears("error").code


def by_plain_line(chat: Chat, name: str) -> str:
    peer = joined(chat.gateway.server.connect(source=ELSEWHERE))
    peer.send(json.dumps({"type": "set-name", "data": name}).encode() + b"\n")
    return reason_code(json.loads(peer.receive())["data"]["message"])


def by_form(chat: Chat, name: str) -> str:
    browser = AccountClient(chat.gateway.port, source=ELSEWHERE)
    fields = {"name": name, "message": "hello", "room": "lobby", "id": "f" * 32}
    response = browser.send("/say", fields)
    assert response.status == 422
    return reason_code(response.text)


def by_registering(chat: Chat, name: str) -> str:
    browser = AccountClient(chat.gateway.port, source=ELSEWHERE)
    fields = {"name": name, "password": PASSWORD, "repeated": PASSWORD}
    response = browser.post("/register", **fields)
    assert response.status == 422
    return reason_code(response.text)


def reason_code(text: str) -> str:
    """Return the code that goes with the reason in a text for people."""
    (code,) = {REASONS[each] for each in REASONS if each in text.lower()}
    return code


WAYS = [
    *(by_hello, by_set_name, by_watching, by_late_hello, by_page),
    *(by_plain_line, by_form, by_registering),
]


@pytest.mark.parametrize("way", WAYS)
def test_a_name_like_that_of_an_account_is_refused(
    serve: Serve, path: Path, way: Callable[[Chat, str], str]
) -> None:
    with open_chat(serve, path) as chat:
        found = {name: way(chat, name) for name in LOOK_ALIKES}

        assert found == LOOK_ALIKES
        assert chat.sign_in("Bob").says("it is me") == "stored"
