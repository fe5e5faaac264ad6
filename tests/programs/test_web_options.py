"""The server's options for the page, and the page that they start."""

import json
import signal
import socket
import urllib.error
import urllib.request
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from .launch import ENGINES, SERVER, start_client
from .process import Program
from .sandbox import Sandbox
from .sockets import Listener

on_both = pytest.mark.parametrize("engine", ENGINES)


def serve(sandbox: Sandbox, *options: str) -> tuple[Program, dict[str, object]]:
    """Start a server on free ports; return it with its event ``listening``."""
    given = ["--port", "0", "--log-format", "json", *options]
    program = sandbox.run_python(*SERVER, *given)
    facts = json.loads(program.err.expect('"listening"'))
    assert isinstance(facts, dict)
    return program, facts


def get(url: object, host: str = "") -> tuple[int, str]:
    """Return the status and the text of *url*, with *host* in the header Host."""
    request = urllib.request.Request(str(url))
    if host:
        request.add_header("Host", host)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as exc:
        return exc.code, exc.read().decode()


@on_both
def test_the_page_shows_the_users_and_their_messages(
    sandbox: Sandbox, engine: str
) -> None:
    server, facts = serve(sandbox, "--web-port", "0", "--engine", engine)
    client = start_client(sandbox, int(str(facts["port"])), "async", "--name", "romeo")
    client.type("is anyone there?")
    client.out.expect("romeo: is anyone there?")

    status, text = get(facts["page"])

    assert status == 200
    assert "is anyone there?" in text
    assert text.count("romeo") >= 2  # the sender, and the user list
    assert server.stop() == 0


def test_without_web_port_there_is_no_page(sandbox: Sandbox) -> None:
    server, facts = serve(sandbox)

    assert facts["page"] is None
    assert server.stop() == 0


def test_web_off_serves_no_page(sandbox: Sandbox) -> None:
    server, facts = serve(sandbox, "--web-port", "0", "--web", "off")

    assert facts["page"] is None
    assert server.stop() == 0


def test_a_taken_web_port_is_an_error_before_a_history_is_created(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "history.db"
    with Listener() as taken:
        server = sandbox.run_python(
            *(*SERVER, "--port", "0", "--history", str(path)),
            *("--web-port", str(taken.port)),
        )

        assert server.wait() == 3
        where = f"127.0.0.1:{taken.port}"
    option = "choose another with --web-port or PARLOUR_WEB_PORT"
    what = f"cannot listen on {where}: address already in use; {option}"
    assert server.err.text == f"parlour: {what}\n"
    assert list(tmp_path.iterdir()) == []


def test_auto_reports_another_port_if_the_default_is_in_use(
    sandbox: Sandbox,
) -> None:
    with ExitStack() as sockets:
        with suppress(OSError):  # already in use by another program
            sockets.enter_context(socket.create_server(("127.0.0.1", 8080)))
        server = sandbox.run_python(*SERVER, "--port", "0", "--web-port", "auto")
        line = server.err.expect("page: ")

        assert "port 8080 was in use" in line
        assert get(line.split()[1])[0] == 200
    assert server.stop() == 0


def test_host_names_of_the_server_can_be_allowed(sandbox: Sandbox) -> None:
    sandbox.setenv("PARLOUR_WEB_ALLOW", "chat.example.org other.example")
    server, facts = serve(sandbox, "--web-port", "0")

    statuses = [
        get(facts["page"], host)[0]
        for host in ("chat.example.org", "other.example", "evil.example")
    ]

    assert statuses == [200, 200, 400]
    assert server.stop() == 0


@pytest.mark.parametrize(
    ("options", "banner"),
    [
        ([], ["(read and write)"]),
        (["--web", "read"], ["(read only)"]),
        (
            ["--web-host", "0.0.0.0"],
            ["(read only)", "anyone who can reach the server can read\n"],
        ),
        (
            ["--web-host", "0.0.0.0", "--web", "write"],
            [
                "(read and write)",
                "anyone who can reach the server can read and write\n",
            ],
        ),
    ],
)
def test_the_banner_says_what_users_of_the_page_may_do(
    sandbox: Sandbox, options: list[str], banner: list[str]
) -> None:
    server = sandbox.run_python(*SERVER, "--port", "0", "--web-port", "0", *options)
    server.err.expect("join with")

    assert [part for part in banner if part not in server.err.text] == []
    assert ("warning" in server.err.text) == (len(banner) > 1)
    assert server.stop() == 0


@on_both
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_server_with_open_pages_shuts_down(
    sandbox: Sandbox, engine: str, number: signal.Signals
) -> None:
    server, facts = serve(sandbox, "--web-port", "0", "--engine", engine)
    port = int(str(facts["page"]).rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 10) as idle:
        idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        answer = b""
        while not answer.endswith(b"ok\n"):
            answer += idle.recv(4096)
        server.signal(number)

        assert idle.recv(1) == b""
        assert server.wait() == 0


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--web-port", "x"], "'x' is neither 'auto' nor a port number"),
        (["--web-port", "65536"], "'65536' is not a port"),
        (["--web-allow", "http://a.example/"], "is not just a host"),
        (["--web-host", ""], "it is empty"),
        (["--web", "maybe"], "'maybe' is not one of"),
        (["--web", "read"], "--web needs --web-port: without it, there is no page"),
        (["--web-host", "::1"], "--web-host needs --web-port"),
        (["--web-allow", "a.example"], "--web-allow needs --web-port"),
    ],
)
def test_invalid_web_options_are_reported_in_one_line(
    sandbox: Sandbox, options: list[str], what: str
) -> None:
    server = sandbox.run_python(*SERVER, *options)

    assert server.wait() == 2
    assert what in server.err.text
    assert server.err.text.count("\n") == 1


@pytest.mark.parametrize("form", ["text", "json"])
def test_variables_for_a_page_are_reported_if_there_is_no_page(
    sandbox: Sandbox, form: str
) -> None:
    sandbox.setenv("PARLOUR_WEB_ALLOW", "chat.example.org")
    server = sandbox.run_python(*SERVER, "--port", "0", "--log-format", form)

    server.err.expect("PARLOUR_WEB_ALLOW (no page without PARLOUR_WEB_PORT)")
    server.err.expect('"listening"' if form == "json" else "listens on")
    assert server.stop() == 0


def test_web_off_needs_no_port(sandbox: Sandbox) -> None:
    server = sandbox.run_python(*SERVER, "--port", "0", "--web", "off")

    server.err.expect("listens on")
    assert server.stop() == 0
