"""Files that others may change: the settings, an export, and a history."""

import shutil
import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from parlour.cli.settings.toml_file import read_configuration
from parlour.core.events import LOBBY
from parlour.core.protocol.greeting_text import greeting_text
from parlour.core.roles import Role
from parlour.core.state.state import State
from parlour.core.storage import After, ReadActs, Search, StorageError
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.exporting import export_lines
from parlour.journal.tools.importing import import_lines
from parlour.journal.tools.verify import verify
from tests.fuzz.target import Target, number_of, steps, text_of
from tests.fuzz.targets.texts import assert_shown
from tests.journal.stores import (
    END,
    JULIET,
    batch,
    maintain_fully,
    open_store,
    registered,
    role_set,
    said,
    sanctioned,
)

TEXTS: Final = ("It is the east", "and Juliet is the sun", "漢字", "four", "five")


def fuzz_settings(data: bytes) -> None:
    """Every problem of a file is one line, with the number of a line of the file."""
    with TemporaryDirectory(prefix="fuzz-") as directory:
        path = Path(directory) / "parlour.toml"
        path.write_bytes(data)
        found = read_configuration(path)
    last = text_of(data).count("\n") + text_of(data).count("\r") + 1
    for problem in found.problems:
        assert 0 <= problem.line <= last
        assert problem.text
    for line in found.describe_problems():
        assert line.isprintable(), line
    assert found.values.keys() >= found.lines.keys()


def fuzz_greeting(data: bytes) -> None:
    """A greeting only has characters that are shown, or is refused."""
    try:
        greeting = greeting_text(text_of(data))
    except ValueError:
        return
    assert greeting_text(greeting) == greeting
    for line in greeting.split("\n"):
        assert_shown(line)


def fuzz_import(data: bytes) -> None:
    """What was imported is a valid history, which exports what it contains."""
    with TemporaryDirectory(prefix="fuzz-") as directory:
        path, again = Path(directory) / "chat.db", Path(directory) / "again.db"
        try:
            import_lines(data.splitlines(keepends=True), path)
        except FileError as exc:
            refusal = f"{exc}"
        else:
            refusal = ""
        if refusal:
            assert not path.exists(), "either all lines are imported or none"
            assert refusal.isprintable(), refusal
            return
        assert verify(path).problems == []
        lines = list(export_lines(path))
        import_lines([line.encode() for line in lines], again)
        assert list(export_lines(again)) == lines


@cache
def _history() -> tuple[TemporaryDirectory[str], Path]:
    """Return a directory with an intact history, and the file."""
    directory = TemporaryDirectory(prefix="fuzz-")
    path = Path(directory.name) / "chat.db"
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet"), registered("Romeo")))
        store.append(batch(*(said(text, LOBBY) for text in TEXTS)))
        store.append(
            batch(role_set(JULIET, Role.MODERATOR, LOBBY), sanctioned(room=LOBBY))
        )
        maintain_fully(store)
    return directory, path


def fuzz_history(data: bytes) -> None:
    """A changed row is found, or changes no message.

    A step is a change: ``TABLE COLUMN ROW VALUE``, each with a number or a text; a step
    with ``-`` deletes a row.
    """
    with TemporaryDirectory(prefix="fuzz-") as directory:
        path = Path(directory) / "chat.db"
        shutil.copy(_history()[1], path)
        if not _change(path, data):
            return
        problems = verify(path).problems
        try:
            with closing(open_store(path)) as store:
                State(store.load())
                found = store.read(After(LOBBY, 0, END, 100)).messages
                store.read(Search(LOBBY, "juliet", END, 10))
                store.read(ReadActs(LOBBY, END, 10))
        except (FileError, StorageError):
            return
        texts = tuple(message.text for message in found)
        assert texts == TEXTS or problems, texts


def _change(path: Path, data: bytes) -> bool:
    """Change rows as *data* says; return whether that was possible."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        tables = [
            name
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' "
                "AND sql NOT LIKE '%VIRTUAL%' ORDER BY name"
            )
        ]
        for kind, rest in steps(data):
            fields = rest.split(b" ", 3)
            if len(fields) < 4:
                return False
            table = tables[number_of(fields[0], 0, len(tables) - 1)]
            columns = [row[1] for row in db.execute(f"PRAGMA table_info('{table}')")]
            column = columns[number_of(fields[1], 0, len(columns) - 1)]
            row = number_of(fields[2], 0, 20)
            where = f'WHERE rowid = (SELECT rowid FROM "{table}" LIMIT 1 OFFSET {row})'
            try:
                if kind == "-":
                    db.execute(f'DELETE FROM "{table}" {where}')
                else:
                    value = _value(kind, fields[3])
                    db.execute(f'UPDATE "{table}" SET "{column}" = ? {where}', [value])
            except sqlite3.Error:
                return False  # the schema does not allow it, or has no row numbers
    return True


def _value(kind: str, text: bytes) -> int | float | str | bytes | None:
    match kind:
        case "i":
            return number_of(text, -(1 << 62), 1 << 62)
        case "n":
            return number_of(text, -2, 5_000)
        case "f":
            return 1e300
        case "b":
            return text
        case "0":
            return None
        case _:
            return text.decode("utf-8", "replace")


SETTINGS: Final = (
    *(b"port", b"host", b"max-history", b"web-allow", b"rate", b"greeting", b" = "),
    *(b"guests", b"log-level", b'"""', b"[", b"]", b"true", b"1979-05-27", b"\r\n"),
    *(b"inf", b"nan", b"0x10", b"engine", b"tls-cert", b"history"),
)
EXPORT: Final = (
    *(
        b'{"type":"message","data":{"room":"lobby","sequence":',
        b'"time":"',
        b'"account"',
    ),
    *(
        b'"source":"',
        b'"message":"',
        b'"room"',
        b'"topic"',
        b'"open":true',
        b'"unused"',
    ),
    *(b'"first":', b'"last":', b'"role"', b'"sanction"', b'"invitation"', b'"act"'),
    *(b"2023-11-14T22:13:20.250000Z", b'"by"', b'"target":', b'"erased"', b"\n"),
)
TARGETS: Final = (
    Target(fuzz_settings, SETTINGS),
    Target(fuzz_greeting, (b"\n", b"\xc2\x85", b"\xe2\x80\xa8", b"\t", b" ")),
    Target(fuzz_import, EXPORT, 4096),
    Target(fuzz_history, (b"\nt", b"\ni", b"\nn", b"\n-", b"\n0", b"\nb"), 256),
)
