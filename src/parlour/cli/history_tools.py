"""Commands for the file of a history: backup, restore, export, import, verify."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from parlour.core.default_ports import CHAT_PORT
from parlour.system.standard_streams import open_missing_streams, print_error

from .command_classes import ProgramCommand
from .errors import FAILED, USAGE, ToolError, fail
from .history_location import history_path
from .option_types import FileType, HistoryType, Memory, PortType
from .room_type import RoomType
from .shared_options import SETTINGS, VERSION
from .suspension import resumable
from .tool_output import (
    accounts,
    described,
    messages,
    missing_notes,
    printable,
    showing_progress,
)

FILE = FileType(path_type=Path, readable=False)  # the command itself checks access


def _without_dash(
    _ctx: click.Context, _param: click.Parameter, file: Path | None
) -> Path | None:
    """Return None for ``-``, which stands for the standard stream."""
    return None if file == Path("-") else file


STREAM = click.argument("file", type=FILE, required=False, callback=_without_dash)

HISTORY = click.option(
    "--history",
    type=HistoryType(),
    metavar="FILE",
    help="File of the history.  [default: that of the server on --port]",
)
PORT = click.option(
    "--port",
    type=PortType(1),
    default=CHAT_PORT,
    show_default=True,
    help="Port of the server whose history to use, without --history.",
)


@click.command(cls=ProgramCommand, context_settings=SETTINGS)
@VERSION
@click.argument("file", type=FILE)
@HISTORY
@PORT
def backup(*, file: Path, history: Path | Memory | None, port: int) -> None:
    """Copy the history to FILE. A server may be using the history."""
    from parlour.journal.tools import backup  # noqa: PLC0415

    source = _history_file(history, port)
    with reporting_errors():
        with showing_progress("backup") as progress:
            resumable(lambda: backup.backup(source, file, progress))
        _print(f"copied {source} to {file}")


@click.command(cls=ProgramCommand, context_settings=SETTINGS)
@VERSION
@click.argument("file", type=FILE)
@HISTORY
@PORT
def restore(*, file: Path, history: Path | Memory | None, port: int) -> None:
    """Replace the history with the backup FILE. No server may be using the history.

    The previous history stays beside it as HISTORY.replaced; delete that file when you
    no longer need it.
    """
    from parlour.journal.tools import backup  # noqa: PLC0415

    target = _history_file(history, port)
    with reporting_errors():
        with showing_progress("restore") as progress:
            _make_parent(target)
            restored = backup.restore(file, target, progress)
        _print(f"restored {file} to {target}")
        if restored.replaced is not None:
            _print(f"the previous history is now {restored.replaced}")


@click.command(
    cls=ProgramCommand,
    context_settings=SETTINGS,
    short_help="Write all rooms, messages and accounts as lines of JSON.",
)
@VERSION
@STREAM
@click.option(
    "--room",
    type=RoomType(),
    multiple=True,
    metavar="ROOM",
    allow_from_autoenv=False,  # the variable is for the client
    help="Room to export instead of all; can be repeated.",
)
@click.option(
    "--direct",
    is_flag=True,
    allow_from_autoenv=False,
    help="Also export direct conversations, which are private.",
)
@HISTORY
@PORT
def export(
    *,
    file: Path | None,
    room: tuple[str, ...],
    direct: bool,
    history: Path | Memory | None,
    port: int,
) -> None:
    """Write all rooms, messages and accounts as lines of JSON to the new FILE.

    Without FILE, or if it is `-`, write to standard output. The lines also have the
    roles, the sanctions and the audit log, but nothing secret: no password, and no key
    of a device. A server may be using the history.
    """
    from parlour.core.events import RoomName  # noqa: PLC0415
    from parlour.journal.tools import exporting  # noqa: PLC0415

    if direct and room:
        fail("--direct is for an export of all rooms: leave out --room", USAGE)
    source = _history_file(history, port)
    is_closed = "stdout" in open_missing_streams()
    with reporting_errors():
        is_quiet = file is None and sys.stdout.isatty()
        with showing_progress("export", is_quiet=is_quiet) as progress:
            rooms = [RoomName(each) for each in room]
            lines = exporting.export_lines(source, progress, rooms, has_direct=direct)
            if file is not None:
                count = exporting.write_lines(lines, file)
            else:
                count = 0
                for line in lines:
                    if is_closed:
                        fail("standard output is closed: nothing is exported", FAILED)
                    sys.stdout.buffer.write(f"{line}\n".encode())
                    count += exporting.is_message(line)
                sys.stdout.buffer.flush()
        where = f" to {file}" if file is not None else ""
        print_error(printable(f"{messages(count)} exported{where}") + "\n")
        missing = exporting.left_out(source, time.time())
        for each in missing_notes(missing, is_whole=not room, has_direct=direct):
            print_error(f"{each}\n")


@click.command(
    "import",
    cls=ProgramCommand,
    context_settings=SETTINGS,
    short_help="Fill an empty history with what was exported.",
)
@VERSION
@STREAM
@click.option(
    "--room",
    type=RoomType(),
    metavar="ROOM",
    allow_from_autoenv=False,  # the variable is for the client
    help="Name for the room of an export that has only one.",
)
@HISTORY
@PORT
def import_(
    *,
    file: Path | None,
    room: str | None,
    history: Path | Memory | None,
    port: int,
) -> None:
    """Fill an empty history with what was exported to FILE, or from standard input.

    The accounts have no passwords then: `parlour account passwd` sets one. No server
    may be using the history.
    """
    from parlour.core.events import RoomName  # noqa: PLC0415
    from parlour.journal.tools import importing, json_lines  # noqa: PLC0415

    target = _history_file(history, port)
    name = None if room is None else RoomName(room)
    with reporting_errors():
        with showing_progress("import") as progress:
            _make_parent(target)
            if file is None:
                lines = json_lines.read_lines(sys.stdin.buffer, "standard input")
                found = importing.import_lines(lines, target, progress, name)
            else:
                with file.open("rb") as opened:
                    lines = json_lines.read_lines(opened, str(file))
                    found = importing.import_lines(lines, target, progress, name)
        what = messages(found.messages)
        if found.accounts:
            what += f" and {accounts(found.accounts)}"
        _print(f"{what} imported into {target}")
        if found.accounts:
            _print("an account needs a password: parlour account passwd NAME")
        for each in found.look_alikes:
            _print(f"{each} looks like another account, and keeps its name")


@click.command(
    cls=ProgramCommand,
    context_settings=SETTINGS,
    short_help="Check the history, or FILE, for damage.",
)
@VERSION
@click.argument("file", type=FILE, required=False)
@HISTORY
@PORT
def verify(*, file: Path | None, history: Path | Memory | None, port: int) -> None:
    """Check the history, or FILE, for damage: order, gaps and checksums.

    A server may be using it.
    """
    from parlour.journal.tools import verify  # noqa: PLC0415

    if file is not None and history is not None:
        fail("use FILE or --history, not both", USAGE)
    path = file or _history_file(history, port)
    with reporting_errors():
        with showing_progress("verify") as progress:
            report = resumable(lambda: verify.verify(path, progress))
        for line in described(report):
            _print(line)
        for problem in report.problems:
            _print(f"fault: {problem}")
        if report.problems:
            fail(f"{path} is damaged: restore a backup", FAILED)
        _print(f"{path} is undamaged")


def _history_file(history: Path | Memory | None, port: int) -> Path:
    """Return the file that the options name; exit if the history is in memory."""
    path = history_path(history, port, ToolError)
    if path is None:
        fail("a history in memory has no file: use --history FILE", USAGE)
    return path


def _make_parent(path: Path) -> None:
    from parlour.journal.sqlite.file_owner import make_directory  # noqa: PLC0415

    make_directory(path.parent)


def _print(line: str) -> None:
    click.echo(printable(line))


@contextmanager
def reporting_errors() -> Iterator[None]:
    """Report an error within the context in one line, and exit."""
    open_missing_streams()
    import sqlite3  # noqa: PLC0415 -- the other commands do not need it

    from parlour.core.storage import StorageError  # noqa: PLC0415
    from parlour.journal.sqlite.files import FileError  # noqa: PLC0415

    try:
        yield
    except (FileError, StorageError, sqlite3.Error) as exc:
        fail(printable(str(exc)), FAILED)
    except KeyboardInterrupt:
        fail("interrupted", FAILED)
    except OSError as exc:
        if exc.filename is None:
            raise  # of a standard stream: StreamSafeCommand reports it
        fail(f"{exc.filename}: {exc.strerror}", FAILED)
