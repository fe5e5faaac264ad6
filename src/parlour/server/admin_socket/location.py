"""Where the admin socket of a server is.

Server and tool find it by the same rule, so only the history or the port is needed.
The socket of a history ``chat.db`` is ``chat.db.admin`` beside it. That of a history in
memory is named for the port of the server, in the runtime directory. If nobody but the
owner may write there: whoever can create files in a directory could replace a socket
in it. A path that is too long, or a directory where others may write, leads to the
runtime directory as well, and to a name that depends on the path.
"""

import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import Final

MAX_PATH: Final = 103  # bytes of the path of a socket on macOS; Linux allows 107
SUFFIX: Final = ".admin"
HASH_SIZE: Final = 32  # characters of a name that depends on a path


def socket_path(history: Path | None, port: int, runtime: Path | None) -> Path | None:
    """Return the path of the admin socket of a server; None if it can have none.

    *history* is the file of its history, or None for one in memory; *port* is the port
    on which it listens, and *runtime* the runtime directory, if there is one.
    """
    if history is None:
        return _in_runtime(runtime, f"port-{port}")
    real = Path(os.path.realpath(history))
    beside = real.with_name(real.name + SUFFIX)
    if len(os.fsencode(beside)) <= MAX_PATH and _is_private(real):
        return beside
    return _in_runtime(runtime, sha256(os.fsencode(real)).hexdigest()[:HASH_SIZE])


def _in_runtime(runtime: Path | None, name: str) -> Path | None:
    path = None if runtime is None else runtime.absolute() / f"{name}{SUFFIX}"
    return path if path is None or len(os.fsencode(path)) <= MAX_PATH else None


def _is_private(history: Path) -> bool:
    """Return whether only the owner of *history*, and root, write in its directory."""
    try:
        directory = history.parent.stat()
        owner = history.stat().st_uid if history.exists() else directory.st_uid
    except OSError:
        return True  # of no file: no server uses it
    others = stat.S_IWGRP | stat.S_IWOTH
    return directory.st_uid in {owner, 0} and not directory.st_mode & others
