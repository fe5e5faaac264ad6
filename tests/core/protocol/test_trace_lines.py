import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.core.protocol.redaction import Redactor
from parlour.core.protocol.trace_lines import TraceLines, escape_controls

SECRET = "SECRET-0123456789-abcdef"


def redact(*lines: str) -> str:
    redactor = Redactor()
    return "\n".join(redactor.redact(line) for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"hello","data":{"version":1,"token":"%s","name":"Ann"}}',
        r'{"type":"hello","data":{"\u0074oken":"%s"}}',
        r'{"type":"hello","data":{"\u0054O\u006B\u0045n" : "%s"}}',
        r'{"type":"\u0068ello","data":{"token":"%s"}}',
        '{"type":"hello","data":{"token":"x","token":"%s"}}',
        '{"type":"hello","type":"ping","data":{"token":"%s"}}',
        '{"type":"ping","type":"hello","data":{"token":"%s"}}',
        '{"type":"hello","data":[{"more":{"token":["x","%s"]}}]}',
        '{"type":"hello","data":{"token":%s}}',
        r'{"type":"hello","data":"{\"token\":\"%s\"}"}',
        r'{"type":"hello","data":"{\"\\u0074oken\":\"%s\"}"}',
        '{"type":"hello","data":{"token":"%s',
        r'{"type":"hello","data":{"token":"x\"%s',
        '{"type":"message","token":"%s"}',
        '\ufeff{"type":"hello","data":{"token":"%s"}}',
        'x" {"type":"hello","data":{"token":"%s"}}',
        "[" * 100_000 + '"token":"%s"',
        "{'token': '%s'}",
        "hello token=%s",
        '{"type":"hello","data":{"token":\n"%s"}}',
        '{"type":"hello","data":{"token"\n\n:"%s"}}',
    ],
)
def test_a_token_is_redacted_however_it_is_spelled(line: str) -> None:
    assert SECRET in line % SECRET
    assert SECRET not in redact(*(line % SECRET).split("\n"))


def test_what_is_beside_a_token_stays() -> None:
    line = '{"type":"hello","data":{"version":1,"token":"%s","name":"Ann"}}'

    assert redact(line % SECRET) == line % "…"


@pytest.mark.parametrize(
    "line",
    [
        '{"type":"ping","data":{"token":"7"}}',
        '{"type":"pong","data":{"token":"7"}}',
        '{"type":"message","data":"my token: abc"}',
        r'{"type":"message","data":"say \"token\": 5 \u00e9"}',
        '{"type":"welcome","data":{"epoch":"abc","sequence":7}}',
    ],
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert redact(line, line) == f"{line}\n{line}"


def test_a_line_is_one_row_without_control_characters() -> None:
    lines = TraceLines(1000)

    told = lines.feed(
        "\x1b]0;x\x07\x9b2J\r2026 1 < forged\0\x7f\u202e\u2028é\n".encode()
    )

    assert told == [r"\x1b]0;x\x07\x9b2J\r2026 1 < forged\x00\x7f\u202e\u2028é"]


@given(st.text())
def test_nothing_that_is_visible_moves_a_cursor(text: str) -> None:
    assert not set(escape_controls(text)) & {
        *map(chr, range(32)),
        "\x7f",
        *map(chr, range(128, 160)),
    }
    assert len(escape_controls(text).splitlines()) <= 1


def test_of_a_long_line_the_beginning_is_kept_and_the_rest_is_counted() -> None:
    lines = TraceLines(10)

    for _ in range(4):
        assert lines.feed(b"0123456") == []

    assert lines.feed(b"\nshort\n") == [
        "0123456012 (18 more bytes of this line were cut)",
        "short",
    ]


def test_what_has_no_end_is_told_at_the_end() -> None:
    lines = TraceLines(10)
    lines.feed(b"half")

    assert lines.end() == ["half"]
    assert lines.end() == []


def test_a_token_that_is_cut_at_the_bound_is_redacted() -> None:
    line = f'{{"type":"hello","data":{{"token":"{SECRET}"}}}}'.encode()

    for limit in range(len(line)):
        (kept,) = TraceLines(limit).feed(line + b"\n")
        assert "SECRET" not in kept


def test_a_line_without_an_end_takes_no_memory_and_no_time() -> None:
    lines = TraceLines(1000)
    lines.feed(b"x" * 2000)
    size = sys.getsizeof(lines._line)  # noqa: SLF001 -- what is bounded

    for _ in range(10_000):
        lines.feed(b"x" * 1000)

    assert sys.getsizeof(lines._line) == size <= 2100  # noqa: SLF001
    assert lines.feed(b"\n")[0].endswith(
        " (10,001,000 more bytes of this line were cut)"
    )


@given(st.binary(), st.lists(st.integers(0, 50)))
def test_cuts_of_the_stream_make_no_difference(data: bytes, cuts: list[int]) -> None:
    whole, pieces = TraceLines(20), TraceLines(20)
    expected = [*whole.feed(data), *whole.end()]

    told = []
    for cut in cuts:
        piece, data = data[:cut], data[cut:]
        told += pieces.feed(piece)

    assert [*told, *pieces.feed(data), *pieces.end()] == expected
