"""The file with the keys of this device: with one of them, it signs in to an account.

Only its owner may read it.

The keys of a server are for the origin from which they come: a program of another user
may listen at another address of ``localhost``, and another certificate is another
server. The file has it for each server in ``addresses``, which files of earlier
versions lack.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from parlour.core.names.folding import fold_key

from ..protocol.secret import Secret
from ..protocol.sign_in import ForgetKey, KeyChange, StoreKey
from .origins import has_tls
from .private_file import MAX_SIZE, PrivateFile, PrivateFileError

MAX_KEYS: Final = 1_000  # of all servers together

LOCALHOST: Final = "localhost:"
"""How the name of a server begins that has two addresses on this machine."""

DEFAULT_ADDRESS: Final = "127.0.0.1"
"""Where the keys of ``localhost`` come from, in a file that does not say it."""


class StoredKeys(NamedTuple):
    """The keys of one server, by account."""

    keys: dict[str, Secret]
    origin: str  # from which they come, or "" in a file that does not say it


class _Content(NamedTuple):
    """The content of the file, by the server as the user typed it, in lower case."""

    servers: dict[str, dict[str, str]]  # the keys, by account
    origins: dict[str, str]  # from which they come


def known_servers(path: Path) -> list[str]:
    """Return the servers with keys in the file *path*, as users typed them.

    Raises `PrivateFileError`.
    """
    return sorted(KeyFile(path, "").read_all())


class KeyFile:
    """The keys of one server, in the file *path*, which may not exist yet.

    The file names the *server* as the user typed it, in lower case.
    """

    def __init__(self, path: Path, server: str) -> None:
        self._file, self._server = PrivateFile(path, "keys"), server.lower()

    def read(self) -> StoredKeys:
        """Return the keys, and where they come from. Raises `PrivateFileError`."""
        content = self._read()
        found = content.servers.get(self._server, {})
        keys = {account: Secret(key) for account, key in found.items()}
        return StoredKeys(keys, self._origin(content) if keys else "")

    def read_all(self) -> dict[str, dict[str, str]]:
        """Return the keys of all servers. Raises `PrivateFileError`."""
        return self._read().servers

    def change(self, changes: Sequence[KeyChange], origin: str = "") -> str:
        """Apply *changes*; return why that is not possible, or "".

        The keys come from *origin*, if it is not "". Stored keys from another one are
        deleted.
        """
        try:
            with self._file.locked():
                content = self._read()
                keys = content.servers.setdefault(self._server, {})
                before = self._origin(content)
                if origin != before and ((before and origin) or has_tls(origin)):
                    keys.clear()
                _apply(changes, keys)
                content.origins[self._server] = origin or before
                self._write(content)
        except PrivateFileError as exc:
            return str(exc)
        return ""

    def forget(self) -> int:
        """Delete the keys of the server; return how many there were.

        Raises `PrivateFileError`.
        """
        if self._file.read() is None:
            return 0
        with self._file.locked():
            content = self._read()
            found = content.servers.pop(self._server, {})
            if found:
                self._write(content)
        return len(found)

    def _origin(self, content: _Content) -> str:
        default = DEFAULT_ADDRESS if self._server.startswith(LOCALHOST) else ""
        return content.origins.get(self._server, default)

    def _read(self) -> _Content:
        text = self._file.read()
        if text is None:
            return _Content({}, {})
        content = _decoded(text)
        if content is None:
            reason = "is damaged: repair it, or delete it and sign in again"
            raise PrivateFileError(f"{self._file.path} {reason}")
        return content

    def _write(self, content: _Content) -> None:
        servers = {name: keys for name, keys in content.servers.items() if keys}
        origins = {
            name: origin
            for name, origin in content.origins.items()
            if name in servers and origin
        }
        if sum(map(len, servers.values())) > MAX_KEYS:
            reason = f"{self._file.path} has {MAX_KEYS:,} keys, which is the most"
            raise PrivateFileError(reason)
        found = {"version": 1, "servers": servers, "addresses": origins}
        self._file.replace(json.dumps(found, indent=1).encode() + b"\n")


def _apply(changes: Sequence[KeyChange], keys: dict[str, str]) -> None:
    """Change *keys*, in which names are equal if they are for the server."""
    for change in changes:
        folded = fold_key(change.account)
        for account in [name for name in keys if fold_key(name) == folded]:
            del keys[account]
        match change:
            case StoreKey(account, key):
                keys[account] = key.reveal()
            case ForgetKey():
                pass


def _decoded(text: bytes) -> _Content | None:
    """Return the content of the file; None if it is damaged."""
    if len(text) > MAX_SIZE:
        return None
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    match found:
        case {"version": 1, "servers": dict(servers), **others}:
            checked = {name: _strings(keys) for name, keys in servers.items()}
            origins = _strings(others.get("addresses", {}))
        case _:
            return None
    valid = {name: keys for name, keys in checked.items() if keys is not None}
    if origins is None or len(valid) != len(checked):
        return None
    return _Content(valid, origins)


def _strings(found: object) -> dict[str, str] | None:
    if not isinstance(found, Mapping):
        return None
    strings = {name: text for name, text in found.items() if isinstance(text, str)}
    return strings if len(strings) == len(found) else None
