"""The input buffer returns the same lines for any pieces and any batches."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.core.protocol.line_buffer import OVERLONG, LineBuffer
from tests.core.protocol.streams import (
    LIMIT,
    READ_SIZES,
    STREAMS,
    expected_lines,
    pieces,
)


def take(buffer: LineBuffer, max_lines: int, count: int) -> list[bytes]:
    """Peek at *max_lines* lines, remove the first *count*, and return these."""
    lines = buffer.peek(max_lines, 1 << 20)[:count]
    buffer.advance(len(lines))
    return lines


def take_all(buffer: LineBuffer, max_lines: int = 100) -> list[bytes]:
    found = []
    while buffer.complete_lines:
        found += take(buffer, max_lines, max_lines)
    return found


@given(
    STREAMS, st.lists(st.tuples(st.integers(1, 9), st.integers(1, 4), st.booleans()))
)
def test_any_pieces_in_and_any_batches_out_give_the_same_lines(
    stream: bytes, steps: list[tuple[int, int, bool]]
) -> None:
    buffer, found, position = LineBuffer(LIMIT), list[bytes](), 0

    for size, max_lines, takes_all in steps:
        buffer.feed(stream[position : position + size])
        position += size
        found += take(buffer, max_lines, max_lines if takes_all else 1)
    buffer.feed(stream[position:])
    found += take_all(buffer)

    assert found == expected_lines(stream, LIMIT)
    assert buffer.has_partial_line == bool(stream.split(b"\n")[-1])


@pytest.mark.parametrize("size", READ_SIZES)
@pytest.mark.parametrize("max_lines", [1, 2, 1000])
def test_every_read_size_gives_the_same_lines(size: int, max_lines: int) -> None:
    limit = 2000
    text = "žluťoučký kůň 🐴 ".encode()
    lengths = [0, 1, 2, 255, 256, 257, 511, 512, 1460, 1999, 2000, 2001, 9000, 3]
    stream = b"\n".join((text * 500)[:length] for length in lengths * 3)
    buffer, found = LineBuffer(limit), []

    for piece in pieces(stream, size):
        buffer.feed(piece)
        found += take_all(buffer, max_lines)

    assert found == expected_lines(stream, limit)


def test_an_overlong_line_is_reported_once_and_before_it_ends() -> None:
    buffer = LineBuffer(4)

    buffer.feed(b"12345")
    assert take_all(buffer) == [OVERLONG]
    buffer.feed(b"678")
    assert not buffer.complete_lines
    buffer.feed(b"9\nab\n")

    assert take_all(buffer) == [b"ab"]


def test_the_start_of_the_next_line_is_available_before_it_ends() -> None:
    buffer = LineBuffer(100)

    buffer.feed(b"one\ntwo")
    assert buffer.next_line_start == b"one"
    take(buffer, 9, 9)

    assert buffer.next_line_start == b"two"


def test_the_start_of_an_overlong_line_is_available() -> None:
    buffer = LineBuffer(4)

    buffer.feed(b"1234567\n{2345")

    assert buffer.peek(9, 1 << 20) == [OVERLONG, OVERLONG]
    assert buffer.peeked_line_start(0) == b"1234567"
    assert buffer.peeked_line_start(1) == b"{2345"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_endless_line_uses_no_more_memory_than_the_limit(size: int) -> None:
    buffer, max_size = LineBuffer(1000), 0

    for _ in range(5000 // size):
        buffer.feed(b"x" * size)
        take_all(buffer)
        max_size = max(max_size, buffer.size)

    assert max_size <= 1000


def test_processed_lines_use_no_memory() -> None:
    buffer = LineBuffer(1000)

    buffer.feed(b"x\n" * 30_000)
    take_all(buffer)

    assert buffer.size == 0
    assert len(pickle.dumps(buffer)) < 300


def test_waiting_lines_are_stored_as_received() -> None:
    buffer = LineBuffer(1000)

    buffer.feed(b"\n" * 65_536)
    for _ in range(100):
        take(buffer, 1, 1)

    assert buffer.size == 65_536
    assert len(take_all(buffer)) == 65_436
