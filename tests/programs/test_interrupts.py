"""Ctrl-C while a program starts ends it without any output."""

import signal
import sys
from pathlib import Path

import pytest

from .launch import CLIENT, SERVER
from .sandbox import Sandbox
from .sockets import Listener

TRACED = ["-X", "importtime"]  # a line on stderr for each module, once it is imported
PARLOUR = str(Path(sys.executable).with_name("parlour"))
INTERRUPTED = 128 + signal.SIGINT


def error_lines(errors: str) -> list[str]:
    """Return the lines of standard error that are not import times."""
    return [line for line in errors.splitlines() if "import time:" not in line]


@pytest.mark.parametrize("engine", ["async", "threads"])
@pytest.mark.parametrize(
    "moment",
    [
        "click.core",
        "msgspec",
        "parlour.core.limits",
        "parlour.client",
        "parlour.client.conversation",
        "parlour.client.program",
        "socket",
        "parlour.client.io.ports",
    ],
)
def test_a_client_interrupted_at_its_start_prints_nothing(
    sandbox: Sandbox, moment: str, engine: str
) -> None:
    with Listener() as listener:
        where = ["127.0.0.1", str(listener.port), "--engine", engine]
        client = sandbox.run_python(*TRACED, *CLIENT, *where)

        client.err.expect(f" {moment}")
        client.signal(signal.SIGINT)

        assert client.wait() == INTERRUPTED
    assert error_lines(client.err.text) == []
    assert client.out.text == ""


BEFORE_THE_LOOP = """
import asyncio

def interrupted():
    raise KeyboardInterrupt

asyncio.events.new_event_loop = interrupted
from parlour.cli import client
client()
"""


def test_an_interrupt_before_the_event_loop_runs_prints_nothing(
    sandbox: Sandbox,
) -> None:
    with Listener() as listener:
        where = ["127.0.0.1", str(listener.port)]
        client = sandbox.run_python("-c", BEFORE_THE_LOOP, *where)

        assert client.wait() == INTERRUPTED
    assert client.err.text == ""


@pytest.mark.parametrize("engine", ["async", "threads"])
@pytest.mark.parametrize(
    "moment",
    [
        "parlour.client.program",
        "prompt_toolkit",
        "asyncio",
        "parlour.client.terminal.prompt",
    ],
)
def test_a_client_interrupted_at_its_start_restores_the_terminal(
    sandbox: Sandbox, moment: str, engine: str
) -> None:
    with Listener() as listener:
        where = ["127.0.0.1", str(listener.port), "--engine", engine]
        client = sandbox.start_on_terminal(*TRACED, *CLIENT, *where)

        client.err.expect(f" {moment}")
        client.signal(signal.SIGINT)

        assert client.wait() == INTERRUPTED
    assert error_lines(client.err.text) == []
    assert client.echoes()
    assert client.lines == []


# A server that has started ends with 0, so the signal must not come too late.
INTERRUPTED_AT_IMPORT = """
import os, runpy, signal, sys

_, moment, program, *sys.argv[1:] = sys.argv

class Interrupt:
    def find_spec(self, name, path, target=None):
        if name == moment:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
if program == "-m":
    _, module, *sys.argv[1:] = sys.argv
    runpy.run_module(module, run_name="__main__", alter_sys=True)
else:
    sys.argv[0] = program
    runpy.run_path(program, run_name="__main__")
"""


@pytest.mark.parametrize("engine", ["async", "threads"])
@pytest.mark.parametrize(
    "moment",
    ["click.core", "parlour.server.config", "parlour.cli", "parlour.core.hub"],
)
def test_a_server_interrupted_at_its_start_prints_nothing(
    sandbox: Sandbox, moment: str, engine: str
) -> None:
    where = ["--port", "0", "--history", "memory", "--engine", engine]
    server = sandbox.run_python("-c", INTERRUPTED_AT_IMPORT, moment, *SERVER, *where)

    assert server.wait() == INTERRUPTED
    assert server.err.text == ""


def test_an_interrupted_parlour_command_prints_nothing(sandbox: Sandbox) -> None:
    with Listener() as listener:
        command = [sys.executable, *TRACED, PARLOUR, "127.0.0.1", str(listener.port)]
        client = sandbox.run(*command)

        client.err.expect(" parlour.client.options")
        client.signal(signal.SIGINT)

        assert client.wait() == INTERRUPTED
    assert error_lines(client.err.text) == []


def test_a_client_started_with_sigint_ignored_ignores_it(sandbox: Sandbox) -> None:
    with Listener() as listener:
        ignoring = "trap '' INT; exec \"$@\""
        # A client that has sent a hello would reconnect once.
        where = ["127.0.0.1", str(listener.port), "--dialect", "plain"]
        client = sandbox.run(
            "/bin/sh", "-c", ignoring, "-", sys.executable, *CLIENT, *where
        )
        with listener.accept() as peer:
            client.signal(signal.SIGINT)
            peer.close()

            assert client.wait() == 0
