"""Exports a history as JSON lines."""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import END_OF_SEQUENCES, After, Before, StorageError

from ..sqlite.files import FileError, install
from ..sqlite.opening import read_header
from ..sqlite.part_file import part_file
from ..sqlite.reader import Reader
from ..sqlite.rows import RoomRow
from .inspection import open_reader
from .json_lines import RoomLine, UnusedLine, render, render_room, render_unused
from .progress import Progress, no_progress

MESSAGES_PER_PAGE: Final = 1000
MESSAGE_START: Final = '{"type":"message"'


def export_lines(
    path: Path,
    progress: Progress = no_progress,
    rooms: Collection[RoomName] = (),
) -> Iterator[str]:
    """Yield the rooms of the history *path* as lines, and each message in order.

    A room has a line before its messages, except a lobby without a topic. A hole in its
    sequences has a line where it is. If *rooms* are given, others are not exported. A
    server may be using the file. Raises FileError, for example if a row is damaged, or
    if there is no such room.
    """
    read_header(path)
    with closing(open_reader(path)) as reader:
        try:
            rows = _selected(path, reader.rooms(), rooms)
            total = sum(_count(reader, row) for row in rows)
            done = 0
            for row in rows:
                if row.name != LOBBY or row.topic:
                    line = RoomLine(row.name, row.topic or "", not row.is_closed)
                    yield render_room(line)
                for lines, messages in _pages(reader, row):
                    yield from lines
                    done += messages
                    progress(done, total)
        except StorageError as exc:
            raise FileError(f"{path} cannot be read: {exc}") from exc


def account_count(path: Path) -> int:
    """Return how many accounts the history *path* has; an export has none of them.

    Raises FileError.
    """
    read_header(path)
    try:
        with closing(open_reader(path)) as reader:
            return reader.account_count()
    except StorageError as exc:
        raise FileError(f"{path} cannot be read: {exc}") from exc


def is_message(line: str) -> bool:
    """Return whether *line* of an export is a message."""
    return line.startswith(MESSAGE_START)


def write_lines(lines: Iterable[str], target: Path) -> int:
    """Write *lines* to the new file *target*, completely or not at all.

    Only its owner may read the file. Returns the number of messages. Raises FileError.
    """
    count = 0
    try:
        with part_file(target) as unfinished:
            if target.exists():
                raise FileError(f"{target} already exists: choose another file")
            with unfinished.open("wb") as file:
                for line in lines:
                    file.write(f"{line}\n".encode())
                    count += is_message(line)
                file.flush()
                os.fsync(file.fileno())
            install(unfinished, target)
    except OSError as exc:
        raise FileError(f"{target}: {exc.strerror}") from exc
    return count


def _selected(
    path: Path, rows: list[RoomRow], rooms: Collection[RoomName]
) -> list[RoomRow]:
    """Return those of *rows* that are in *rooms*, or all of them if it is empty."""
    missing = set(rooms) - {row.name for row in rows} - {LOBBY}
    if missing:
        raise FileError(
            f"{path} has no room {min(missing)}: `parlour verify` lists the rooms"
        )
    return [row for row in rows if not rooms or row.name in rooms]


def _count(reader: Reader, room: RoomRow) -> int:
    return reader.read(Before(room.name, END_OF_SEQUENCES, 0)).total


def _pages(reader: Reader, room: RoomRow) -> Iterator[tuple[list[str], int]]:
    """Yield the lines of *room*, page by page, and how many of them are messages."""
    cursor, head, is_first = room.floor, reader.head(room.name), True
    while cursor < head:
        page = reader.read(After(room.name, cursor, head, MESSAGES_PER_PAGE))
        if page.expired or not page.messages:
            raise StorageError(
                "history_moved",
                "old messages were deleted during the export: try again",
            )
        lines: list[str] = []
        for message in page.messages:
            if message.sequence != cursor + 1 and not is_first:
                last = message.sequence - 1
                lines.append(render_unused(UnusedLine(room.name, cursor + 1, last)))
            lines.append(render(message))
            cursor, is_first = message.sequence, False
        yield lines, len(page.messages)
