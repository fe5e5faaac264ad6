"""Every conversation goes the same way on the bare core and in both drivers."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from parlour.core.limits import Limits
from tests.conversation import Connect, play, scripts
from tests.server.running_servers import (
    PATIENCE,
    play_on,
    play_on_core,
    play_on_file,
    serve_async,
    serve_threads,
)

STAGES = {
    "core": play_on_core,
    "async": partial(play_on, serve_async),
    "threads": partial(play_on, serve_threads),
    "async-file": partial(play_on_file, serve_async),
    "threads-file": partial(play_on_file, serve_threads),
}
PLAIN, SESSION = scripts("plain"), scripts("session")
LATE_HELLO = scripts("late-hello")
SPLIT = [path for path in PLAIN if path.stem.startswith("split")]

Stage = Callable[[int, Limits], AbstractContextManager[Connect]]

# Whoever says hello is the first to say anything, however late this process, in which
# both ends run, comes to it.
PATIENT = Limits(admission_delay=PATIENCE)

on_every_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)


def _title(path: Path) -> str:
    return path.stem


@on_every_stage
@pytest.mark.parametrize("script", PLAIN, ids=_title)
def test_plain_conversation(script: Path, stage: Stage) -> None:
    with stage(65_536, Limits()) as connect:
        play(script.read_text().splitlines(), connect, script.name)


@on_every_stage
@pytest.mark.parametrize("script", SESSION, ids=_title)
def test_session_conversation(script: Path, stage: Stage) -> None:
    with stage(65_536, PATIENT) as connect:
        play(script.read_text().splitlines(), connect, script.name)


@on_every_stage
@pytest.mark.parametrize("script", LATE_HELLO, ids=_title)
def test_late_hello_conversation(script: Path, stage: Stage) -> None:
    with stage(65_536, Limits()) as connect:
        play(script.read_text().splitlines(), connect, script.name)


@on_every_stage
@pytest.mark.parametrize("recv_size", [1, 2, 7, 256, 512, 65_536])
@pytest.mark.parametrize("script", SPLIT, ids=_title)
def test_lines_may_be_read_in_any_pieces(
    script: Path, recv_size: int, stage: Stage
) -> None:
    with stage(recv_size, Limits()) as connect:
        play(script.read_text().splitlines(), connect, script.name)


def test_there_are_conversations() -> None:
    assert len(PLAIN) >= 15
    assert len(SESSION) >= 10
    assert len(LATE_HELLO) >= 3
    assert len(SPLIT) >= 3
