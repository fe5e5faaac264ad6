"""The page behind real proxies, in common configurations."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.gateways.web.browser import OUTAGE, Visits, expect
from tests.gateways.web.site import Site, serve
from tests.programs.event_loop import TIMEOUT
from tests.programs.installed import require
from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox

pytestmark = pytest.mark.parametrize("engine", ENGINES)

NAME = "chat.example.org"
NGINX = """daemon off; pid {dir}/pid; error_log {dir}/errors; events {{}}
http {{ access_log off; client_body_temp_path {dir}/b; proxy_temp_path {dir}/p;
fastcgi_temp_path {dir}/f; uwsgi_temp_path {dir}/u; scgi_temp_path {dir}/s;
server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{page};
proxy_http_version 1.1; {host} proxy_set_header Upgrade $http_upgrade;
proxy_set_header Connection upgrade; }} }} }}
"""
HAPROXY = """defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend stats
    bind 127.0.0.1:{port}
    stats enable
    stats uri /stats
backend page
    {check}
    server page 127.0.0.1:{page} check inter 100
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def proxy(*command: str, port: int) -> Iterator[None]:
    """Run a proxy that accepts connections; stop it when the context ends."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + TIMEOUT
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), TIMEOUT).close()
                break
            except ConnectionRefusedError:
                assert process.poll() is None
                assert time.monotonic() < deadline
        yield
    finally:
        process.terminate()
        process.wait(TIMEOUT)


@contextmanager
def nginx(
    tmp_path: Path, site: Site, host: str, *, upgrade: bool = True
) -> Iterator[int]:
    program, port = require("nginx"), free_port()
    settings = NGINX.format(dir=tmp_path, port=port, page=site.web_port, host=host)
    if not upgrade:
        settings = settings.replace("proxy_set_header Upgrade $http_upgrade;", "")
    config = tmp_path / "nginx.conf"
    config.write_text(settings)
    with proxy(program, "-p", str(tmp_path), "-c", str(config), port=port):
        yield port


def handshake(port: int, origin: str, name: str = NAME) -> str:
    """Connect like a browser with *name* in its address bar; return the first line."""
    with (
        socket.create_connection(("127.0.0.1", port), TIMEOUT) as sock,
        connect(
            f"ws://{name}:{port}/ws",
            sock=sock,
            origin=Origin(origin),
            compression=None,
            proxy=None,
        ) as page,
    ):
        page.send('{"type":"hello","data":{"version":1,"watch":true}}')
        return str(page.recv(TIMEOUT))


@pytest.mark.parametrize(
    "host",
    ["$host", "$http_host", f"{NAME}:443", "$proxy_host", "127.0.0.1"],
)
def test_a_page_of_an_allowed_name_connects_through_nginx(
    sandbox: Sandbox, engine: str, tmp_path: Path, host: str
) -> None:
    site = serve(sandbox, engine, "--web-allow", NAME)
    with nginx(tmp_path, site, f"proxy_set_header Host {host};") as port:
        assert '"welcome"' in handshake(port, f"http://{NAME}:{port}")
        with pytest.raises(InvalidStatus) as refused:
            handshake(port, "http://evil.example")

    assert refused.value.response.status_code == 403
    site.program.err.expect('"http://evil.example"')


def test_an_unknown_host_is_refused_through_nginx(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    site = serve(sandbox, engine, "--web-allow", NAME)
    with (
        nginx(tmp_path, site, "proxy_set_header Host $host;") as port,
        pytest.raises(InvalidStatus) as refused,
    ):
        handshake(port, f"http://evil.example:{port}", "evil.example")

    assert refused.value.response.status_code == 400


@pytest.mark.parametrize(
    "check", ["option httpchk", "option httpchk GET /healthz", "option httpchk HEAD /"]
)
def test_haproxy_reports_the_page_as_up(
    sandbox: Sandbox, engine: str, tmp_path: Path, check: str
) -> None:
    program, port, site = require("haproxy"), free_port(), serve(sandbox, engine)
    config = tmp_path / "haproxy.cfg"
    config.write_text(HAPROXY.format(port=port, page=site.web_port, check=check))
    deadline = time.monotonic() + TIMEOUT
    with proxy(program, "-f", str(config), "-db", port=port):
        while "L7OK" not in (row := _statistics(port)):
            assert "L7STS" not in row
            assert time.monotonic() < deadline, row


def _statistics(port: int) -> str:
    """Return the statistics of HAProxy about the page."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
    connection.request("GET", "/stats;csv")
    statistics = connection.getresponse().read().decode()
    connection.close()
    return next(row for row in statistics.splitlines() if row.startswith("page,page,"))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("proxy_set_header Host $host;", "Let the proxy pass on Host unchanged"),
        (
            "proxy_set_header Host $http_host;",
            "WebSockets do not reach it",
        ),
    ],
    ids=["host", "upgrade"],
)
def test_a_page_shows_which_setting_of_the_proxy_is_wrong(
    sandbox: Sandbox, visit: Visits, engine: str, tmp_path: Path, lines: str, words: str
) -> None:
    site = serve(sandbox, engine)
    upgrade = "WebSockets" not in words
    with nginx(tmp_path, site, lines, upgrade=upgrade) as port:
        tab = visit.prepare(f"http://127.0.0.1:{port}/").ignore_errors(OUTAGE)
        tab.go()

        expect(tab.status).to_contain_text(words)
        expect(tab.page.locator("#state")).to_have_text("Refused")
        tab.page.close()  # before the proxy ends: it may still load something
