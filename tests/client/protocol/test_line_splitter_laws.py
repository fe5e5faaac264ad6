"""The line splitter returns the same lines for any pieces of a stream."""

import pickle
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.client.protocol.line_splitter import LineSplitter
from tests.core.protocol.streams import (
    LIMIT,
    READ_SIZES,
    STREAMS,
    expected_lines,
    pieces,
)


@given(STREAMS, st.lists(st.integers(0, 100)))
def test_any_pieces_give_the_same_lines(stream: bytes, cuts: list[int]) -> None:
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    splitter = LineSplitter(LIMIT)

    found = [
        line
        for start, end in pairwise(places)
        for line in splitter.feed(stream[start:end])
    ]

    assert found == expected_lines(stream, LIMIT)


@given(STREAMS)
def test_the_buffer_never_grows_above_the_limit(stream: bytes) -> None:
    splitter = LineSplitter(LIMIT)
    empty = len(pickle.dumps(splitter))

    for piece in pieces(stream, 3):
        splitter.feed(piece)

        # A pickle of more bytes has up to 8 bytes more overhead.
        assert len(pickle.dumps(splitter)) <= empty + LIMIT + 8


@given(STREAMS)
def test_a_line_is_partial_if_bytes_follow_the_last_lf(stream: bytes) -> None:
    splitter = LineSplitter(LIMIT)

    splitter.feed(stream)

    assert splitter.has_partial_line == bool(stream.split(b"\n")[-1])


@pytest.mark.parametrize("size", READ_SIZES)
def test_every_read_size_gives_the_same_lines(size: int) -> None:
    limit = 2000
    text = "žluťoučký kůň 🐴 ".encode()
    lengths = [0, 1, 2, 255, 256, 257, 511, 512, 1460, 1999, 2000, 2001, 9000, 3]
    stream = b"\n".join((text * 500)[:length] for length in lengths * 3)
    splitter = LineSplitter(limit)

    found = [line for piece in pieces(stream, size) for line in splitter.feed(piece)]

    assert found == expected_lines(stream, limit)


def test_a_cut_at_any_place_gives_the_same_lines() -> None:
    stream = b'{"a":"\xc5\xbe"}\n\n\r\n1234567890123\n123456789012\nend\n'

    for place in range(len(stream) + 1):
        splitter = LineSplitter(LIMIT)
        found = splitter.feed(stream[:place]) + splitter.feed(stream[place:])

        assert found == expected_lines(stream, LIMIT), place
