"""Reads and writes are complete, even on non-blocking descriptors."""

import os
import threading

from parlour.system.descriptors import read_some, write_all

from .reading import read_exactly

TIMEOUT = 10  # seconds
DATA = os.urandom(1 << 20)


def test_everything_is_written_to_a_non_blocking_descriptor(
    pipe: tuple[int, int],
) -> None:
    reader, writer = pipe
    thread = threading.Thread(target=write_all, args=(writer, DATA))
    thread.start()

    assert read_exactly(reader, len(DATA)) == DATA
    thread.join(TIMEOUT)
    assert not thread.is_alive()


def test_reads_and_writes_do_not_change_the_mode_of_a_descriptor(
    pipe: tuple[int, int],
) -> None:
    write_all(pipe[1], b"x")
    read_some(pipe[0], 1)

    assert [os.get_blocking(end) for end in pipe] == [False, False]


def test_a_read_waits_for_input_that_arrives_later(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    timer = threading.Timer(0.05, os.write, (writer, b"late"))
    timer.start()

    assert read_some(reader, 10) == b"late"
    timer.join()
