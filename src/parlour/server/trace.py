"""The lines of the wire in a file, to see what was really said."""

import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from parlour.core.events import SessionId
from parlour.core.trace_lines import TraceLines
from parlour.tracing import TraceFile

from .logs import log

MAX_TOLD: Final = 65_536  # bytes of a line that a session was told; none is longer


class TraceError(OSError):
    """A trace cannot be written: says where, and why."""


class Trace:
    """Write what sessions said (``>``) and were told (``<``) to a file.

    Bytes come in any cut; whole lines are written, and at most *max_line* bytes of
    one that was said. Any thread may call, and none is held up. Raises TraceError
    for a file that cannot be written.
    """

    def __init__(self, path: Path, max_line: int) -> None:
        try:
            self._file = TraceFile(path, _log_failure)
        except OSError as exc:
            raise TraceError(f"cannot write {path}: {exc.strerror}") from exc
        self._limits = {">": max_line, "<": MAX_TOLD}
        self._streams: dict[tuple[SessionId, str], TraceLines] = {}
        self._lock = threading.Lock()  # guards the streams, and the order of lines

    def said(self, session: SessionId, data: bytes) -> None:
        """Write what *session* said."""
        self._feed(session, ">", data)

    def told(self, session: SessionId, data: bytes) -> None:
        """Write what *session* was told."""
        self._feed(session, "<", data)

    def forget(self, session: SessionId) -> None:
        """Write what is left of a session that is gone."""
        for way in "><":
            with self._lock:
                stream = self._streams.pop((session, way), None)
                if stream is not None:
                    self._append(session, way, stream.end())

    def close(self) -> None:
        """Write the rest and close the file."""
        self._file.close()

    def _feed(self, session: SessionId, way: str, data: bytes) -> None:
        if not data:
            return
        with self._lock:
            stream = self._streams.get((session, way))
            if stream is None:
                stream = TraceLines(self._limits[way])
                self._streams[session, way] = stream
            self._append(session, way, stream.feed(data))

    def _append(self, session: SessionId, way: str, lines: list[str]) -> None:
        if not lines:
            return
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        text = "".join(f"{time} {session} {way} {line}\n" for line in lines)
        self._file.append(text.encode(), len(lines))


def _log_failure(exc: OSError) -> None:
    log(logging.ERROR, "trace.failed", reason=exc.strerror)
