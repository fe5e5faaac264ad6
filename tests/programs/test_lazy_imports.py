"""Programs import only what they use, so that they start quickly."""

import pytest

from .launch import (
    CLIENT,
    ENGINES,
    SERVER,
    listening_port,
    server_options,
    start_server,
)
from .sandbox import Sandbox

TRACED = ["-X", "importtime"]
TERMINAL = {"prompt_toolkit"}
PAGE = {"flask", "werkzeug", "sqlite3"}
NAME_TABLES = {"precis_i18n", "confusable_homoglyphs"}  # of the server
PASSWORDS = {"argon2", "cffi"}
METRICS = {"prometheus_client"}
LOOP = {"asyncio", "uvloop", "ssl"}  # asyncio imports ssl itself


def imported(errors: str) -> set[str]:
    """Return the top-level packages in what ``-X importtime`` printed."""
    imports = (line for line in errors.splitlines() if line.startswith("import time:"))
    return {line.split("|")[-1].strip().split(".")[0] for line in imports}


@pytest.mark.parametrize("program", [SERVER, CLIENT], ids=["server", "client"])
def test_help_imports_no_slow_library(sandbox: Sandbox, program: list[str]) -> None:
    help_run = sandbox.run_python(*TRACED, *program, "--help")

    assert help_run.wait() == 0
    found = imported(help_run.err.text)
    assert "parlour" in found
    assert found & (TERMINAL | PAGE | LOOP | NAME_TABLES) == set()


@pytest.mark.parametrize(
    ("engine", "unwanted"),
    [
        ("async", TERMINAL | PAGE | NAME_TABLES),
        ("threads", TERMINAL | PAGE | LOOP | NAME_TABLES),
    ],
)
def test_a_client_in_a_pipe_imports_no_terminal_library(
    sandbox: Sandbox, engine: str, unwanted: set[str]
) -> None:
    server = start_server(sandbox, "async")
    where = ["127.0.0.1", str(server.port), "--engine", engine]
    client = sandbox.run_python(*TRACED, *CLIENT, *where)

    client.type("hi")
    client.close_input()

    assert client.wait() == 0
    assert imported(client.err.text) & unwanted == set()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_imports_its_own_engine_only(sandbox: Sandbox, engine: str) -> None:
    server = sandbox.run_python(*TRACED, *SERVER, *server_options(engine))
    listening_port(server.err.expect('"listening"'))

    assert server.stop() == 0
    unwanted = TERMINAL | PAGE | PASSWORDS | METRICS
    unwanted |= LOOP if engine == "threads" else set()
    assert imported(server.err.text) & unwanted == set()


def test_a_tool_that_asks_a_server_imports_no_slow_library(
    sandbox: Sandbox,
) -> None:
    server = start_server(sandbox, "async", "--history", "memory")
    where = ["--history", "memory", "--port", str(server.port)]
    tool = sandbox.run_python(*TRACED, "-m", "parlour", "account", "list", *where)

    assert tool.wait() == 0
    unwanted = TERMINAL | PAGE | LOOP | NAME_TABLES | PASSWORDS
    unwanted -= {"sqlite3"}  # whose errors it reports
    assert imported(tool.err.text) & unwanted == set()
