"""A trace of the wire: a file of every line that the server receives or sends."""

import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from parlour.core.events import ConnectionId
from parlour.core.protocol.trace_lines import TraceLines
from parlour.system.trace_file import DATABASE_SUFFIXES, TraceFile

from .config import Config
from .event_log import log

MAX_SENT_LINE: Final = 65_536  # bytes of a line to a session; none is longer


class TraceError(OSError):
    """A trace that cannot be written. The message names the file and the reason."""


class Trace:
    """A file of the lines that sessions send (``>``) and receive (``<``).

    Input arrives in pieces of any size, and at most *max_line* bytes of a line are
    written. Output is whole lines, often the same ones for many sessions in a row. Any
    thread may call any method, and no call waits. Raises TraceError if the file cannot
    be written.
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
        self._inputs: dict[ConnectionId, TraceLines] = {}
        self._sent: tuple[bytes, list[str]] = (b"", [])  # the last data, as lines

    def received(self, session: ConnectionId, data: bytes) -> None:
        """Write the lines that *session* sent."""
        if not data:
            return
        with self._lock:
            lines = self._inputs.get(session)
            if lines is None:
                lines = self._inputs[session] = TraceLines(self._max_line)
            self._append(session, ">", lines.feed(data))

    def sent(self, session: ConnectionId, data: bytes) -> None:
        """Write the lines that the server sent to *session*."""
        with self._lock:
            if data is not self._sent[0]:
                lines = TraceLines(MAX_SENT_LINE)
                self._sent = data, [*lines.feed(data), *lines.end()]
            self._append(session, "<", self._sent[1])

    def end(self, session: ConnectionId) -> None:
        """Write the incomplete last line of a session that is closed."""
        with self._lock:
            lines = self._inputs.pop(session, None)
            if lines is not None:
                self._append(session, ">", lines.end())

    def close(self) -> None:
        """Write the remaining lines and close the file."""
        self._file.close()

    def _append(self, session: ConnectionId, direction: str, lines: list[str]) -> None:
        if not lines:
            return
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        text = "".join(f"{time} {session} {direction} {line}\n" for line in lines)
        self._file.append(text.encode(), len(lines))


def open_trace(config: Config, max_line: int) -> Trace | None:
    """Open the file of the trace, if one is configured. Raises `TraceError`."""
    if config.trace is None:
        return None
    if config.history is not None:
        history = os.path.realpath(config.history)
        in_use = {history, *(f"{history}{suffix}" for suffix in DATABASE_SUFFIXES)}
        if os.path.realpath(config.trace) in in_use:
            reason = "the history uses this file"
            raise TraceError(f"cannot write the trace to {config.trace}: {reason}")
    return Trace(config.trace, max_line)


def _log_failure(exc: OSError) -> None:
    log(logging.ERROR, "trace.failed", reason=exc.strerror)
