"""Commands for the file of a history: backup, restore, export, import, verify."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from parlour.system.standard_streams import open_missing_streams, print_error

from .command_classes import ProgramCommand
from .errors import FAILED, USAGE, fail
from .history_location import history_path
from .option_types import FileType, HistoryType, Memory, PortType
from .shared_options import SETTINGS, VERSION
from .suspension import resumable

Progress = Callable[[int, int], None]
"""Called with the completed and the total amount; see `journal.tools.progress`."""

FILE = FileType(path_type=Path, readable=False)  # the command itself checks access
ERASE_LINE = "\r\x1b[K"

HISTORY = click.option(
    "--history",
    type=HistoryType(),
    metavar="FILE",
    help="File of the history.  [default: that of the server on --port]",
)
PORT = click.option(
    "--port",
    type=PortType(1),
    default=5555,
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
    with _reporting_errors():
        with _showing_progress("backup") as progress:
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
    with _reporting_errors():
        with _showing_progress("restore") as progress:
            _make_parent(target)
            restored = backup.restore(file, target, progress)
        _print(f"restored {file} to {target}")
        if restored.replaced is not None:
            _print(f"the previous history is now {restored.replaced}")


@click.command(
    cls=ProgramCommand,
    context_settings=SETTINGS,
    short_help="Write all messages as lines of JSON.",
)
@VERSION
@click.argument("file", type=FILE, required=False)
@HISTORY
@PORT
def export(*, file: Path | None, history: Path | Memory | None, port: int) -> None:
    """Write all messages as lines of JSON to the new FILE, or to standard output.

    A server may be using the history.
    """
    from parlour.journal.tools import exporting  # noqa: PLC0415

    source = _history_file(history, port)
    is_closed = "stdout" in open_missing_streams()
    with _reporting_errors():
        is_quiet = file is None and sys.stdout.isatty()
        with _showing_progress("export", is_quiet=is_quiet) as progress:
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
    cls=ProgramCommand,
    context_settings=SETTINGS,
    short_help="Fill an empty history with exported messages.",
)
@VERSION
@click.argument("file", type=FILE, required=False)
@HISTORY
@PORT
def import_(*, file: Path | None, history: Path | Memory | None, port: int) -> None:
    """Fill an empty history with messages exported to FILE, or from standard input.

    No server may be using the history.
    """
    from parlour.journal.tools import importing, json_lines  # noqa: PLC0415

    target = _history_file(history, port)
    with _reporting_errors():
        with _showing_progress("import") as progress:
            _make_parent(target)
            if file is None:
                lines = json_lines.read_lines(sys.stdin.buffer, "standard input")
                count = importing.import_lines(lines, target, progress)
            else:
                with file.open("rb") as opened:
                    lines = json_lines.read_lines(opened, str(file))
                    count = importing.import_lines(lines, target, progress)
        _print(f"{_messages(count)} imported into {target}")


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
    with _reporting_errors():
        with _showing_progress("verify") as progress:
            report = resumable(lambda: verify.verify(path, progress))
        for name, room in report.rooms.items():
            _print(
                f"{name}: {_messages(room.messages)}, {room.first:,} to {room.head:,}"
                if room.messages
                else f"{name}: no messages"
            )
        for problem in report.problems:
            _print(f"fault: {problem}")
        if report.problems:
            fail(f"{path} is damaged: restore a backup", FAILED)
        _print(f"{path} is undamaged")


def _history_file(history: Path | Memory | None, port: int) -> Path:
    """Return the file that the options name; exit if the history is in memory."""
    path = history_path(history, port, FAILED)
    if path is None:
        fail("a history in memory has no file: use --history FILE", USAGE)
    return path


def _make_parent(path: Path) -> None:
    from parlour.journal.sqlite.file_owner import make_directory  # noqa: PLC0415

    make_directory(path.parent)


def _print(line: str) -> None:
    click.echo(_printable(line))


def _printable(line: str) -> str:
    """Escape the control characters in *line*, which may be from an untrusted file."""
    if line.isprintable():
        return line
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode()
        for each in line
    )


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"


@contextmanager
def _reporting_errors() -> Iterator[None]:
    """Report an error within the context in one line, and exit."""
    open_missing_streams()
    import sqlite3  # noqa: PLC0415 -- the other commands do not need it

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
            raise  # of a standard stream: StreamSafeCommand reports it
        fail(f"{exc.filename}: {exc.strerror}", FAILED)


@contextmanager
def _showing_progress(verb: str, *, is_quiet: bool = False) -> Iterator[Progress]:
    """Show the progress if standard error is a terminal, and erase it at the end."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    shown = ""

    def show(done: int, total: int) -> None:
        nonlocal shown
        amount = f"{100 * done // total} %" if total else _messages(done)
        if amount != shown:
            shown = amount
            print_error(f"{ERASE_LINE}{verb}: {amount}")

    try:
        yield show
    finally:
        print_error(ERASE_LINE)
