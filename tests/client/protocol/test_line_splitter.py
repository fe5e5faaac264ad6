import pickle

import pytest

from parlour.client.protocol.line_splitter import OVERLONG, LineSplitter


def test_lines_are_returned_without_lf() -> None:
    splitter = LineSplitter(10)

    assert splitter.feed(b"one\ntwo\n") == [b"one", b"two"]


def test_a_partial_line_waits_for_its_end() -> None:
    splitter = LineSplitter(10)

    assert splitter.feed(b"on") == []
    assert splitter.feed(b"") == []
    assert splitter.feed(b"e\nt") == [b"one"]
    assert splitter.feed(b"wo\n") == [b"two"]


def test_only_lf_ends_a_line() -> None:
    separators = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029".encode()
    splitter = LineSplitter(100)

    assert splitter.feed(b"a" + separators + b"b\n") == [b"a" + separators + b"b"]


def test_empty_lines_are_returned() -> None:
    splitter = LineSplitter(10)

    assert splitter.feed(b"\n\r\n\n") == [b"", b"\r", b""]


def test_the_limit_does_not_count_lf() -> None:
    splitter = LineSplitter(4)

    assert splitter.feed(b"1234\n12345\n123\n") == [b"1234", OVERLONG, b"123"]


def test_a_partial_line_may_reach_the_limit() -> None:
    splitter = LineSplitter(4)

    assert splitter.feed(b"1234") == []
    assert splitter.feed(b"\n") == [b"1234"]


def test_an_overlong_line_is_reported_once_and_before_it_ends() -> None:
    splitter = LineSplitter(4)

    assert splitter.feed(b"12345") == [OVERLONG]
    assert splitter.feed(b"678") == []
    assert splitter.feed(b"9\nab\n") == [b"ab"]


def test_two_overlong_lines_are_reported_twice() -> None:
    splitter = LineSplitter(4)

    assert splitter.feed(b"12345\n12345") == [OVERLONG, OVERLONG]
    assert splitter.feed(b"\n12345\n") == [OVERLONG]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_endless_line_uses_no_more_memory_than_the_limit(size: int) -> None:
    splitter = LineSplitter(1000)
    max_size = 0

    for _ in range(5000 // size):
        splitter.feed(b"x" * size)
        max_size = max(max_size, len(pickle.dumps(splitter)))

    assert max_size < 1000 + 200  # 200 for the overhead of a pickle


def test_skipped_bytes_use_no_memory() -> None:
    splitter = LineSplitter(1000)

    splitter.feed(b"x" * 5000)

    assert len(pickle.dumps(splitter)) < 200


def test_a_line_is_partial_until_it_ends() -> None:
    splitter = LineSplitter(4)
    is_partial = [splitter.has_partial_line]

    for data in (b"a", b"\n", b"12345", b"6", b"\n"):
        splitter.feed(data)
        is_partial.append(splitter.has_partial_line)

    assert is_partial == [False, True, False, True, True, False]
