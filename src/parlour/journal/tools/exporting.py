"""Exports a history as JSON lines."""

import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from parlour.core.events import Message, RoomName
from parlour.core.storage import After, StorageError

from ..sqlite.files import FileError, install
from ..sqlite.opening import read_header
from ..sqlite.part_file import part_file
from ..sqlite.reader import Reader
from .inspection import open_reader
from .json_lines import render
from .progress import Progress, no_progress

MESSAGES_PER_PAGE: Final = 1000


def export_lines(path: Path, progress: Progress = no_progress) -> Iterator[str]:
    """Yield each message of the history *path* as a line, room by room, in order.

    A server may be using the file. Raises FileError, for example if a row is damaged.
    """
    read_header(path)
    with closing(open_reader(path)) as reader:
        try:
            extents = {room.name: reader.extent(room.name) for room in reader.rooms()}
            total = sum(extent.head - extent.first + 1 for extent in extents.values())
            done = 0
            for room, extent in extents.items():
                for messages in _pages(reader, room, extent.first, extent.head):
                    yield from map(render, messages)
                    done += len(messages)
                    progress(done, total)
        except StorageError as exc:
            raise FileError(f"{path} cannot be read: {exc}") from exc


def write_lines(lines: Iterable[str], target: Path) -> int:
    """Write *lines* to the new file *target*, completely or not at all.

    Only its owner may read the file. Returns the number of lines. Raises FileError.
    """
    count = 0
    try:
        with part_file(target) as unfinished:
            if target.exists():
                raise FileError(f"{target} already exists: choose another file")
            with unfinished.open("wb") as file:
                for count, line in enumerate(lines, 1):  # noqa: B007 -- used below
                    file.write(f"{line}\n".encode())
                file.flush()
                os.fsync(file.fileno())
            install(unfinished, target)
    except OSError as exc:
        raise FileError(f"{target}: {exc.strerror}") from exc
    return count


def _pages(
    reader: Reader, room: RoomName, first: int, head: int
) -> Iterator[tuple[Message, ...]]:
    """Yield the messages of *room* from *first* to *head*, page by page."""
    cursor = first - 1
    while cursor < head:
        messages = reader.read(After(room, cursor, head, MESSAGES_PER_PAGE)).messages
        if not messages or messages[0].sequence != cursor + 1:
            raise StorageError(
                "history_moved",
                "old messages were deleted during the export: try again",
            )
        yield messages
        cursor = messages[-1].sequence
