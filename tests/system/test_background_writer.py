"""A thread writes to descriptors, so that slow readers do not block the program."""

import os
import threading
import time

from parlour.system.background_writer import HIGH_WATER, BackgroundWriter
from parlour.system.descriptors import read_some

from .reading import read_exactly

TIMEOUT = 10  # seconds
DATA = os.urandom(1 << 20)


def test_a_writer_is_full_until_its_reader_has_read_everything(
    pipe: tuple[int, int],
) -> None:
    reader, descriptor = pipe
    drained = threading.Event()
    writer = BackgroundWriter(drained.set)
    writer.write(descriptor, DATA)

    assert writer.is_full
    assert not writer.flush(0.01)
    assert read_exactly(reader, len(DATA)) == DATA
    assert drained.wait(TIMEOUT)
    assert not writer.is_full
    assert writer.close(TIMEOUT)


def test_a_writer_below_the_limit_is_full_only_after_a_flush_times_out(
    pipe: tuple[int, int],
) -> None:
    reader, descriptor = pipe
    writer = BackgroundWriter(lambda: None)
    writer.write(descriptor, DATA[: HIGH_WATER // 2])

    assert not writer.is_full
    assert not writer.flush(0.01)
    assert writer.is_full
    read_exactly(reader, HIGH_WATER // 2)
    assert writer.close(TIMEOUT)


def test_discarded_data_is_not_written(pipe: tuple[int, int]) -> None:
    reader, descriptor = pipe
    writer = BackgroundWriter(lambda: None)
    writer.write(descriptor, DATA)
    writer.flush(0.01)

    writer.discard()
    writer.write(descriptor, b"the end")
    data = b""
    while not data.endswith(b"the end"):
        data += read_some(reader, 65_536)

    assert len(data) < len(DATA)
    assert writer.close(TIMEOUT)


def test_a_failed_descriptor_does_not_block_another(pipe: tuple[int, int]) -> None:
    full = os.open("/dev/full", os.O_WRONLY)
    failed = threading.Event()
    writer = BackgroundWriter(failed.set)
    writer.write(full, b"x")
    writer.write(pipe[1], b"y")

    assert writer.close(TIMEOUT)
    assert failed.wait(TIMEOUT)
    assert read_some(pipe[0], 10) == b"y"
    assert isinstance(writer.failure(full), OSError)
    assert writer.failure(pipe[1]) is None
    os.close(full)


def test_the_cost_of_a_write_grows_linearly_with_its_length() -> None:
    """The rest of the data is not copied for each piece."""
    null = os.open(os.devnull, os.O_WRONLY)

    def cost(size: int) -> float:
        start = time.process_time()
        writer = BackgroundWriter(lambda: None, write_size=4_096)
        writer.write(null, bytes(size))
        assert writer.close(TIMEOUT)
        return time.process_time() - start

    short = min(cost(1 << 20) for _ in range(3))
    long = min(cost(16 << 20) for _ in range(3))
    os.close(null)

    assert long < 48 * short
