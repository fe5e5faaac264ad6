"""The servers that the user trusts without an authority, by their fingerprints.

The file ``known_hosts`` has a line for each of them: the server, ``sha256``, the
fingerprint of its certificate, and the day on which the user has accepted it. Lines of
another form are left as they are.
"""

import time
from pathlib import Path
from typing import Final, NamedTuple

from parlour.system.tls.certificate_facts import parse_fingerprint

from .private_file import MAX_SIZE, PrivateFile, PrivateFileError

KNOWN_HOSTS: Final = "known_hosts"
"""The name of the file, in the directory for state."""

MAX_HOSTS: Final = 1_000  # lines of the file


class KnownHost(NamedTuple):
    """A line of the file."""

    server: str  # with its port, in lower case
    fingerprint: str
    since: str  # a day, or "" if the line has none


class KnownHosts:
    """The servers in the file *path*, which may not exist yet.

    The file names a server as the user typed it, in lower case. Each method raises
    `PrivateFileError` if the file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._file = PrivateFile(path, "known servers")

    def all(self) -> list[KnownHost]:
        """Return all servers, in the order in which they were accepted."""
        return [host for line in self._lines() if (host := _parsed(line))]

    def find(self, server: str) -> str:
        """Return the fingerprint of *server*, or ""."""
        name = server.lower()
        found = (each.fingerprint for each in self.all() if each.server == name)
        return next(found, "")

    def remember(self, server: str, fingerprint: str) -> None:
        """Add *server*, in place of what was known of it."""
        today = time.strftime("%Y-%m-%d")
        with self._file.locked():
            lines = _without(server, self._lines())
            if len(lines) >= MAX_HOSTS:
                reason = f"has {MAX_HOSTS:,} lines, which is the most"
                raise PrivateFileError(f"{self._file.path} {reason}")
            lines.append(f"{server.lower()} sha256 {fingerprint} {today}")
            self._write(lines)

    def forget(self, server: str) -> str:
        """Remove *server*; return the fingerprint that it had, or ""."""
        if not (known := self.find(server)):
            return ""
        with self._file.locked():
            self._write(_without(server, self._lines()))
        return known

    def _lines(self) -> list[str]:
        text = self._file.read() or b""
        try:
            decoded = text.decode()
        except UnicodeDecodeError:
            decoded = None
        if decoded is None or len(text) > MAX_SIZE:
            reason = "is damaged: repair it, or delete it to be asked again"
            raise PrivateFileError(f"{self._file.path} {reason}")
        return decoded.splitlines()

    def _write(self, lines: list[str]) -> None:
        self._file.replace("".join(f"{line}\n" for line in lines).encode())


def _parsed(line: str) -> KnownHost | None:
    match line.split():
        case [server, "sha256", text, *others] if found := parse_fingerprint(text):
            return KnownHost(server, found, others[0] if others else "")
    return None


def _without(server: str, lines: list[str]) -> list[str]:
    """Return the lines that are not about *server*."""
    name = server.lower()
    return [
        line for line in lines if not (host := _parsed(line)) or host.server != name
    ]
