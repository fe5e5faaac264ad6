"""Exports a history as JSON lines."""

import os
from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

from parlour.core.account_changes import without_rooms
from parlour.core.events import LOBBY, AccountNumber, Message, RoomName
from parlour.core.state.accounts import NO_ACCOUNT
from parlour.core.storage import END_OF_SEQUENCES, After, Before, StorageError

from ..sqlite.files import FileError, install
from ..sqlite.opening import read_header
from ..sqlite.part_file import part_file
from ..sqlite.reader import Reader, Tables
from ..sqlite.rows import RoomRow
from .account_lines import (
    RoleLine,
    render_account,
    render_act,
    render_invitation,
    render_role,
    render_sanction,
)
from .inspection import open_reader
from .json_lines import render, render_erasure
from .progress import Progress, no_progress
from .room_lines import RoomLine, UnusedLine, render_room, render_unused

MESSAGES_PER_PAGE: Final = 1000
MESSAGE_START: Final = '{"type":"message"'
ACTS_AT_ONCE: Final = 1000


def export_lines(
    path: Path,
    progress: Progress = no_progress,
    rooms: Collection[RoomName] = (),
    *,
    has_direct: bool = False,
) -> Iterator[str]:
    """Yield the rooms of the history *path* as lines, and each message in order.

    A room has a line before its messages, except a lobby of which nothing is to say. A
    hole in its sequences, or an erasure, has a line where it is. Then come the
    accounts, the roles in rooms, the invitations of accounts, the sanctions and the
    audit log, each without secrets.

    Direct rooms are left out, unless the export *has_direct* ones.

    If *rooms* are given, only they are exported, with their messages: these then have
    no accounts, whose numbers mean nothing elsewhere. A server may be using the file.
    Raises FileError, for example if a row is damaged, or if there is no such room.
    """
    read_header(path)
    with closing(open_reader(path)) as reader:
        try:
            tables = reader.tables()
            if rooms or not has_direct:
                tables = _without_direct_rooms(tables)
            rows = _selected(path, tables.rooms, rooms)
            total = sum(_count(reader, row) for row in rows)
            done = 0
            for row in rows:
                if row.name != LOBBY or row.topic or row.is_locked or row.slow:
                    yield render_room(_room_line(row))
                for lines, messages in _pages(reader, row, has_authors=not rooms):
                    yield from lines
                    done += messages
                    progress(done, total)
            if not rooms:
                yield from _account_lines(tables)
                yield from _act_lines(reader)
        except StorageError as exc:
            raise FileError(f"{path} cannot be read: {exc}") from exc


class LeftOut(NamedTuple):
    """How much an export lacks, or lacks the secrets of.

    *codes* are those of invitations that have not ended, and *direct* the direct rooms
    in which something was said.
    """

    accounts: int
    codes: int
    direct: int


def left_out(path: Path, time: float) -> LeftOut:
    """Return what exports of the history *path* lack at a wall time.

    Raises FileError.
    """
    read_header(path)
    try:
        with closing(open_reader(path)) as reader:
            tables = reader.tables()
            direct = [row.name for row in tables.rooms if row.is_direct]
            codes = [
                each
                for each in tables.invitations
                if each.code and not each.is_over(time)
            ]
            said = sum(reader.head(name) > 0 for name in direct)
            return LeftOut(len(tables.accounts), len(codes), said)
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


def _room_line(row: RoomRow) -> RoomLine:
    return RoomLine(
        row.name,
        row.topic or "",
        not row.is_closed,
        bool(row.is_locked),
        row.slow or 0,
        bool(row.is_private),
        (AccountNumber(row.one or 0), AccountNumber(row.other or 0))
        if row.is_direct
        else None,
    )


def _without_direct_rooms(tables: Tables) -> Tables:
    direct = {row.name for row in tables.rooms if row.is_direct}
    return tables._replace(
        rooms=[row for row in tables.rooms if not row.is_direct],
        accounts=tuple(without_rooms(each, direct) for each in tables.accounts),
    )


def _account_lines(tables: Tables) -> Iterator[str]:
    """Yield the accounts, roles, invitations and sanctions.

    A sanction of a guest whose network is not known is left out: nothing else
    identifies the guest but the token of its client, which is secret.
    """
    numbers = {each.number for each in tables.accounts}
    yield from map(render_account, tables.accounts)
    for row in tables.rooms:
        for account, role in tables.roles.get(row.id, ()):
            if account in numbers:
                yield render_role(RoleLine(row.name, account, role))
    names = {None, *(row.name for row in tables.rooms)}
    for invitation in tables.invitations:
        if invitation.account in numbers and invitation.room in names:
            yield render_invitation(invitation)
    for sanction in tables.sanctions:
        target = sanction.target
        is_known = target.account in numbers or target.network
        if is_known and sanction.room in names:
            yield render_sanction(sanction)


def _act_lines(reader: Reader) -> Iterator[str]:
    number = 0
    while acts := reader.acts_after(number, ACTS_AT_ONCE):
        yield from map(render_act, acts)
        number = acts[-1].number


def _count(reader: Reader, room: RoomRow) -> int:
    return reader.read(Before(room.name, END_OF_SEQUENCES, 0)).total


def _pages(
    reader: Reader, room: RoomRow, *, has_authors: bool
) -> Iterator[tuple[list[str], int]]:
    """Yield the lines of *room*, page by page, and how many of them are messages."""
    cursor, head, is_first = room.floor, reader.head(room.name), True
    while cursor < head:
        query = After(room.name, cursor, head, MESSAGES_PER_PAGE, has_erasures=True)
        page = reader.read(query)
        if page.expired or not page.sequenced:
            raise StorageError(
                "history_moved",
                "old messages were deleted during the export: try again",
            )
        lines: list[str] = []
        for event in page.sequenced:
            if event.sequence != cursor + 1 and not is_first:
                last = event.sequence - 1
                lines.append(render_unused(UnusedLine(room.name, cursor + 1, last)))
            if isinstance(event, Message):
                author = event.account if has_authors else NO_ACCOUNT
                lines.append(render(event.replace(account=author)))
            else:
                lines.append(render_erasure(event))
            cursor, is_first = event.sequence, False
        yield lines, len(page.messages)
