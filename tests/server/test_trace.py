"""The lines that a trace writes."""

import re
from contextlib import closing
from pathlib import Path

from parlour.core.events import ConnectionId
from parlour.server.trace import MAX_SENT_LINE, Trace

ANN, BOB = ConnectionId(1), ConnectionId(2)


def lines(path: Path) -> list[str]:
    """Return the lines of a trace without their times."""
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00 "
    return [re.sub(f"^{time}", "", line) for line in path.read_text().splitlines()]


def test_input_in_pieces_is_written_as_lines(tmp_path: Path) -> None:
    with closing(Trace(tmp_path / "trace", 100)) as trace:
        trace.received(ANN, b"he")
        trace.received(BOB, b"bye\nwh")
        trace.received(ANN, b"llo\n")
        trace.received(ANN, b"")
        trace.end(BOB)
        trace.end(ANN)

    assert lines(tmp_path / "trace") == ["2 > bye", "1 > hello", "2 > wh"]


def test_output_is_written_for_each_session(tmp_path: Path) -> None:
    short, long = b"one\ntwo\n", b"x" * (MAX_SENT_LINE + 1) + b"\n"
    with closing(Trace(tmp_path / "trace", 3)) as trace:
        for data in (short, long):
            trace.sent(ANN, data)
            trace.sent(BOB, data)

    first, second = (f"{n} < {'x' * MAX_SENT_LINE} (1 more bytes" for n in (1, 2))
    written = lines(tmp_path / "trace")
    assert written[:4] == ["1 < one", "1 < two", "2 < one", "2 < two"]
    assert written[4].startswith(first)
    assert written[5].startswith(second)


def test_an_endless_line_is_truncated(tmp_path: Path) -> None:
    with closing(Trace(tmp_path / "trace", 10)) as trace:
        for _ in range(1000):
            trace.received(ANN, b"x" * 1000)
        trace.end(ANN)

    assert lines(tmp_path / "trace") == [
        "1 > xxxxxxxxxx (999,990 more bytes of this line were cut)"
    ]
