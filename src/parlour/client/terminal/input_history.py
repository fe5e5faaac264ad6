"""The lines that the user has typed, kept in a file from one run to the next."""

import json
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from prompt_toolkit.history import History

from .account_commands import may_hold_secret

MAX_LINES: Final = 1_000
MAX_SIZE: Final = 1 << 20  # bytes of the file; a larger one is cut to its end


class InputHistory(History):
    """The typed lines, each as a JSON string in a line of the file *path*.

    Only its owner may read the file. Several programs may append to it. If it cannot be
    read or written, the lines are kept in memory.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def load_history_strings(self) -> Iterable[str]:
        """Return the lines, the newest first."""
        try:
            with self._path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                file.seek(max(0, size - MAX_SIZE))
                rows = file.read(MAX_SIZE).split(b"\n")
        except OSError:
            return []
        lines = [line for row in rows if (line := _decoded(row))][-MAX_LINES:]
        if size > MAX_SIZE or len(rows) > 2 * MAX_LINES:
            self._replace(lines)
        return lines[::-1]

    def store_string(self, string: str) -> None:
        """Append a line, unless it may contain a secret."""
        if may_hold_secret(string):
            return
        with suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW
            descriptor = os.open(self._path, flags, 0o600)
            with open(descriptor, "ab") as file:  # noqa: PTH123 -- a descriptor
                file.write(_encoded(string))

    def _replace(self, lines: Iterable[str]) -> None:
        """Write a new file with only these lines."""
        new = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with suppress(OSError):
            descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123 -- a descriptor
                file.writelines(map(_encoded, lines))
            new.replace(self._path)


def _encoded(line: str) -> bytes:
    return json.dumps(line).encode() + b"\n"


def _decoded(row: bytes) -> str:
    """Return the line of a row of the file; "" if it is cut or not one of ours."""
    try:
        found: object = json.loads(row)
    except ValueError:
        return ""
    return found if isinstance(found, str) else ""
