"""Jumps of the system clock, simulated by libfaketime."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from .histories import export_messages, send_and_expect
from .launch import ENGINES, start_server
from .sandbox import Sandbox

LIBRARIES = [
    Path("/usr/lib"),
    Path("/usr/local/lib"),
    Path("/opt/homebrew/lib"),
]


def find_library() -> Path | None:
    """Return libfaketime for programs with threads, if it is installed."""
    names = ("faketime/libfaketimeMT.so.1", "*/faketime/libfaketimeMT.so.1")
    found = (each for at in LIBRARIES for name in names for each in at.glob(name))
    return next(found, None)


@pytest.fixture
def clock(sandbox: Sandbox, tmp_path: Path) -> Iterator[Path]:
    """Return a file with the offset of the clocks of all servers."""
    found = find_library()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("libfaketime is not installed, and CI needs it")
        pytest.skip("libfaketime is not installed (Debian: faketime)")
    clock = tmp_path / "clock"
    clock.write_text("+0")
    sandbox.setenv("LD_PRELOAD", str(found))
    sandbox.setenv("FAKETIME_TIMESTAMP_FILE", str(clock))
    sandbox.setenv("FAKETIME_NO_CACHE", "1")
    sandbox.setenv("FAKETIME_DONT_FAKE_MONOTONIC", "1")
    yield clock
    clock.write_text("+0")


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("jump", ["+400d", "-20000d"])
def test_a_clock_jump_deletes_nothing_and_is_logged(
    sandbox: Sandbox, tmp_path: Path, clock: Path, engine: str, jump: str
) -> None:
    path = tmp_path / "chat.db"
    options = ["--history", str(path), "--max-history", "30d"]
    server = start_server(sandbox, engine, *options)
    send_and_expect(sandbox.join(server.port), ["one"])
    server.stop()

    server = start_server(sandbox, engine, *options)
    romeo = sandbox.join(server.port)
    send_and_expect(romeo, ["two"])
    clock.write_text(jump)
    send_and_expect(romeo, ["three"])
    event = json.loads(server.program.err.expect('"clock.jumped"'))
    clock.write_text("+0")
    send_and_expect(romeo, ["four"])
    server.stop()

    assert event["level"] == "warning"
    assert [each.text for each in export_messages(sandbox, path)] == [
        "one",
        "two",
        "three",
        "four",
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_server_that_starts_with_a_wrong_clock_deletes_nothing(
    sandbox: Sandbox, tmp_path: Path, clock: Path, engine: str
) -> None:
    path = tmp_path / "chat.db"
    options = ["--history", str(path), "--max-history", "30d"]
    server = start_server(sandbox, engine, *options)
    send_and_expect(sandbox.join(server.port), ["one"])
    server.stop()

    clock.write_text("-3000d")
    server = start_server(sandbox, engine, *options)
    assert '"clock.doubted"' in server.program.err.text
    romeo = sandbox.join(server.port)
    send_and_expect(romeo, ["two"])
    clock.write_text("+1d")
    send_and_expect(romeo, ["three"])
    server.program.err.expect('"clock.jumped"')
    server.stop()

    clock.write_text("+0")
    assert [each.text for each in export_messages(sandbox, path)] == [
        "one",
        "two",
        "three",
    ]
