import sys

from hypothesis import given
from hypothesis import strategies as st

from parlour.core.protocol.trace_lines import TraceLines, escape_controls

SECRET = "SECRET-0123456789-abcdef"


def test_a_line_is_one_row_without_control_characters() -> None:
    lines = TraceLines(1000)

    found = lines.feed(
        "\x1b]0;x\x07\x9b2J\r2026 1 < forged\0\x7f\u202e\u2028é\n".encode()
    )

    assert found == [r"\x1b]0;x\x07\x9b2J\r2026 1 < forged\x00\x7f\u202e\u2028é"]


@given(st.text())
def test_escaped_text_has_no_control_characters(text: str) -> None:
    assert not set(escape_controls(text)) & {
        *map(chr, range(32)),
        "\x7f",
        *map(chr, range(128, 160)),
    }
    assert len(escape_controls(text).splitlines()) <= 1


def test_a_long_line_is_cut_and_the_cut_bytes_are_counted() -> None:
    lines = TraceLines(10)

    for _ in range(4):
        assert lines.feed(b"0123456") == []

    assert lines.feed(b"\nshort\n") == [
        "0123456012 (18 more bytes of this line were cut)",
        "short",
    ]


def test_a_partial_line_is_returned_at_the_end() -> None:
    lines = TraceLines(10)
    lines.feed(b"half")

    assert lines.end() == ["half"]
    assert lines.end() == []


def test_a_token_that_is_cut_at_the_limit_is_redacted() -> None:
    line = f'{{"type":"hello","data":{{"token":"{SECRET}"}}}}'.encode()

    for limit in range(len(line)):
        (found,) = TraceLines(limit).feed(line + b"\n")
        assert "SECRET" not in found


def test_an_endless_line_uses_bounded_memory() -> None:
    lines = TraceLines(1000)
    lines.feed(b"x" * 2000)
    size = sys.getsizeof(lines._line)  # noqa: SLF001 -- its size is bounded

    for _ in range(10_000):
        lines.feed(b"x" * 1000)

    assert sys.getsizeof(lines._line) == size <= 2100  # noqa: SLF001
    assert lines.feed(b"\n")[0].endswith(
        " (10,001,000 more bytes of this line were cut)"
    )


@given(st.binary(), st.lists(st.integers(0, 50)))
def test_any_pieces_give_the_same_lines(data: bytes, cuts: list[int]) -> None:
    whole, pieces = TraceLines(20), TraceLines(20)
    expected = [*whole.feed(data), *whole.end()]

    found = []
    for cut in cuts:
        piece, data = data[:cut], data[cut:]
        found += pieces.feed(piece)

    assert [*found, *pieces.feed(data), *pieces.end()] == expected
