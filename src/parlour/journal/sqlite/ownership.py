"""Who owns what is made beside a service's files, when root makes it.

A new file in the place of another has the owner and group of that one. Where there is
none, what root makes belongs to whom the directory belongs to.
"""

import os
import stat
from pathlib import Path

from .files import FileError


def hand_over(finished: Path, target: Path) -> None:
    """Give *finished* to whoever owns *target*, whose place it is about to take.

    Nothing has it open. Raises FileError if its owner may not be changed so, and
    whoever needs *target* could not open it.
    """
    file = os.open(finished, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        _give(file, finished, target)
        os.fsync(file)
    finally:
        os.close(file)


def give_beside(file: int, history: Path) -> None:
    """Give the open *file*, which is kept beside *history*, to that file's owner."""
    if os.geteuid() == 0 and os.fstat(file).st_nlink == 1:
        owner = _owner(history)
        os.fchown(file, owner.st_uid, owner.st_gid)


def make_directory(path: Path) -> None:
    """Make the directory *path* and those above it, for nobody but their owner."""
    if path.is_dir():
        return
    make_directory(path.parent)
    if path.exists() and not path.is_dir():
        raise FileError(f"{path}: it is a file, and no directory")
    path.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        above = path.parent.stat()
        os.chown(path, above.st_uid, above.st_gid, follow_symlinks=False)


def _give(file: int, finished: Path, target: Path) -> None:
    found = os.fstat(file)
    is_root = os.geteuid() == 0
    if found.st_nlink > 1 or found.st_uid != os.geteuid():
        raise FileError(f"{finished} was changed by another user meanwhile")
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
                f"{target} belongs to another user (number {owner.st_uid}), who could "
                "not open what replaces it: run this as that user, or as root"
            ) from exc


def _owner(path: Path) -> os.stat_result:
    """Return whose *path* is, or the directory that it would be made in."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return path.parent.stat()
    return found if stat.S_ISREG(found.st_mode) else path.parent.stat()
