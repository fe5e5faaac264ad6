"""Lines are assembled from whole messages, and other frames are limited."""

import pytest

from parlour.core.rate_limit import Rate
from parlour.gateways.web import line_assembly
from parlour.gateways.web.line_assembly import MAX_FRAGMENTS, FrameError, LineAssembler


def test_the_end_of_a_message_ends_a_line() -> None:
    assembler = LineAssembler(lambda: 0.0)

    assembler.add(b"a wh", is_last=False)
    assert (assembler.take_lines(), assembler.size) == (b"", 4)
    assembler.add(b"ole line", is_last=True)
    assembler.add(b"another\n", is_last=True)

    assert assembler.take_lines() == b"a whole line\nanother\n"
    assert assembler.size == 0
    assert assembler.take_lines() == b""


def test_a_message_of_too_many_fragments_is_an_error() -> None:
    assembler = LineAssembler(lambda: 0.0)
    for _ in range(MAX_FRAGMENTS - 1):
        assembler.add(b"x", is_last=False)

    with pytest.raises(FrameError) as raised:
        assembler.add(b"x", is_last=False)

    assert raised.value.code == 1008


def test_frames_without_a_line_have_a_rate_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_assembly, "OVERHEAD_FRAMES", Rate(1.0, 3.0))
    now = 0.0
    assembler = LineAssembler(lambda: now)
    assembler.count_overhead()
    assembler.add(b"", is_last=True)
    assembler.add(b"half a ", is_last=False)

    with pytest.raises(FrameError):
        assembler.count_overhead()
    assembler.add(b"line", is_last=True)
    now = 1.0
    assembler.count_overhead()

    assert assembler.take_lines() == b"\nhalf a line\n"
