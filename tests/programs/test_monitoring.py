"""Health checks and metrics of the real program."""

import json
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.server.monitoring.scraping import TIMEOUT, Answer, ask, scrape

from .launch import ENGINES, SERVER, Server, server_options, start_server
from .sandbox import Sandbox
from .sockets import SocketClient

each_engine = pytest.mark.parametrize("engine", ENGINES)


def start(sandbox: Sandbox, engine: str, *options: str) -> tuple[Server, int]:
    """Start a server with health checks; return it and their port."""
    server = start_server(sandbox, engine, "--ops-port", "0", *options)
    (line,) = [x for x in server.program.err.text.splitlines() if '"listening"' in x]
    return server, int(json.loads(line)["ops"].removesuffix("/").rpartition(":")[2])


def ask_until(port: int, path: str, status: int) -> Answer:
    """Ask until the answer has *status*; each answer may take seconds."""
    answer = ask(port, path)
    for _ in range(5000):
        if answer.status == status:
            break
        answer = ask(port, path)
    assert answer.status == status, answer.body
    return answer


@each_engine
def test_a_journal_with_a_locked_file_is_not_healthy(
    sandbox: Sandbox, engine: str, path: Path
) -> None:
    server, port = start(sandbox, engine, "--history", str(path))
    romeo = sandbox.join(server.port)
    romeo.send_messages("before")
    romeo.expect("before")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert ask(port, "/healthz").status == 200

    romeo.send_messages("meanwhile")
    late = ask_until(port, "/healthz", 503)
    assert late.body.startswith("the journal has not committed a batch for ")
    assert ask(port, "/readyz").status == 200
    romeo.expect("another program holds the history's file")
    refused = ask(port, "/healthz")
    assert refused.status == 503
    assert refused.body.startswith("the journal did not record the last batch")

    other.execute("ROLLBACK")
    other.close()
    romeo.send_messages("after")
    romeo.expect("after")
    assert ask_until(port, "/healthz", 200).body == "ok\n"
    server.stop()


@each_engine
def test_a_server_that_drains_is_healthy_and_not_ready(
    sandbox: Sandbox, engine: str
) -> None:
    server, port = start(sandbox, engine)
    slow = sandbox.connect(server.port, reads=False)
    romeo = sandbox.join(server.port)
    fill_transport(romeo, port)
    server.program.signal(signal.SIGTERM)

    assert ask_until(port, "/readyz", 503).body.startswith("the server is stopping")
    assert ask(port, "/healthz").body == "ok\n"
    assert scrape(port)["parlour_ready"] == 0
    slow.close()
    assert server.program.wait() == 0


def fill_transport(romeo: SocketClient, port: int) -> None:
    """Have a member speak until a connection lags."""
    for _ in range(10_000):
        romeo.send_messages(*["x" * 4000] * 16)
        if scrape(port)["parlour_lagging_connections"]:
            return
    raise AssertionError("no connection lags")


@each_engine
def test_a_client_that_resumes_is_counted_and_measured(
    sandbox: Sandbox, engine: str
) -> None:
    server, port = start(sandbox, engine)
    hello = {"version": 1, "token": "t" * 16, "name": "romeo"}
    with session(server.port, hello) as welcome:
        epoch = welcome["data"]["rooms"]["lobby"]["epoch"]

    resume = {"lobby": {"epoch": epoch, "sequence": 0}}
    for _ in range(2):
        with session(server.port, {**hello, "resume": resume}) as welcome:
            assert welcome["data"]["rooms"]["lobby"]["recovered"]

    counted = scrape(port)
    assert counted.of("parlour_resumptions_total", result="complete") == 2
    assert counted.of("parlour_resumptions_total", result="gap") == 0
    assert counted["parlour_sessions_resumed_total"] == 2
    server.stop()


@contextmanager
def session(port: int, hello: dict[str, object]) -> Iterator[dict[str, Any]]:
    """Connect a session, and return its welcome."""
    with (
        socket.create_connection(("127.0.0.1", port), TIMEOUT) as sock,
        sock.makefile("rb") as file,
    ):
        sock.sendall(json.dumps({"type": "hello", "data": hello}).encode() + b"\n")
        yield json.loads(file.readline())


@each_engine
def test_a_port_that_is_in_use_ends_the_server(sandbox: Sandbox, engine: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        server = sandbox.run_python(
            *SERVER, *server_options(engine), "--ops-port", port
        )

        assert server.wait() == 3
    assert f"cannot listen on 127.0.0.1:{port}: address already in use" in (
        server.err.text
    )
    assert "choose another with --ops-port or PARLOUR_OPS_PORT" in server.err.text


@pytest.mark.parametrize("option", [["--ops-host", "::1"], ["--ops-allow", "here"]])
def test_options_of_health_checks_need_their_port(
    sandbox: Sandbox, option: list[str]
) -> None:
    server = sandbox.run_python(*SERVER, *option)

    assert server.wait() == 2
    assert f"{option[0]} needs --ops-port" in server.err.text


@each_engine
def test_the_banner_has_the_address(sandbox: Sandbox, engine: str) -> None:
    options = ["--port", "0", "--engine", engine, "--ops-port", "0"]
    server = sandbox.run_python(*SERVER, *options)

    found = server.err.expect("health and metrics: ")
    port = int(found.removesuffix("/").rpartition(":")[2])
    assert ask(port, "/readyz").status == 200
    assert server.stop() == 0


def test_the_banner_warns_of_metrics_for_everybody(sandbox: Sandbox) -> None:
    options = ["--port", "0", "--ops-port", "0", "--ops-host", "0.0.0.0"]
    server = sandbox.run_python(*SERVER, *options)

    assert server.err.expect("health and metrics: ").endswith(
        "(for everyone who can reach it)"
    )
    assert server.stop() == 0
