import pickle

import pytest

from parlour.core.protocol.lines import OVERLONG, LineSplitter


def test_lines_are_returned_without_lf() -> None:
    lines = LineSplitter(10)

    assert lines.feed(b"one\ntwo\n") == [b"one", b"two"]


def test_a_partial_line_waits_for_its_end() -> None:
    lines = LineSplitter(10)

    assert lines.feed(b"on") == []
    assert lines.feed(b"") == []
    assert lines.feed(b"e\nt") == [b"one"]
    assert lines.feed(b"wo\n") == [b"two"]


def test_only_lf_ends_a_line() -> None:
    separators = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029".encode()
    lines = LineSplitter(100)

    assert lines.feed(b"a" + separators + b"b\n") == [b"a" + separators + b"b"]


def test_empty_lines_are_returned() -> None:
    lines = LineSplitter(10)

    assert lines.feed(b"\n\r\n\n") == [b"", b"\r", b""]


def test_the_limit_does_not_count_lf() -> None:
    lines = LineSplitter(4)

    assert lines.feed(b"1234\n12345\n123\n") == [b"1234", OVERLONG, b"123"]


def test_a_partial_line_may_reach_the_limit() -> None:
    lines = LineSplitter(4)

    assert lines.feed(b"1234") == []
    assert lines.feed(b"\n") == [b"1234"]


def test_an_overlong_line_is_reported_once_and_before_it_ends() -> None:
    lines = LineSplitter(4)

    assert lines.feed(b"12345") == [OVERLONG]
    assert lines.feed(b"678") == []
    assert lines.feed(b"9\nab\n") == [b"ab"]


def test_two_overlong_lines_are_reported_twice() -> None:
    lines = LineSplitter(4)

    assert lines.feed(b"12345\n12345") == [OVERLONG, OVERLONG]
    assert lines.feed(b"\n12345\n") == [OVERLONG]


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_an_endless_line_uses_no_more_memory_than_the_limit(size: int) -> None:
    lines = LineSplitter(1000)
    most = 0

    for _ in range(5000 // size):
        lines.feed(b"x" * size)
        most = max(most, len(pickle.dumps(lines)))

    assert most < 1000 + 200  # 200 for what a pickle adds


def test_skipped_bytes_use_no_memory() -> None:
    lines = LineSplitter(1000)

    lines.feed(b"x" * 5000)

    assert len(pickle.dumps(lines)) < 200


def test_a_line_is_partial_until_it_ends() -> None:
    lines = LineSplitter(4)
    begun = [lines.has_partial_line]

    for data in (b"a", b"\n", b"12345", b"6", b"\n"):
        lines.feed(data)
        begun.append(lines.has_partial_line)

    assert begun == [False, True, False, True, True, False]
