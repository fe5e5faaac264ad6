"""The option --max-history: its values, and messages that a smaller limit deletes."""

import json
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

import click
import pexpect
import pytest

from parlour import cli
from parlour.core.entries import Batch, Said
from parlour.core.events import LOBBY, SessionId
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore
from parlour.journal.tools.verify import verify
from parlour.server.config import Bound

from .launch import SERVER, start_server
from .sandbox import Sandbox

TIMEOUT = 20.0  # seconds


def parsed(*values: str) -> object:
    options = [word for value in values for word in ("--max-history", value)]
    return cli.server.make_context("server", options).params["max_history"]


@pytest.mark.parametrize(
    ("value", "bound"),
    [
        ("1", Bound("max_messages", 1)),
        ("50000", Bound("max_messages", 50_000)),
        ("500MB", Bound("max_bytes", 500_000_000)),
        ("500 mb", Bound("max_bytes", 500_000_000)),
        ("1GiB", Bound("max_bytes", 1_073_741_824)),
        ("1TB", Bound("max_bytes", 1_000_000_000_000)),
        ("90min", Bound("max_age", 5_400)),
        ("12h", Bound("max_age", 43_200)),
        ("30d", Bound("max_age", 2_592_000)),
        ("2w", Bound("max_age", 1_209_600)),
        ("1y", Bound("max_age", 31_536_000)),
    ],
)
def test_a_number_a_size_or_an_age_is_accepted(value: str, bound: Bound) -> None:
    assert parsed(value) == (bound,)


def test_each_kind_of_limit_can_be_used_once() -> None:
    assert parsed("30d", "7", "1GB") == (
        Bound("max_age", 2_592_000),
        Bound("max_messages", 7),
        Bound("max_bytes", 1_000_000_000),
    )


@pytest.mark.parametrize(
    "value",
    ["all", "", "-1", "1,000,000", "1_000", "1.5GB", "30m", "500M", "d", "30dd", "٣"],
)
def test_other_values_are_refused(value: str) -> None:
    with pytest.raises(click.ClickException, match="is not a number of messages"):
        parsed(value)


@pytest.mark.parametrize("value", ["0", "00", "0d", "0 MB", "0y"])
def test_a_limit_of_zero_is_refused(value: str) -> None:
    with pytest.raises(click.ClickException, match="would delete everything"):
        parsed(value)


@pytest.mark.parametrize("value", ["1000000001", "2000TB", "1001y"])
def test_a_limit_above_the_maximum_is_refused(value: str) -> None:
    with pytest.raises(click.ClickException, match="is more than the maximum"):
        parsed(value)


def test_two_limits_of_one_kind_are_refused_in_one_line(sandbox: Sandbox) -> None:
    two = ["--max-history", "500MB", "--max-history", "1GB"]

    program = sandbox.run_python(*SERVER, "--port", "0", *two)

    assert program.wait() == 2
    (message,) = program.err.lines
    error = "parlour: invalid value for '--max-history': use a number"
    assert message.startswith(error)


def test_a_limit_of_zero_is_refused_in_the_environment(sandbox: Sandbox) -> None:
    sandbox.setenv("PARLOUR_MAX_HISTORY", "0")

    program = sandbox.run_python(*SERVER, "--port", "0")

    assert program.wait() == 78
    (message,) = program.err.lines
    assert "would delete everything: use 1 or more, or --history memory" in message


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history with ten messages."""
    path = tmp_path / "chat.db"
    history = SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)
    with closing(history):
        said = [Said(LOBBY, "romeo", str(n), SessionId(1)) for n in range(10)]
        history.append(Batch(time.time(), tuple(said)))
    return path


def count_messages(path: Path) -> int:
    return verify(path).rooms[LOBBY].messages


@pytest.mark.parametrize("engine", ["async", "threads"])
@pytest.mark.parametrize(("limit", "kept"), [("3", 3), ("10", 10), ("30d", 10)])
def test_a_smaller_limit_is_logged_without_a_terminal(
    sandbox: Sandbox, path: Path, engine: str, limit: str, kept: int
) -> None:
    options = ["--history", str(path), "--max-history", limit]
    server = start_server(sandbox, engine, *options)
    server.stop()

    events = [json.loads(line) for line in server.program.err.lines]
    shortened = [each for each in events if each["event"] == "history.shortened"]
    assert [(each["messages"], each["kept"]) for each in shortened] == (
        [(10 - kept, kept)] if kept < 10 else []
    )


@pytest.mark.parametrize(
    ("answer", "option", "status", "kept"),
    [("n\r", "", 3, 10), ("\r", "", 3, 10), ("y\r", "", 0, 3), ("", "--yes", 0, 3)],
)
def test_a_smaller_limit_needs_confirmation_on_a_terminal(
    sandbox: Sandbox, path: Path, answer: str, option: str, status: int, kept: int
) -> None:
    options = ["--port", "0", "--history", str(path), "--max-history", "3"]
    more = [option] if option else []
    server = sandbox.spawn_on_terminal(sys.executable, *SERVER, *options, *more)
    if answer:
        server.expect_exact(
            b"parlour: --max-history permanently deletes 7 of 10 messages. "
            b"Continue? [y/N]",
            timeout=TIMEOUT,
        )
        server.send(answer.encode())
    if status == 0:
        server.expect_exact(b"join with", timeout=TIMEOUT)
        deadline = time.monotonic() + TIMEOUT
        while count_messages(path) != kept and time.monotonic() < deadline:
            pass
        server.kill(signal.SIGTERM)
    server.expect(pexpect.EOF, timeout=TIMEOUT)
    server.wait()

    assert server.exitstatus == status
    assert count_messages(path) == kept
    if status:
        assert b"is unchanged, and the server does not start" in (server.before or b"")
