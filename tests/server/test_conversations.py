"""Every conversation has the same result on the bare core and on both drivers,
with TLS and without."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from parlour.core.limits import Limits
from parlour.history.retention import Retention
from parlour.journal.sqlite.store import SQLiteStore
from tests.conversation import Connect, play, scripts
from tests.server.bare_core import CoreDriver
from tests.server.running_servers import TIMEOUT, Serve, serve_async, serve_threads
from tests.server.tls.pairs import localhost_pair
from tests.server.tls.peers import connect_tls


@contextmanager
def play_on_core(recv_size: int, limits: Limits) -> Iterator[Connect]:
    """Connect the peers of a conversation to a bare core."""
    yield CoreDriver(limits, recv_size).connect


@contextmanager
def play_on_driver(serve: Serve, recv_size: int, limits: Limits) -> Iterator[Connect]:
    """Connect the peers to a driver with a history in memory."""
    with serve(limits, recv_size=recv_size) as server:
        yield server.connect


@contextmanager
def play_on_file(serve: Serve, recv_size: int, limits: Limits) -> Iterator[Connect]:
    """Connect the peers to a driver with a history in a file."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "chat.db"
        history = SQLiteStore(path, Retention(), clock=time.time, steady=time.monotonic)
        with serve(limits, recv_size=recv_size, history=history) as server:
            yield server.connect


@contextmanager
def play_with_tls(serve: Serve, recv_size: int, limits: Limits) -> Iterator[Connect]:
    """Connect the peers to a driver by TLS."""
    certificates = localhost_pair().certificates
    with serve(limits, recv_size=recv_size, certificates=certificates) as server:
        yield partial(connect_tls, server)


STAGES = {
    "core": play_on_core,
    "async": partial(play_on_driver, serve_async),
    "threads": partial(play_on_driver, serve_threads),
    "async-file": partial(play_on_file, serve_async),
    "threads-file": partial(play_on_file, serve_threads),
    "async-tls": partial(play_with_tls, serve_async),
    "threads-tls": partial(play_with_tls, serve_threads),
}
PLAIN, SESSION = scripts("plain"), scripts("session")
LATE_HELLO = scripts("late-hello")
SPLIT = [path for path in PLAIN if path.stem.startswith("split")]

Stage = Callable[[int, Limits], AbstractContextManager[Connect]]

# Both ends run in this process, which may be slow: what a peer begins with is still its
# first line.
PATIENT = Limits(admission_delay=TIMEOUT)

on_every_stage = pytest.mark.parametrize("stage", STAGES.values(), ids=STAGES)


def _limits(script: Path) -> Limits:
    """Return limits that admit silent peers only where *script* has some."""
    return Limits() if " connects\n" in script.read_text() else PATIENT


def _title(path: Path) -> str:
    return path.stem


@on_every_stage
@pytest.mark.parametrize("script", PLAIN, ids=_title)
def test_plain_conversation(script: Path, stage: Stage) -> None:
    with stage(65_536, _limits(script)) as connect:
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
def test_a_conversation_is_the_same_for_any_size_of_reads(
    script: Path, recv_size: int, stage: Stage
) -> None:
    with stage(recv_size, _limits(script)) as connect:
        play(script.read_text().splitlines(), connect, script.name)


def test_the_directories_of_scripts_are_not_empty() -> None:
    assert len(PLAIN) >= 15
    assert len(SESSION) >= 10
    assert len(LATE_HELLO) >= 3
    assert len(SPLIT) >= 3
