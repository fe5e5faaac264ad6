"""A batch that is being recorded goes before new connections."""

import threading

import pytest

from parlour.server import recording
from parlour.server.recording import Recording

FOREVER = 1e6  # seconds: a test that waits for that long fails by its timeout


def test_nobody_waits_while_no_batch_is_recorded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "MAX_WAIT", FOREVER)
    batch = Recording()

    batch.wait()
    batch.begin()()
    batch.wait()


def admit(batch: Recording, calls: list[str]) -> threading.Thread:
    """Return a thread that waits for *batch* and notes that it did."""

    def wait() -> None:
        batch.wait()
        calls.append("admitted")

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_a_batch_that_is_recorded_ends_the_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "MAX_WAIT", FOREVER)
    batch, calls = Recording(), list[str]()
    end = batch.begin()

    thread = admit(batch, calls)
    calls.append("recorded")
    end()
    thread.join()

    assert calls == ["recorded", "admitted"]


def test_a_batch_that_takes_long_delays_one_connection_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    batch = Recording()
    batch.begin()

    batch.wait()
    monkeypatch.setattr(recording, "MAX_WAIT", FOREVER)
    batch.wait()


def test_the_end_of_a_batch_is_not_that_of_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recording, "MAX_WAIT", FOREVER)
    batch, calls = Recording(), list[str]()
    end_first, end_second = batch.begin(), batch.begin()

    end_first()
    thread = admit(batch, calls)
    calls.append("recorded")
    end_second()
    thread.join()

    assert calls == ["recorded", "admitted"]
