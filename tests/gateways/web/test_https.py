"""The page over HTTPS: cookies, origins, passwords, and peers without TLS."""

import re
import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus

from parlour.server.tls import asyncio_acceptor
from parlour.server.tls.handshakes import MAX_PER_ADDRESS
from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.clients import hello, read_to_end, receive_event
from tests.gateways.web.running_gateway import (
    RunningGateway,
    WebSocketPeer,
    run_gateway,
)
from tests.server.clients import command_line, message_line
from tests.server.running_servers import (
    TIMEOUT,
    Serve,
    on_both_drivers,
    serve_async,
    serve_threads,
)
from tests.server.tls.pairs import localhost_pair
from tests.server.tls.peers import TLSPeer, client_context


@pytest.fixture(params=[serve_async, serve_threads], ids=["async", "threads"])
def secure(request: pytest.FixtureRequest) -> Iterator[RunningGateway]:
    """Run a gateway with HTTPS, on both drivers."""
    serve: Serve = request.param
    with run_gateway(serve, certificates=localhost_pair().certificates) as running:
        yield running


@pytest.fixture
def browser(secure: RunningGateway) -> AccountClient:
    return AccountClient(secure.tls_port, context=client_context())


def test_the_page_is_the_same_on_both_ports(
    secure: RunningGateway, browser: AccountClient
) -> None:
    plain = AccountClient(secure.port).get("/")
    tls = browser.get("/")

    token = re.compile(r'value="[\w-]{20,}"')
    assert (tls.status, plain.status) == (200, 200)
    assert token.sub("", tls.text) == token.sub("", plain.text)
    assert tls.header("Strict-Transport-Security") == ""


def test_cookies_are_secure_and_of_this_host_alone(browser: AccountClient) -> None:
    (form,) = browser.get("/register").set_cookies
    browser.register("Juliet")
    (name,) = browser.account_cookies

    assert form.startswith(f"__Host-parlour-form-{browser.port}=")
    assert form.endswith("; HttpOnly; Path=/; SameSite=Strict; Secure")
    assert name == f"__Host-parlour-{browser.port}"
    assert "Signed in as <bdi>Juliet</bdi>" in browser.get("/").text


def test_a_cookie_that_another_host_may_have_set_signs_nobody_in(
    secure: RunningGateway, browser: AccountClient
) -> None:
    (value,) = browser.register("Mallory").account_cookies.values()
    victim = AccountClient(browser.port, context=client_context())
    victim.cookies = {f"parlour-{browser.port}": value}
    page = secure.connect(origin=victim.origin, cookie=victim.cookie)
    page.send(hello("juliet"))

    assert victim.get("/account").status == 303
    assert receive_event(page)[1]["you"] == "juliet"


def test_a_form_needs_a_cookie_that_no_other_host_may_have_set(
    browser: AccountClient,
) -> None:
    token = browser.token("/register")
    ((name, value),) = browser.cookies.items()
    browser.cookies = {name.removeprefix("__Host-"): value}
    fields = {"name": "Juliet", "password": PASSWORD, "repeated": PASSWORD}

    assert browser.send("/register", {"csrf": token} | fields).status == 403


def test_passwords_are_accepted_from_other_machines_over_https_only(
    secure: RunningGateway, browser: AccountClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parlour.server.addresses.is_loopback", lambda _: False)
    browser.register("Juliet")
    plain = AccountClient(secure.port)

    assert "came to you unencrypted" in plain.get("/sign-in").text
    assert browser.post("/sign-out", page="/account").status == 303
    assert browser.sign_in("Juliet").get("/account").status == 200


def test_a_page_signs_in_by_its_cookie_over_wss(
    secure: RunningGateway, browser: AccountClient
) -> None:
    browser.register("Juliet")
    origin = f"https://127.0.0.1:{secure.tls_port}"
    page = secure.connect(origin=origin, cookie=browser.cookie)
    page.send(command_line("hello", version=1, rooms=["lobby"]))

    kind, data = receive_event(page)
    assert (kind, data["you"]) == ("welcome", "Juliet")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:{}", "https://127.0.0.1:1"])
def test_a_page_of_another_origin_is_refused(
    secure: RunningGateway, origin: str
) -> None:
    with pytest.raises(InvalidStatus) as raised:
        secure.connect(origin=origin.format(secure.tls_port))

    assert raised.value.response.status_code == 403


def test_a_page_over_https_is_foreign_to_the_port_without_tls(
    secure: RunningGateway,
) -> None:
    with pytest.raises(InvalidStatus):
        WebSocketPeer(secure.port, origin=f"https://127.0.0.1:{secure.port}")


def test_a_browser_without_tls_is_told_to_use_https(secure: RunningGateway) -> None:
    with socket.create_connection(("127.0.0.1", secure.tls_port), TIMEOUT) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        response = read_to_end(sock)

    assert response.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"\r\n\r\nThis port is for HTTPS." in response


def test_half_open_handshakes_end_at_the_deadline_and_take_no_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(asyncio_acceptor, "HANDSHAKE_TIMEOUT", 0.2)
    certificates = localhost_pair().certificates
    with (
        run_gateway(serve_async, certificates=certificates) as gateway,
        socket.create_connection(("127.0.0.1", gateway.tls_port), TIMEOUT) as sock,
    ):
        assert read_to_end(sock) == b""
        assert gateway.connect().socket.ping() is not None


@on_both_drivers
def test_handshakes_of_a_trusted_proxy_have_no_limit_per_address(serve: Serve) -> None:
    certificates = localhost_pair().certificates
    with run_gateway(
        serve, certificates=certificates, proxies=("127.0.0.2",)
    ) as gateway:
        for source in ("127.0.0.2", "127.0.0.3"):
            for _ in range(MAX_PER_ADDRESS):
                peer = TLSPeer(gateway.tls_port, source=source, shakes_hands=False)
                gateway.server.peers.callback(peer.close)
        proxy, stranger = (
            TLSPeer(gateway.tls_port, source=source, shakes_hands=False)
            for source in ("127.0.0.2", "127.0.0.3")
        )
        gateway.server.peers.callback(proxy.close)
        gateway.server.peers.callback(stranger.close)

        assert stranger.sock.recv(1) == b""
        proxy.shake_hands()


def test_a_page_and_a_terminal_with_tls_talk(secure: RunningGateway) -> None:
    page = secure.connect()
    page.send(hello("juliet"))
    assert receive_event(page)[0] == "welcome"
    terminal = secure.server.connect()
    terminal.send(message_line("from the terminal"))

    while receive_event(page)[1].get("message") != "from the terminal":
        pass


def test_a_response_is_complete_if_the_browser_has_ended_its_half(
    secure: RunningGateway,
) -> None:
    peer = TLSPeer(secure.tls_port, context=client_context())
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    peer.send(request)
    lines = list(iter(peer.receive, b""))

    assert lines[0] == b"HTTP/1.1 200 OK\r\n"
    assert peer.has_close_notify
    peer.close()
