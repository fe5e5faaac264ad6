"""The file with the keys of this device: with one of them, it signs in to an account.

Only its owner may read it. Several clients may change it at the same time: each of them
holds a lock while it reads the file, and replaces it by a complete new one.

The keys of a server on this machine are for the address from which they come: a program
of another user may listen at another address of ``localhost``. The file has it for each
server in ``addresses``, which files of earlier versions lack.
"""

import errno
import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, NamedTuple

from parlour.core.names.folding import fold_key
from parlour.system.lock_file import locked

from ..protocol.secret import Secret
from ..protocol.sign_in import ForgetKey, KeyChange, StoreKey

MODE: Final = 0o600
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
MAX_SIZE: Final = 1 << 20  # bytes of the file
MAX_KEYS: Final = 1_000  # of all servers together
LOCK_TIMEOUT: Final = 2.0  # seconds to wait for another client

LOCALHOST: Final = "localhost:"
"""How the name of a server begins that has two addresses on this machine."""

DEFAULT_ADDRESS: Final = "127.0.0.1"
"""Where the keys of ``localhost`` come from, in a file that does not say it."""


class StoredKeys(NamedTuple):
    """The keys of one server, by account."""

    keys: dict[str, Secret]
    own_address: str  # of this machine, from which they come, or ""


class _Content(NamedTuple):
    """The content of the file, by the server as the user typed it, in lower case."""

    servers: dict[str, dict[str, str]]  # the keys, by account
    addresses: dict[str, str]  # of this machine, from which they come


class KeyFileError(Exception):
    """The file cannot be used; the message says which, why, and what to do."""


def known_servers(path: Path) -> list[str]:
    """Return the servers with keys in the file *path*, as users typed them.

    Raises `KeyFileError`.
    """
    return sorted(KeyFile(path, "").read_all())


class KeyFile:
    """The keys of one server, in the file *path*, which may not exist yet.

    The file names the *server* as the user typed it, in lower case.
    """

    def __init__(self, path: Path, server: str) -> None:
        self._path, self._server = path, server.lower()

    def read(self) -> StoredKeys:
        """Return the keys, and where they come from. Raises `KeyFileError`."""
        content = self._read()
        found = content.servers.get(self._server, {})
        keys = {account: Secret(key) for account, key in found.items()}
        return StoredKeys(keys, self._address(content) if keys else "")

    def read_all(self) -> dict[str, dict[str, str]]:
        """Return the keys of all servers. Raises `KeyFileError`."""
        return self._read().servers

    def change(self, changes: Sequence[KeyChange], address: str = "") -> str:
        """Apply *changes*; return why that is not possible, or "".

        The keys come from *address* of this machine, if it is not "". Stored keys from
        another one are deleted.
        """
        try:
            with self._locked():
                content = self._read()
                keys = content.servers.setdefault(self._server, {})
                before = self._address(content)
                if address and before and before != address:
                    keys.clear()
                _apply(changes, keys)
                content.addresses[self._server] = address or before
                self._write(content)
        except KeyFileError as exc:
            return str(exc)
        except OSError as exc:
            return f"{exc.strerror} ({exc.filename or self._path})"
        return ""

    def _address(self, content: _Content) -> str:
        default = DEFAULT_ADDRESS if self._server.startswith(LOCALHOST) else ""
        return content.addresses.get(self._server, default)

    def _read(self) -> _Content:
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            descriptor = os.open(self._path, flags)
        except FileNotFoundError:
            return _Content({}, {})
        except OSError as exc:
            reason = "it is a link" if exc.errno == errno.ELOOP else exc.strerror
            raise KeyFileError(f"cannot read {self._path}: {reason}") from None
        try:
            self._check(os.fstat(descriptor))
            with open(descriptor, "rb", closefd=False) as file:
                text = file.read(MAX_SIZE + 1)
        except OSError as exc:
            raise KeyFileError(f"cannot read {self._path}: {exc.strerror}") from None
        finally:
            os.close(descriptor)
        content = _decoded(text)
        if content is None:
            reason = "is damaged: repair it, or delete it and sign in again"
            raise KeyFileError(f"{self._path} {reason}")
        return content

    def _check(self, found: os.stat_result) -> None:
        """Refuse a file that others can read, or that is none of this user."""
        if not stat.S_ISREG(found.st_mode):
            raise KeyFileError(f"{self._path} is not a file")
        if found.st_uid != os.geteuid():
            raise KeyFileError(f"{self._path} belongs to another user")
        if found.st_mode & OTHERS:
            reason = "others could read the keys in"
            raise KeyFileError(f"{reason} {self._path}: chmod 600 {self._path}")

    def _write(self, content: _Content) -> None:
        """Replace the file by a complete one, also if the machine loses its power."""
        servers = {name: keys for name, keys in content.servers.items() if keys}
        addresses = {
            name: address
            for name, address in content.addresses.items()
            if name in servers and address
        }
        if sum(map(len, servers.values())) > MAX_KEYS:
            raise KeyFileError(f"{self._path} has {MAX_KEYS:,} keys, which is the most")
        found = {"version": 1, "servers": servers, "addresses": addresses}
        data = json.dumps(found, indent=1).encode()
        new = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        try:
            with open(os.open(new, flags, MODE), "wb") as file:  # noqa: PTH123
                file.write(data + b"\n")
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._path)
        finally:  # it contains keys, so it must not stay after an interrupt either
            with suppress(OSError):
                new.unlink()
        _sync_directory(self._path.parent)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other clients from changing the file."""
        directory = self._path.parent
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if directory.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise KeyFileError(
                f"others could change {directory}: chmod 700 {directory}"
            )
        lock = self._path.with_name(f"{self._path.name}.lock")
        with locked(lock, LOCK_TIMEOUT):
            yield


def _sync_directory(directory: Path) -> None:
    """Let the new name of a file survive a loss of power."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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
            addresses = _strings(others.get("addresses", {}))
        case _:
            return None
    valid = {name: keys for name, keys in checked.items() if keys is not None}
    if addresses is None or len(valid) != len(checked):
        return None
    return _Content(valid, addresses)


def _strings(found: object) -> dict[str, str] | None:
    if not isinstance(found, Mapping):
        return None
    strings = {name: text for name, text in found.items() if isinstance(text, str)}
    return strings if len(strings) == len(found) else None
