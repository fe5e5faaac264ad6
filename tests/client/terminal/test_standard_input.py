"""The standard input, and the rest of it when nothing more is sent."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from queue import SimpleQueue
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from parlour.client.terminal.standard_input import MAX_REST, Rest, StandardInput
from tests.client.client_process import TIMEOUT

Write = Callable[[bytes], object]


@pytest.fixture
def write(monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Return what writes to the pipe that is the standard input; it stays open."""
    reading, writing = os.pipe()
    with open(reading) as file:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", file)
        yield lambda data: os.write(writing, data)
        os.close(writing)  # which ends the thread


def test_the_rest_is_what_is_there(write: Write) -> None:
    passed = SimpleQueue[bytes]()

    def pass_on(data: bytes) -> bool:
        passed.put(data)
        return data != b"first\n"

    standard_input = StandardInput(pass_on, print)
    standard_input.start()
    write(b"first\n")
    assert passed.get(timeout=TIMEOUT) == b"first\n"
    write(b"second\nthi")

    # The program that writes may not be done.
    assert standard_input.take_rest() == Rest(b"second\nthi", has_more=True)


def test_data_that_was_read_is_passed_on_before_the_rest_is_taken(
    write: Write,
) -> None:
    has_read, may_pass_on, passed = Event(), Event(), list[bytes]()

    def pass_on(data: bytes) -> bool:
        has_read.set()
        assert may_pass_on.wait(TIMEOUT)
        passed.append(data)
        return True

    standard_input = StandardInput(pass_on, print)
    standard_input.start()
    write(b"first\n")
    assert has_read.wait(TIMEOUT)
    write(b"second\n")
    with ThreadPoolExecutor() as pool:
        rest = pool.submit(standard_input.take_rest)
        may_pass_on.set()

        passed.append(rest.result(TIMEOUT).data)
    assert b"".join(passed) == b"first\nsecond\n"


def test_an_idle_input_is_not_waited_for(write: Write) -> None:
    passed = list[bytes]()

    def pass_on(data: bytes) -> bool:
        passed.append(data)
        return True

    standard_input = StandardInput(pass_on, print)
    others = set(enumerate_threads())
    standard_input.start()
    [thread] = set(enumerate_threads()) - others

    rest = standard_input.take_rest()
    write(b"too late\n")
    thread.join(TIMEOUT)

    assert rest == Rest(b"", has_more=True)
    assert passed == []


@pytest.mark.parametrize(
    ("path", "size", "has_more"),
    [("/dev/null", 0, False), ("/dev/zero", MAX_REST, True)],
)
def test_the_rest_is_bounded(
    monkeypatch: pytest.MonkeyPatch, path: str, size: int, *, has_more: bool
) -> None:
    with closing(open(path)) as file:  # noqa: PTH123
        monkeypatch.setattr(sys, "stdin", file)
        rest = StandardInput(bool, print).take_rest()

    assert (len(rest.data), rest.has_more) == (size, has_more)
