"""The page behind real proxies, with their files in ``deploy/``."""

from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest

from tests.gateways.web.account_client import PASSWORD, AccountClient
from tests.gateways.web.clients import receive_event
from tests.gateways.web.running_gateway import WebSocketPeer, websocket_context
from tests.gateways.web.site import Site, serve
from tests.programs.admin_tools import administer
from tests.programs.launch import ENGINES
from tests.programs.proxies import HOME, Ports, haproxy, nginx
from tests.programs.sandbox import Sandbox
from tests.server.clients import command_line
from tests.server.tls.peers import client_context

RunProxy = Callable[[Path, Ports], AbstractContextManager[Ports]]

NAME, STRANGER, OTHER = "chat.example.org", "127.0.0.7", "127.0.0.8"


def proxied_site(sandbox: Sandbox, engine: str, *options: str) -> Site:
    """Start a server with a page that trusts the proxy."""
    trusted = "--web-proxy-from", HOME, "--proxy-protocol-from", HOME
    opened = "--registration", "open"
    return serve(sandbox, engine, "--web-allow", NAME, *trusted, *opened, *options)


def visitor(ports: Ports, source: str) -> AccountClient:
    """Return the browser of somebody who uses HTTPS to the proxy."""
    context = client_context()
    context.check_hostname = False
    return AccountClient(ports.page_tls, host=NAME, source=source, context=context)


def live_page(
    ports: Ports, source: str, cookie: str = "", prefix: str = ""
) -> WebSocketPeer:
    """Open a WebSocket through the proxy, with headers that it has to replace."""
    return WebSocketPeer(
        ports.page_tls,
        host="localhost",
        origin=f"https://{NAME}",
        source=source,
        cookie=cookie,
        context=websocket_context(),
        forwarded={"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "http"},
        prefix=prefix,
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("proxy", [nginx, haproxy])
def test_visitors_of_a_proxy_are_themselves(
    sandbox: Sandbox, engine: str, tmp_path: Path, proxy: RunProxy
) -> None:
    options = "--history", str(tmp_path / "history.db")
    site = proxied_site(sandbox, engine, *options, "--max-per-address", "1")
    with (
        proxy(tmp_path, Ports(site.port, page=site.web_port)) as ports,
        closing(live_page(ports, STRANGER)) as spammer,
        closing(live_page(ports, STRANGER)) as second,
        closing(live_page(ports, OTHER)) as other,
    ):
        answers = []
        for page, name in ((spammer, "Spammer"), (second, "Again"), (other, "Romeo")):
            page.send(command_line("hello", version=1, name=name, rooms=["lobby"]))
            answers.append(receive_event(page))
        spammer.send(command_line("message", room="lobby", message="hi", id="1"))
        site.wait_for_message("lobby", "hi")
        administer(sandbox, "admin", "ban", "Spammer", "1h", *options)
        statuses = [
            visitor(ports, each).get("/api/users").status for each in (STRANGER, OTHER)
        ]
        plain = AccountClient(ports.page, host=NAME).get("/rooms")

    assert [kind for kind, _ in answers] == ["welcome", "bye", "welcome"]
    assert answers[1][1]["code"] == "too_many_connections"
    assert statuses == [403, 200]
    assert plain.status in {301, 302}
    assert plain.header("Location").startswith(f"https://{NAME}")


@pytest.mark.parametrize("engine", ["threads"])
def test_a_visitor_of_nginx_signs_in_over_https(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    site = proxied_site(sandbox, engine)
    with nginx(tmp_path, Ports(page=site.web_port)) as ports:
        browser = visitor(ports, OTHER).register("Romeo")
        with closing(live_page(ports, OTHER, browser.cookie)) as page:
            page.send(command_line("hello", version=1, rooms=["lobby"]))
            kind, welcome = receive_event(page)

    assert (kind, welcome["you"]) == ("welcome", "Romeo")
    assert all(name.startswith("__Host-") for name in browser.cookies)


@pytest.mark.parametrize("engine", ["async"])
def test_a_page_is_live_below_a_path_of_nginx(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    site = proxied_site(sandbox, engine, "--web-prefix", "/chat")
    with nginx(tmp_path, Ports(page=site.web_port), has_path=True) as ports:
        browser = visitor(ports, OTHER)
        moved = browser.get("/chat")
        fields = {"name": "Romeo", "password": PASSWORD, "repeated": PASSWORD}
        sent = browser.post("/chat/register", **fields)
        with closing(live_page(ports, OTHER, browser.cookie, "/chat")) as page:
            page.send(command_line("hello", version=1, rooms=["lobby"]))
            kind, welcome = receive_event(page)

    assert moved.header("Location").endswith("/chat/")
    assert (sent.status, sent.header("Location")) == (303, "/chat/")
    assert (kind, welcome["you"]) == ("welcome", "Romeo")
    assert site.url.endswith("/chat/")
