"""The service can open the files that root creates beside its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.journal.sqlite.file_owner import make_directory
from parlour.journal.tools.backup import backup, restore
from parlour.journal.tools.exporting import export_lines
from parlour.journal.tools.importing import import_lines
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    open_store,
    record,
)

SERVICE = (5000, 5001)  # user and group

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root can change the owner of a file"
)


def owners(directory: Path) -> dict[str, tuple[int, int]]:
    """Return the owner of each file in *directory*."""
    return {
        each.name: (each.stat().st_uid, each.stat().st_gid)
        for each in directory.iterdir()
    }


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Return the directory of a service, with a history in it."""
    state = tmp_path / "state"
    state.mkdir()
    with closing(open_store(state / "chat.db")) as history:
        record(history, "ab")
    for each in (state, *state.iterdir()):
        os.chown(each, *SERVICE)
    return state


def restore_backup(history: Path) -> None:
    copy = history.parent.with_name("copy.db")
    backup(history, copy)
    restore(copy, history)


def import_export(history: Path) -> None:
    lines = [line.encode() for line in export_lines(history)]
    for each in history.parent.iterdir():
        each.unlink()
    import_lines(lines, history)


def create_history(history: Path) -> None:
    for each in history.parent.iterdir():
        each.unlink()
    open_store(history).close()


def use_and_inspect(history: Path) -> None:
    with closing(open_store(history)) as opened:
        record(opened, "c")
        verify(history)
        list(export_lines(history))
        assert set(owners(history.parent).values()) == {SERVICE}


def back_up_twice(history: Path) -> None:
    copy = history.with_name("copy.db")
    backup(history, copy)
    os.chown(copy, *SERVICE)
    backup(history, copy)


@pytest.mark.parametrize(
    "work",
    [restore_backup, import_export, create_history, use_and_inspect, back_up_twice],
)
def test_files_that_root_creates_belong_to_the_service(
    state: Path, work: Callable[[Path], None]
) -> None:
    work(state / "chat.db")

    assert set(owners(state).values()) == {SERVICE}
    assert {each.stat().st_mode & 0o077 for each in state.iterdir()} == {0}


def test_a_new_backup_made_by_root_belongs_to_root(state: Path) -> None:
    backup(state / "chat.db", state / "copy.db")

    assert owners(state)["copy.db"] == (0, os.getegid())


def test_directories_that_root_creates_belong_to_the_owner_of_their_parent(
    state: Path,
) -> None:
    make_directory(state / "one" / "two")

    assert owners(state)["one"] == owners(state / "one")["two"] == SERVICE
    assert (state / "one" / "two").stat().st_mode & 0o777 == 0o700


def test_a_reader_without_write_permission_is_refused_while_a_server_runs(
    state: Path,
) -> None:
    history = state / "chat.db"
    script = f"""
import os
from pathlib import Path
from parlour.journal.tools.verify import verify
verify(Path({str(history)!r}))  # imports every module while it may
os.setgroups([])
os.setgid(6000)
os.setuid(6000)
print("problems:", verify(Path({str(history)!r})).problems)
"""
    for each in (history, *state.parents[:-2]):
        each.chmod(0o755)

    def verified() -> tuple[str, str]:
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
        return done.stdout, done.stderr

    assert verified() == ("problems: []\n", "")

    with closing(open_store(history)) as opened:
        record(opened, "c")
        history.chmod(0o755)

        out, err = verified()

    assert out == ""
    assert f"{history} is in use by a server, and cannot be read" in err
