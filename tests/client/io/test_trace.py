import re
import stat
from contextlib import closing
from pathlib import Path

import pytest

from parlour.client.io.trace import MAX_LINE, Trace


def test_every_sent_and_received_line_is_appended(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    path.write_text("before\n")

    with closing(Trace(path)) as trace:
        trace.sent(b'{"a": 1}\n')
        trace.received(b"\x1b[2J\xff")
        trace.received(b"\nhalf")

    before, sent, received, half = path.read_text().splitlines()
    assert before == "before"
    assert re.fullmatch(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3} > {"a": 1}', sent)
    assert received.endswith(" < ␛[2J\\xff")
    assert half.endswith(" < half")


def test_a_token_is_redacted_and_a_long_line_is_cut(tmp_path: Path) -> None:
    path = tmp_path / "trace"

    with closing(Trace(path)) as trace:
        trace.sent(b'{"type":"hello","data":{"\\u0074oken":"secret"}}\n')
        trace.received(b"x" * (MAX_LINE + 1) + b"\n")

    assert "secret" not in path.read_text()
    assert path.read_text().endswith("x (1 more bytes of this line were cut)\n")


def test_a_full_disk_ends_the_trace_but_not_the_chat(
    capfd: pytest.CaptureFixture[str],
) -> None:
    trace = Trace(Path("/dev/full"))

    trace.sent(b"hello\n")
    trace.close()

    assert capfd.readouterr().err == (
        "parlour: the trace to /dev/full is incomplete: No space left on device\n"
    )


def test_only_the_owner_can_read_the_trace(tmp_path: Path) -> None:
    path = tmp_path / "trace"

    Trace(path).close()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        Trace(tmp_path)
