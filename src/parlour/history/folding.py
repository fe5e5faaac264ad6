"""When the log beside a history's file is long enough to be brought into the file.

SQLite would do that by itself, inside of a commit, and keep to itself if it failed.
"""

from pathlib import Path
from typing import Final

LONG: Final = 1000  # pages in the log: it is brought into the file when there is time
TOO_LONG: Final = 4000  # pages in the log: a batch waits until it is

# sqlite.org/fileformat.html#the_write_ahead_log
HEADER: Final = 32  # bytes
FRAME_HEADER: Final = 24  # bytes before each page
PAGE_SIZE: Final = slice(8, 12)
SALT, FRAME_SALT = slice(16, 24), slice(8, 16)


def has_pages(log: Path, count: int) -> bool:
    """Tell whether *log* has so many pages since it was begun anew.

    The file may be longer: it is written over from its beginning. What belongs to it
    has the salt of its header.
    """
    try:
        with log.open("rb", buffering=0) as file:
            header = file.read(HEADER)
            page_size = int.from_bytes(header[PAGE_SIZE])
            file.seek(HEADER + (count - 1) * (FRAME_HEADER + page_size))
            frame = file.read(FRAME_HEADER)
    except OSError:
        return False  # it was moved or deleted: others find that
    return len(frame) == FRAME_HEADER and frame[FRAME_SALT] == header[SALT]
