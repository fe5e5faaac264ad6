"""All of a piece is written, and the end of an input is its end alone."""

import os
import threading
import time
from collections.abc import Iterator

import pytest

from parlour.system.background_writer import HIGH_WATER, BackgroundWriter
from parlour.system.descriptors import read_some, write_all

PATIENCE = 10  # seconds
PIECE = os.urandom(1 << 20)


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe that does not block at either end."""
    ends = os.pipe()
    for end in ends:
        os.set_blocking(end, False)
    yield ends
    for end in ends:
        os.close(end)


def drain(reader: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += read_some(reader, size - len(data))
    return data


def test_all_is_written_where_a_descriptor_does_not_block(
    pipe: tuple[int, int],
) -> None:
    reader, writer = pipe
    thread = threading.Thread(target=write_all, args=(writer, PIECE))
    thread.start()

    assert drain(reader, len(PIECE)) == PIECE
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_the_mode_that_others_share_stays(pipe: tuple[int, int]) -> None:
    write_all(pipe[1], b"x")
    read_some(pipe[0], 1)

    assert [os.get_blocking(end) for end in pipe] == [False, False]


def test_input_that_is_not_there_yet_is_no_end(pipe: tuple[int, int]) -> None:
    reader, writer = pipe
    timer = threading.Timer(0.05, os.write, (writer, b"late"))
    timer.start()

    assert read_some(reader, 10) == b"late"
    timer.join()


def test_a_writer_says_when_it_is_full_and_when_it_is_not(
    pipe: tuple[int, int],
) -> None:
    reader, descriptor = pipe
    drained = threading.Event()
    writer = BackgroundWriter(drained.set)
    writer.write(descriptor, PIECE)

    assert writer.is_full
    assert not writer.flush(0.01)
    assert drain(reader, len(PIECE)) == PIECE
    assert drained.wait(PATIENCE)
    assert not writer.is_full
    assert writer.close(PATIENCE)


def test_little_is_not_full_until_its_reader_is_slow(pipe: tuple[int, int]) -> None:
    reader, descriptor = pipe
    writer = BackgroundWriter(lambda: None)
    writer.write(descriptor, PIECE[: HIGH_WATER // 2])

    assert not writer.is_full
    assert not writer.flush(0.01)
    assert writer.is_full
    drain(reader, HIGH_WATER // 2)
    assert writer.close(PATIENCE)


def test_what_is_dropped_is_not_written_later(pipe: tuple[int, int]) -> None:
    reader, descriptor = pipe
    writer = BackgroundWriter(lambda: None)
    writer.write(descriptor, PIECE)
    writer.flush(0.01)

    writer.drop()
    writer.write(descriptor, b"the end")
    data = b""
    while not data.endswith(b"the end"):
        data += read_some(reader, 65_536)

    assert len(data) < len(PIECE)
    assert writer.close(PATIENCE)


def test_a_failed_descriptor_holds_up_no_other(pipe: tuple[int, int]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    failed = threading.Event()
    writer = BackgroundWriter(failed.set)
    writer.write(full, b"x")
    writer.write(pipe[1], b"y")

    assert writer.close(PATIENCE)
    assert failed.wait(PATIENCE)
    assert read_some(pipe[0], 10) == b"y"
    assert isinstance(writer.failure(full), OSError)
    assert writer.failure(pipe[1]) is None
    os.close(full)


def test_the_cost_of_a_long_text_grows_with_its_length() -> None:
    """Pieces are cut once, and what is left is not copied for each."""
    null = os.open(os.devnull, os.O_WRONLY)

    def cost(size: int) -> float:
        began = time.process_time()
        writer = BackgroundWriter(lambda: None, piece=4_096)
        writer.write(null, bytes(size))
        assert writer.close(PATIENCE)
        return time.process_time() - began

    short = min(cost(1 << 20) for _ in range(3))
    long = min(cost(16 << 20) for _ in range(3))
    os.close(null)

    assert long < 48 * short
