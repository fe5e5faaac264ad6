"""Refuses a file that is itself a mount point, because its log may be elsewhere.

A single file can be mounted into a container. SQLite then puts the write-ahead log
beside the name in the container, while a server that was killed may have left a log
beside the other name.
"""

import os
import re
from pathlib import Path
from typing import Final

from .files import FileError

MOUNTS: Final = Path("/proc/self/mountinfo")  # Linux: proc_pid_mountinfo(5)
MOUNT_POINT: Final = 4  # index of the field
ESCAPED: Final = re.compile(rb"[ \t\n\\]")


def refuse_mounted(path: Path) -> None:
    """Raise FileError if *path*, which has no symbolic links, is a mount point."""
    try:
        mounts = MOUNTS.read_bytes().splitlines()
    except OSError:
        return
    name = ESCAPED.sub(lambda found: b"\\%03o" % ord(found[0]), os.fsencode(path))
    if any(
        mount.split(b" ")[MOUNT_POINT : MOUNT_POINT + 1] == [name] for mount in mounts
    ):
        raise FileError(
            f"{path} is a mount point, and the log with the latest messages may be "
            "beside the other name of the file: mount its directory instead"
        )
