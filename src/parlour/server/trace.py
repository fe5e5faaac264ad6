"""The lines of the wire in a file, to see what was really said."""

import logging
import os
import threading
from datetime import UTC, datetime
from pathlib import Path

from parlour.core.events import SessionId
from parlour.core.redaction import redact

from .logs import log


class TraceError(OSError):
    """A trace cannot be written: says where, and why."""


class Trace:
    """Write what sessions said (``>``) and were told (``<``) to a file.

    Bytes come in any cut; whole lines are written. Any thread may call. Raises
    TraceError for a file that cannot be written.
    """

    def __init__(self, path: Path) -> None:
        # Created for its owner alone: it holds all that is said.
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as exc:
            raise TraceError(f"cannot write {path}: {exc.strerror}") from exc
        self._file = os.fdopen(descriptor, "ab", buffering=0)
        self._partial: dict[tuple[SessionId, str], bytes] = {}
        self._turn = threading.Lock()  # guards the file and the partial lines
        self._has_failed = False

    def said(self, session: SessionId, data: bytes) -> None:
        """Write what *session* said."""
        self._write(session, ">", data)

    def told(self, session: SessionId, data: bytes) -> None:
        """Write what *session* was told."""
        self._write(session, "<", data)

    def forget(self, session: SessionId) -> None:
        """Write what is left of a session that is gone."""
        for way in "><":
            if (session, way) in self._partial:
                self._write(session, way, b"\n")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _write(self, session: SessionId, way: str, data: bytes) -> None:
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        head = f"{time} {session} {way} ".encode()
        with self._turn:
            *lines, rest = (self._partial.pop((session, way), b"") + data).split(b"\n")
            if rest:
                self._partial[session, way] = rest
            if lines and not self._has_failed:
                self._append(b"".join(head + redact(line) + b"\n" for line in lines))

    def _append(self, data: bytes) -> None:
        """Write *data*; a disk that takes no more ends the trace, not the chat."""
        try:
            self._file.write(data)
        except OSError as exc:
            self._has_failed = True
            log(logging.ERROR, "trace.failed", reason=exc.strerror)
