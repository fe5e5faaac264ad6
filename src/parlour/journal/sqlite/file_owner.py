"""Gives files that root creates the owner of the service that uses them.

A file that replaces another one gets the owner and group of that file. Any other file
or directory that root creates gets those of its directory.
"""

import os
import stat
from pathlib import Path

from .files import FileError


def copy_owner(finished: Path, target: Path) -> None:
    """Give *finished* the owner of *target*, which it is about to replace.

    No process may have *finished* open. Raises FileError if its owner cannot be
    changed and the owner of *target* could therefore not open it.
    """
    file = os.open(finished, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _change_owner(file, finished, target)
        os.fsync(file)
    finally:
        os.close(file)


def copy_owner_as_root(file: int, history: Path) -> None:
    """Give the open *file*, which is beside *history*, the owner of *history*."""
    if os.geteuid() == 0 and os.fstat(file).st_nlink == 1:
        owner = _owner(history)
        os.fchown(file, owner.st_uid, owner.st_gid)


def make_directory(path: Path) -> None:
    """Create the directory *path* and its parents, accessible to their owner only."""
    if path.is_dir():
        return
    make_directory(path.parent)
    if path.exists() and not path.is_dir():
        raise FileError(f"{path} is a file, not a directory")
    path.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        parent = path.parent.stat()
        os.chown(path, parent.st_uid, parent.st_gid, follow_symlinks=False)


def _change_owner(file: int, finished: Path, target: Path) -> None:
    found = os.fstat(file)
    is_root = os.geteuid() == 0
    if found.st_nlink > 1 or found.st_uid != os.geteuid():
        raise FileError(f"{finished} was changed by another user: try again")
    if not (is_root or target.exists()):
        return
    owner = _owner(target)
    if (owner.st_uid, owner.st_gid) == (found.st_uid, found.st_gid):
        return
    try:
        os.fchown(file, owner.st_uid, owner.st_gid)
    except OSError as exc:
        if owner.st_uid != found.st_uid:
            raise FileError(
                f"{target} belongs to another user (uid {owner.st_uid}), who could not "
                "open the file that replaces it: run this as that user, or as root"
            ) from exc


def _owner(path: Path) -> os.stat_result:
    """Return the status of the file *path*, or of its directory if there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return path.parent.stat()
    return found if stat.S_ISREG(found.st_mode) else path.parent.stat()
