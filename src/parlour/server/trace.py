"""The lines of the wire in a file, to see what was really said."""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from parlour.core.events import SessionId
from parlour.core.protocol.trace_lines import TraceLines
from parlour.system.trace_file import TraceFile

from .event_log import log

MAX_TOLD: Final = 65_536  # bytes of a line that a session was told; none is longer


class TraceError(OSError):
    """A trace cannot be written: says where, and why."""


class Trace:
    """Write what sessions said (``>``) and were told (``<``) to a file.

    What was said comes in any cut, and at most *max_line* bytes of a line are written.
    What was told is whole lines, often the same ones for many sessions in a row. Any
    thread may call, and none is held up. Raises TraceError for a file that cannot be
    written.
    """

    def __init__(self, path: Path, max_line: int) -> None:
        try:
            self._file = TraceFile(path, _log_failure)
        except OSError as exc:
            raise TraceError(
                f"cannot write the trace to {path}: {exc.strerror}"
            ) from exc
        self._max_line = max_line
        self._lock = threading.Lock()  # guards the rest, and the order of lines
        self._said: dict[SessionId, TraceLines] = {}
        self._told: tuple[bytes, list[str]] = (b"", [])

    def said(self, session: SessionId, data: bytes) -> None:
        """Write what *session* said."""
        if not data:
            return
        with self._lock:
            stream = self._said.get(session)
            if stream is None:
                stream = self._said[session] = TraceLines(self._max_line)
            self._append(session, ">", stream.feed(data))

    def told(self, session: SessionId, data: bytes) -> None:
        """Write what *session* was told."""
        with self._lock:
            if data is not self._told[0]:
                lines = TraceLines(MAX_TOLD)
                self._told = data, [*lines.feed(data), *lines.end()]
            self._append(session, "<", self._told[1])

    def forget(self, session: SessionId) -> None:
        """Write what is left of a session that is gone."""
        with self._lock:
            stream = self._said.pop(session, None)
            if stream is not None:
                self._append(session, ">", stream.end())

    def close(self) -> None:
        """Write the rest and close the file."""
        self._file.close()

    def _append(self, session: SessionId, way: str, lines: list[str]) -> None:
        if not lines:
            return
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        text = "".join(f"{time} {session} {way} {line}\n" for line in lines)
        self._file.append(text.encode(), len(lines))


def _log_failure(exc: OSError) -> None:
    log(logging.ERROR, "trace.failed", reason=exc.strerror)
