"""Browsers of moderators without scripts, and guests whom they meet."""

import re

from tests.gateways.web.account_client import AccountClient, Response
from tests.gateways.web.clients import receive_event
from tests.gateways.web.running_gateway import RunningGateway, WebSocketPeer
from tests.server.clients import command_line

_ID = re.compile(r'name="id" value="([^"]+)"')


def guest(
    gateway: RunningGateway, name: str = "Bob", room: str = "dev"
) -> WebSocketPeer:
    """Return a guest in a room, and drop what the guest has received."""
    peer = gateway.connect()
    token = f"the token of the client of {name}"
    peer.send(command_line("hello", version=1, name=name, token=token, rooms=[room]))
    hear(peer, "joined")
    return peer


def hear(peer: WebSocketPeer, kind: str) -> dict[str, object]:
    """Return the data of the next line of a *kind*."""
    while (event := receive_event(peer))[0] != kind:
        assert event[0] != "bye", event
    return event[1]


def form_of(browser: AccountClient, page: str) -> dict[str, str]:
    """Return the hidden fields of the forms on a page."""
    text = browser.get(page).text
    return {"csrf": browser.token(page), "id": _ID.findall(text)[0]}


def say(browser: AccountClient, room: str, text: str) -> Response:
    """Send the form that says something in a room, which it enters."""
    page = "/" if room == "lobby" else f"/r/{room}"
    return browser.send(
        "/say", form_of(browser, page) | {"room": room, "message": text}
    )


def act(
    browser: AccountClient, what: str, room: str = "dev", **fields: str
) -> Response:
    """Send the form of the page about a room, or about the server without one."""
    page = f"/r/{room}/order" if room else "/server/order"
    page = "/order" if room == "lobby" else page
    form = form_of(browser, page) | {"room": room, "act": what}
    return browser.send("/order", form | fields)
