"""Commands for the file of a history: copy it, move it, see whether it is whole."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from parlour.system.standard_streams import open_missing_streams, print_error

from .command_classes import PortType, Program
from .option_types import (
    FAILED,
    SETTINGS,
    USAGE,
    VERSION,
    HistoryType,
    Memory,
    fail,
    history_file,
)
from .suspension import resumable

Progress = Callable[[int, int], None]
"""Called with how much is done, and of how much; see `journal.tools.progress`."""


class FileType(click.Path):
    """A file, by a name that is one."""

    def convert(  # as click's
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | bytes | os.PathLike[str]:
        if not Path(value).name:
            what = (
                f"{value} is a directory: name a file in it" if value else "it is empty"
            )
            self.fail(what, param, ctx)
        return super().convert(value, param, ctx)


FILE = FileType(path_type=Path, readable=False)  # which the work itself tells
ERASE = "\r\x1b[K"  # the line on the terminal

HISTORY = click.option(
    "--history",
    type=HistoryType(),
    metavar="FILE",
    help="The history's file.  [default: that of the server on --port]",
)
PORT = click.option(
    "--port",
    type=PortType(1),
    default=5555,
    show_default=True,
    help="The port of the server whose history is meant, unless --history says it.",
)


@click.command(cls=Program, context_settings=SETTINGS)
@VERSION
@click.argument("file", type=FILE)
@HISTORY
@PORT
def backup(*, file: Path, history: Path | Memory | None, port: int) -> None:
    """Copy the history to FILE, also while a server uses it."""
    from parlour.journal.tools import backup  # noqa: PLC0415

    source = _chosen(history, port)
    with _told():
        with _shown("backup") as progress:
            resumable(lambda: backup.backup(source, file, progress))
        _say(f"{source} is copied to {file}")


@click.command(cls=Program, context_settings=SETTINGS)
@VERSION
@click.argument("file", type=FILE)
@HISTORY
@PORT
def restore(*, file: Path, history: Path | Memory | None, port: int) -> None:
    """Make the backup FILE the history. No server may be using that.

    What was there before is kept beside it, as HISTORY.replaced; delete that when you
    do not need it any more.
    """
    from parlour.journal.tools import backup  # noqa: PLC0415

    target = _chosen(history, port)
    with _told():
        with _shown("restore") as progress:
            _make_parent(target)
            restored = backup.restore(file, target, progress)
        _say(f"{file} is restored to {target}")
        if restored.replaced is not None:
            _say(f"what was there before is now {restored.replaced}")


@click.command(cls=Program, context_settings=SETTINGS)
@VERSION
@click.argument("file", type=FILE, required=False)
@HISTORY
@PORT
def export(*, file: Path | None, history: Path | Memory | None, port: int) -> None:
    """Write all messages to the new FILE or to standard output.

    Each is a line of JSON. A server may be using the history.
    """
    from parlour.journal.tools import exporting  # noqa: PLC0415

    source = _chosen(history, port)
    is_closed = "stdout" in open_missing_streams()
    with _told():
        is_quiet = file is None and sys.stdout.isatty()
        with _shown("export", is_quiet=is_quiet) as progress:
            lines = exporting.export_lines(source, progress)
            if file is not None:
                count = exporting.write_lines(lines, file)
            else:
                count = 0
                for count, line in enumerate(lines, 1):  # noqa: B007 -- how many
                    if is_closed:
                        fail("standard output is closed: nothing is exported", FAILED)
                    sys.stdout.buffer.write(f"{line}\n".encode())
                sys.stdout.buffer.flush()
        where = f" to {file}" if file is not None else ""
        print_error(_printable(f"{_messages(count)} exported{where}") + "\n")


@click.command(
    "import",
    cls=Program,
    context_settings=SETTINGS,
    short_help="Make an empty history of what was exported.",
)
@VERSION
@click.argument("file", type=FILE, required=False)
@HISTORY
@PORT
def import_(*, file: Path | None, history: Path | Memory | None, port: int) -> None:
    """Make an empty history of what was exported to FILE, or of standard input.

    No server may be using the history.
    """
    from parlour.journal.tools import importing, json_lines  # noqa: PLC0415

    target = _chosen(history, port)
    with _told():
        with _shown("import") as progress:
            _make_parent(target)
            if file is None:
                lines = json_lines.read_lines(sys.stdin.buffer, "standard input")
                count = importing.import_lines(lines, target, progress)
            else:
                with file.open("rb") as opened:
                    lines = json_lines.read_lines(opened, str(file))
                    count = importing.import_lines(lines, target, progress)
        _say(f"{_messages(count)} imported into {target}")


@click.command(
    cls=Program,
    context_settings=SETTINGS,
    short_help="Look whether the history, or FILE, is whole.",
)
@VERSION
@click.argument("file", type=FILE, required=False)
@HISTORY
@PORT
def verify(*, file: Path | None, history: Path | Memory | None, port: int) -> None:
    """Look whether the history, or FILE, is whole: order, gaps, checksums.

    A server may be using it.
    """
    from parlour.journal.tools import verify  # noqa: PLC0415

    if file is not None and history is not None:
        fail("name FILE or --history, not both", USAGE)
    path = file or _chosen(history, port)
    with _told():
        with _shown("verify") as progress:
            report = resumable(lambda: verify.verify(path, progress))
        for room, kept in report.rooms.items():
            _say(
                f"{room}: {_messages(kept.messages)}, {kept.first:,} to {kept.head:,}"
                if kept.messages
                else f"{room}: no messages"
            )
        for problem in report.problems:
            _say(f"fault: {problem}")
        if report.problems:
            fail(f"{path} is damaged: restore a backup", FAILED)
        _say(f"{path} is whole")


def add_to(group: click.Group) -> None:
    """Make all commands of this module known to *group*."""
    for command in (backup, restore, export, import_, verify):
        group.add_command(command)


def _chosen(history: Path | Memory | None, port: int) -> Path:
    """Return the file that is meant."""
    path = history_file(history, port, FAILED)
    if path is None:
        fail("a history in memory has no file: give --history FILE", USAGE)
    return path


def _make_parent(path: Path) -> None:
    from parlour.journal.sqlite.ownership import make_directory  # noqa: PLC0415

    make_directory(path.parent)


def _say(line: str) -> None:
    click.echo(_printable(line))


def _printable(line: str) -> str:
    """Return *line* with what moves a cursor spelled: a file may hold anything."""
    if line.isprintable():
        return line
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in line
    )


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


@contextmanager
def _told() -> Iterator[None]:
    """Say in one line what goes wrong meanwhile, and end."""
    open_missing_streams()
    import sqlite3  # noqa: PLC0415 -- most commands do not need it

    from parlour.core.storage import StorageError  # noqa: PLC0415
    from parlour.journal.sqlite.files import FileError  # noqa: PLC0415

    try:
        yield
    except (FileError, StorageError, sqlite3.Error) as exc:
        fail(_printable(str(exc)), FAILED)
    except KeyboardInterrupt:
        fail("interrupted", FAILED)
    except OSError as exc:
        if exc.filename is None:
            raise  # an output's: told where every program ends
        fail(f"{exc.filename}: {exc.strerror}", FAILED)


@contextmanager
def _shown(verb: str, *, is_quiet: bool = False) -> Iterator[Progress]:
    """Show how far the work is if standard error is a terminal, and erase it then."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    last = ""

    def show(done: int, total: int) -> None:
        nonlocal last
        far = f"{100 * done // total} %" if total else _messages(done)
        if far != last:
            last = far
            print_error(f"{ERASE}{verb}: {far}")

    try:
        yield show
    finally:
        print_error(ERASE)
