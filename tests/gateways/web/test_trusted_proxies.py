"""Users of the page behind a proxy that says who they are, and a page with a prefix."""

import re
from http.client import HTTPConnection

import pytest
from websockets.exceptions import InvalidStatus

from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.clients import receive_event
from tests.gateways.web.running_gateway import (
    RunningGateway,
    WebSocketPeer,
    run_gateway,
)
from tests.server.clients import command_line
from tests.server.running_servers import TIMEOUT, Serve, on_both_drivers

NAME = "chat.example.org"
ALLOWED, PROXIES = (NAME,), ("127.0.0.1",)
PREFIX = "/services/chat"


def headers(address: str, protocol: str = "https") -> dict[str, str]:
    """Return what a proxy adds for somebody at *address*."""
    return {"X-Forwarded-For": address, "X-Forwarded-Proto": protocol}


def visitor(
    gateway: RunningGateway, address: str, protocol: str = "https", source: str = ""
) -> AccountClient:
    """Return the browser of somebody at *address* behind a proxy."""
    browser = AccountClient(gateway.port, host=NAME, source=source)
    browser.origin = f"{protocol}://{NAME}"
    browser.forwarded = headers(address, protocol)
    return browser


def page(gateway: RunningGateway, address: str, name: str) -> WebSocketPeer:
    """Open the page of a guest at *address* behind a proxy."""
    peer = gateway.connect(origin=f"https://{NAME}", forwarded=headers(address))
    peer.send(command_line("hello", version=1, name=name, rooms=[], token=name * 8))
    assert receive_event(peer)[0] == "welcome"
    return peer


def registered(browser: AccountClient, name: str) -> int:
    """Register a name, and return the status of the response."""
    fields = {"name": name, "password": PASSWORD, "repeated": PASSWORD}
    return browser.post("/register", **fields).status


@on_both_drivers
def test_limits_of_registrations_count_the_real_address(serve: Serve) -> None:
    with run_gateway(serve, allowed=ALLOWED, proxies=PROXIES) as gateway:
        first = [
            registered(visitor(gateway, "192.0.2.7"), f"Guest {n}x") for n in range(6)
        ]
        other = registered(visitor(gateway, "192.0.2.8"), "Other")

    assert (first, other) == ([303] * 5 + [422], 303)


@on_both_drivers
def test_the_headers_of_a_stranger_change_nothing(serve: Serve) -> None:
    with run_gateway(serve, allowed=ALLOWED, proxies=("127.0.0.9",)) as gateway:
        browsers = [
            visitor(gateway, f"192.0.2.{n}", source="127.0.0.7") for n in range(6)
        ]
        statuses = [registered(each, f"Guest {n}x") for n, each in enumerate(browsers)]

    assert statuses == [303] * 5 + [422]


@on_both_drivers
@pytest.mark.parametrize(
    ("address", "chain"),
    [("192.0.2.7", "6.6.6.6, 192.0.2.7"), ("127.0.0.1", "127.0.0.1, 127.0.0.1")],
)
def test_a_ban_of_a_visitor_is_one_of_the_real_address(
    serve: Serve, address: str, chain: str
) -> None:
    with run_gateway(
        serve, allowed=ALLOWED, proxies=PROXIES, accounts=("Ada",), admins=("Ada",)
    ) as gateway:
        spammer = page(gateway, address, "Spammer")
        other = page(gateway, "192.0.2.8", "Romeo")
        admin = gateway.server.connect()
        hello = {"version": 1, "rooms": [], "account": "Ada", "password": PASSWORD}
        admin.send(command_line("hello", **hello))
        admin.send(command_line("ban", name="Spammer", seconds=60))
        assert receive_event(spammer)[1]["code"] == "banned"
        statuses = [
            visitor(gateway, each).get("/api/users").status
            for each in (address, chain, "192.0.2.8")
        ]
        other.send(command_line("bye"))

        assert receive_event(other)[1]["code"] == "bye"
    assert statuses == [403, 403, 200]


@on_both_drivers
def test_https_at_the_proxy_makes_cookies_secure(serve: Serve) -> None:
    with run_gateway(serve, allowed=ALLOWED, proxies=PROXIES) as gateway:
        browser = visitor(gateway, "192.0.2.7")
        cookies = browser.get("/sign-in").set_cookies
        browser.register("Romeo")
        signed_in = gateway.connect(
            origin=browser.origin, cookie=browser.cookie, forwarded=browser.forwarded
        )
        signed_in.send(command_line("hello", version=1, rooms=[]))

        assert receive_event(signed_in)[1]["you"] == "Romeo"
    assert [each.split("=")[0] for each in cookies] == [
        f"__Host-parlour-form-{gateway.port}"
    ]
    assert [each[:14] for each in browser.account_cookies] == ["__Host-parlour"]


@on_both_drivers
@pytest.mark.parametrize("protocol", ["http", "https, http", ""])
def test_without_https_at_the_proxy_nobody_can_sign_in(
    serve: Serve, protocol: str
) -> None:
    with run_gateway(
        serve, allowed=ALLOWED, proxies=PROXIES, accounts=("Ada",)
    ) as gateway:
        for address in ("192.0.2.7", "127.0.0.1"):
            browser = visitor(gateway, address)
            browser.forwarded = headers(address, protocol)
            shown = browser.get("/sign-in").text
            del browser.forwarded["X-Forwarded-For"]
            alone = browser.get("/sign-in").text

            assert "Passwords are not accepted here" in shown
            assert "Passwords are not accepted here" in alone


@on_both_drivers
def test_pages_that_wait_for_a_hello_are_limited_by_the_real_address(
    serve: Serve,
) -> None:
    with run_gateway(serve, allowed=ALLOWED, proxies=PROXIES) as gateway:
        forwarded = headers("192.0.2.7")
        for _ in range(64):
            gateway.connect(forwarded=forwarded)
        with pytest.raises(InvalidStatus) as refused:
            gateway.connect(forwarded=forwarded)
        page(gateway, "192.0.2.8", "Romeo")

    assert refused.value.response.status_code == 503


# -- the prefix --------------------------------------------------------------------


def get(port: int, path: str) -> tuple[int, str, str]:
    """Return the status, the Location and the body of a response."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    connection.request("GET", path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, response.getheader("Location") or "", body


@on_both_drivers
def test_everything_is_served_under_the_prefix(serve: Serve) -> None:
    with run_gateway(
        serve, prefix=PREFIX, rooms=(("dev", 1),), accounts=("Ada",)
    ) as it:
        peer = it.connect(prefix=PREFIX)
        peer.send(command_line("hello", version=1, name="Romeo", rooms=["lobby"]))
        assert receive_event(peer)[0] == "welcome"
        pages = [
            "/",
            "/r/dev",
            "/rooms",
            "/search?q=x",
            "/sign-in",
            "/register",
            "/m/9",
        ]
        found = {path: get(it.port, f"{PREFIX}{path}") for path in pages}
        moved = [get(it.port, path)[:2] for path in (PREFIX, f"{PREFIX}/r/Dev")]
        outside = [get(it.port, path)[0] for path in ("/", "/rooms", f"{PREFIX}x/")]
        checks = [get(it.port, path)[2] for path in ("/healthz", f"{PREFIX}/healthz")]
        with pytest.raises(InvalidStatus):
            it.connect()

    for path, (status, _, body) in found.items():
        assert status == (404 if path == "/m/9" else 200), path
        links = re.findall(r'(?:href|src|action)="(/[^"]*)"', body)
        assert links
        assert [each for each in links if not each.startswith(f"{PREFIX}/")] == []
    script = re.search(r'src="([^"]+chat\.js)"', found["/"][2])
    assert script
    assert moved == [(308, f"{PREFIX}/"), (301, f"{PREFIX}/r/dev")]
    assert outside == [404] * 3
    assert checks == ["ok\n"] * 2


@on_both_drivers
def test_a_person_signs_in_and_out_under_the_prefix(serve: Serve) -> None:
    with run_gateway(
        serve,
        prefix=PREFIX,
        accounts=("Ada",),
        admins=("Ada",),
        allowed=ALLOWED,
        proxies=PROXIES,
    ) as gateway:
        browser = visitor(gateway, "192.0.2.7")
        page = f"{PREFIX}/sign-in?next=/r/dev"
        fields = {"name": "Ada", "password": PASSWORD, "next": "/rooms"}
        sent = browser.post(f"{PREFIX}/sign-in", page=page, **fields)
        (cookie,) = [each for each in sent.set_cookies if "form" not in each]
        account = browser.get(f"{PREFIX}/account")
        invited = browser.post(
            f"{PREFIX}/order", page=f"{PREFIX}/server/order", act="invite", id="x" * 20
        )
        left = browser.post(f"{PREFIX}/sign-out", page=f"{PREFIX}/account")

    assert (sent.status, sent.header("Location")) == (303, f"{PREFIX}/rooms")
    assert cookie.startswith("__Secure-parlour-")
    assert f"Path={PREFIX};" in cookie
    assert "signed in as" in account.text
    assert f"https://{NAME}{PREFIX}/register?invite=" in invited.text
    assert left.header("Location") == f"{PREFIX}/"
    assert browser.account_cookies == {}
