"""Lines come out of whole messages, and frames that bring none are few."""

import pytest

from parlour.core.rate_limit import Rate
from parlour.gateways.web import fragments
from parlour.gateways.web.fragments import MAX_PARTS, Fragments, FrameError


def test_the_end_of_a_message_ends_a_line() -> None:
    page = Fragments(lambda: 0.0)

    page.add(b"a wh", is_last=False)
    assert (page.take_lines(), page.size) == (b"", 4)
    page.add(b"ole line", is_last=True)
    page.add(b"another\n", is_last=True)

    assert (page.take_lines(), page.size) == (b"a whole line\nanother\n", 0)
    assert page.take_lines() == b""


def test_a_message_of_too_many_parts_breaks_a_rule() -> None:
    page = Fragments(lambda: 0.0)
    for _ in range(MAX_PARTS - 1):
        page.add(b"x", is_last=False)

    with pytest.raises(FrameError) as broken:
        page.add(b"x", is_last=False)

    assert broken.value.code == 1008


def test_frames_that_bring_nothing_have_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragments, "IDLE_FRAMES", Rate(1.0, 3.0))
    now = 0.0
    page = Fragments(lambda: now)
    page.count_idle()
    page.add(b"", is_last=True)
    page.add(b"half a ", is_last=False)

    with pytest.raises(FrameError):
        page.count_idle()
    page.add(b"line", is_last=True)
    now = 1.0
    page.count_idle()

    assert page.take_lines() == b"\nhalf a line\n"
