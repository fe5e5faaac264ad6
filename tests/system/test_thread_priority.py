"""A thread lowers its own scheduling priority, and no other's."""

import os
import sys
import threading
from queue import SimpleQueue

import pytest

from parlour.system.thread_priority import lower_thread_priority

TIMEOUT = 10.0  # seconds

only_on_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="threads have no priority of their own here"
)


def own_niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def niceness_of_thread(steps: int) -> int:
    """Return the niceness of a thread that lowers its priority by *steps*."""
    found: SimpleQueue[int] = SimpleQueue()

    def run() -> None:
        lower_thread_priority(steps)
        found.put(own_niceness())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(TIMEOUT)
    return found.get(timeout=TIMEOUT)


@only_on_linux
def test_a_thread_lowers_its_priority() -> None:
    assert niceness_of_thread(3) == min(own_niceness() + 3, 19)


@only_on_linux
def test_the_lowest_priority_has_a_niceness_of_19() -> None:
    assert niceness_of_thread(40) == 19


@only_on_linux
def test_the_priority_of_other_threads_does_not_change() -> None:
    before = own_niceness()

    niceness_of_thread(3)

    assert own_niceness() == before


def test_a_system_that_refuses_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "setpriority", refuse)
    before = own_niceness()

    lower_thread_priority(3)

    assert own_niceness() == before
