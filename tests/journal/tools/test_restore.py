import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import AccountIgnored
from parlour.core.roles import Role
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.backup import backup, restore
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    JULIET,
    ROMEO,
    VERONA,
    batch,
    edit,
    head,
    names,
    open_store,
    record,
    registered,
    role_set,
    sanctioned,
    search,
    stored_keys,
    stored_texts,
    texts,
)


def test_a_restored_history_is_the_backup_with_a_new_epoch(
    history: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(history, copy)
    with closing(open_store(history)) as store:
        record(store, "de")
        old = store.load().epoch

    epoch = restore(copy, history).epoch

    with closing(open_store(history)) as store:
        assert store.load().epoch == epoch != old
        assert stored_texts(store) == ["a", "b", "c"]
        assert texts(store.read(search("b"))) == ["b"]
        assert stored_keys(store) == ["a", "b", "c"]
        record(store, "d")
        assert head(store) == 4
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_a_restored_history_has_the_accounts_and_sanctions_of_the_backup(
    history: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    ignored = AccountIgnored(ROMEO, JULIET, "Paris", "paris")
    with closing(open_store(history)) as store:
        store.append(batch(registered("Juliet", (VERONA,), device="a"), ignored))
        store.append(batch(role_set(JULIET, Role.OWNER, VERONA), sanctioned()))
        old = store.load()
        backup(history, copy)
        store.append(batch(registered("Tybalt")))

    restore(copy, history)

    with closing(open_store(history)) as store:
        state = store.load()
    assert state.replace(epoch="") == old.replace(epoch="")
    assert verify(history).acts == 2


def test_a_restore_renames_the_history_that_it_replaces(
    history: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(history, copy)
    with closing(open_store(history)) as store:
        record(store, "de")

    restore(copy, history)

    assert names(tmp_path) == {
        "chat.db",
        "chat.db.lock",
        "chat.db.replaced",
        "copy.db",
    }
    with closing(open_store(tmp_path / "chat.db.replaced")) as store:
        assert stored_texts(store) == ["a", "b", "c", "d", "e"]


def test_repeated_restores_number_the_replaced_histories(
    history: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(history, copy)
    with closing(open_store(history)) as store:
        record(store, "d")

    replaced = [restore(copy, history).replaced for _ in range(3)]

    assert replaced == [
        tmp_path / name
        for name in ("chat.db.replaced", "chat.db.replaced-2", "chat.db.replaced-3")
    ]
    with closing(open_store(tmp_path / "chat.db.replaced")) as store:
        assert stored_texts(store) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("kind", ["pipe", "directory", "loop"])
def test_a_restore_replaces_only_regular_files(
    history: Path, tmp_path: Path, kind: str
) -> None:
    place = tmp_path / "place"
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "directory":
        place.mkdir()
    else:
        place.symlink_to(place)
    before = place.lstat().st_ino, names(tmp_path)

    with pytest.raises(FileError, match=r"place is |place: "):
        restore(history, place)

    assert (place.lstat().st_ino, names(tmp_path)) == before


def test_a_failed_restore_leaves_no_files(history: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(history, copy)
    edit(
        copy,
        "CREATE TRIGGER no BEFORE UPDATE ON about BEGIN SELECT RAISE(FAIL, ''); END",
    )
    before = names(tmp_path)

    with pytest.raises(FileError, match=r"chat\.db cannot be written: "):
        restore(copy, history)

    assert names(tmp_path) == before


def test_a_restore_reports_the_progress_of_the_verification(
    history: Path, tmp_path: Path
) -> None:
    reports: list[tuple[int, int]] = []

    restore(
        history, tmp_path / "new.db", lambda done, total: reports.append((done, total))
    )

    assert (3, 3) in reports  # progress in messages, before that in pages


def test_a_backup_can_be_restored_to_a_new_file(history: Path, tmp_path: Path) -> None:
    restore(history, tmp_path / "new.db")

    with closing(open_store(tmp_path / "new.db")) as store:
        assert stored_texts(store) == ["a", "b", "c"]


@pytest.mark.parametrize("damage", ["not a database", "empty", "log only"])
def test_a_backup_can_be_restored_over_a_broken_history(
    history: Path, tmp_path: Path, damage: str
) -> None:
    copy, log = tmp_path / "copy.db", tmp_path / "chat.db-wal"
    backup(history, copy)
    if damage == "log only":
        history.unlink()
        log.write_bytes(b"log" * 1000)
    else:
        history.write_bytes(b"" if damage == "empty" else b"broken" * 1000)

    restore(copy, history)

    assert not log.exists()
    with closing(open_store(history)) as store:
        assert stored_texts(store) == ["a", "b", "c"]


def test_a_history_in_use_is_not_replaced(history: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(history, copy)

    with (
        closing(open_store(history)),
        pytest.raises(FileError, match=f"in use by process {os.getpid()}"),
    ):
        restore(copy, history)

    assert "chat.db.replaced" not in names(tmp_path)


def test_a_damaged_backup_is_not_restored(history: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(history, copy)
    edit(copy, "UPDATE message SET text = 'x' WHERE text = 'b'")

    with pytest.raises(
        FileError, match=r"is damaged \(verona: message 2 was changed\)"
    ):
        restore(copy, history)

    with closing(open_store(history)) as store:
        assert stored_texts(store) == ["a", "b", "c"]


def test_a_restore_over_a_hard_link_of_a_file_in_use_is_refused(
    history: Path, tmp_path: Path
) -> None:
    copy, other = tmp_path / "copy.db", history.with_name("other.db")
    backup(history, copy)

    with closing(open_store(history)) as store:
        other.hardlink_to(history)
        with pytest.raises(FileError, match="in use by another process, perhaps under"):
            restore(copy, other)
        record(store, "d")

    assert other.samefile(history)
    other.unlink()
    assert verify(history).rooms[VERONA].head == 4
