"""Whether a history's file is mounted alone, so that its log is not beside it.

A container can be given one file. SQLite's write-ahead log is then beside the name in
the container, and what a server that was killed has left is beside the other one.
"""

import os
import re
from pathlib import Path
from typing import Final

from .files import FileError

MOUNTS: Final = Path("/proc/self/mountinfo")  # of Linux: proc_pid_mountinfo(5)
PLACE: Final = 4  # the field that says where something is mounted
ESCAPED: Final = re.compile(rb"[ \t\n\\]")


def refuse_mounted(path: Path) -> None:
    """Raise FileError if the real *path* is the place of a mount."""
    try:
        mounts = MOUNTS.read_bytes().splitlines()
    except OSError:
        return
    name = ESCAPED.sub(lambda sign: b"\\%03o" % ord(sign[0]), os.fsencode(path))
    if any(mount.split(b" ")[PLACE : PLACE + 1] == [name] for mount in mounts):
        raise FileError(
            f"{path} is mounted alone, and the log of what was said last may be beside "
            "its other name: mount its directory"
        )
