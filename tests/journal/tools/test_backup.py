import os
import stat
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from parlour.journal.sqlite.files import FileError, companion
from parlour.journal.tools.backup import backup, restore
from parlour.journal.tools.verify import verify
from tests.journal.helpers import (
    NOW,
    VERONA,
    draft,
    drafts,
    edit,
    maintain_fully,
    open_store,
    search,
    sequences,
    stored_texts,
    texts,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history with the messages a, b and c."""
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append([draft(each, key=each) for each in "abc"], NOW)
        maintain_fully(store)
    return path


def names(directory: Path) -> set[str]:
    return {each.name for each in directory.iterdir()}


def test_a_backup_is_a_history(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()

    backup(path, copy)

    assert names(copy.parent) == {"copy.db"}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert verify(copy).problems == []
    with closing(open_store(path)) as old, closing(open_store(copy)) as new:
        assert stored_texts(new) == stored_texts(old) == ["a", "b", "c"]
        assert new.extent(VERONA) == old.extent(VERONA)


def test_a_backup_is_made_while_a_server_writes(path: Path, tmp_path: Path) -> None:
    copy, is_done, recorded = tmp_path / "copy.db", Event(), []
    with closing(open_store(path)) as store:
        store.append(drafts(["x" * 1000] * 5000), NOW)
        counts: list[int] = []

        def record() -> None:
            while not is_done.is_set():
                recorded.extend(store.append(drafts(["y" * 1000] * 10), NOW))

        thread = Thread(target=record)
        thread.start()
        backup(path, copy, lambda _done, _total: counts.append(len(recorded)))
        is_done.set()
        thread.join()

        assert counts[-1] > counts[0]  # batches were recorded meanwhile
        head = store.extent(VERONA).head
    assert verify(copy).problems == []
    with closing(open_store(copy)) as store:
        extent = store.extent(VERONA)
        assert extent.first == 1
        assert 5003 <= extent.head < head
        assert (extent.head - 5003) % 10 == 0
        assert len(stored_texts(store)) == extent.head


def test_a_backup_reports_its_progress(path: Path, tmp_path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(drafts(["x" * 4000] * 4000), NOW)
    reports: list[tuple[int, int]] = []

    backup(
        path, tmp_path / "copy.db", lambda done, total: reports.append((done, total))
    )

    assert len(reports) > 2
    assert reports == sorted(reports)
    assert reports[-1][0] == reports[-1][1]


def test_an_older_backup_is_replaced(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(open_store(path)) as store:
        store.append(drafts("d"), NOW)

    backup(path, copy)

    with closing(open_store(copy)) as store:
        assert stored_texts(store) == ["a", "b", "c", "d"]


def test_a_backup_does_not_replace_a_history(path: Path, tmp_path: Path) -> None:
    other, restored = tmp_path / "other.db", tmp_path / "restored.db"
    open_store(other).close()
    restore(path, restored)

    for target in (other, restored):
        with pytest.raises(FileError, match="is a history, not a backup of one"):
            backup(path, target)

    companion(other, ".lock").unlink()
    with pytest.raises(FileError, match="is a history, not a backup of one"):
        backup(path, other)


def test_a_backup_replaces_no_other_file(path: Path, tmp_path: Path) -> None:
    diary, other = tmp_path / "diary", tmp_path / "other.db"
    diary.write_bytes(b"dear diary\n" * 1000)

    with pytest.raises(FileError, match="is not a database"):
        backup(path, diary)
    with pytest.raises(FileError, match="is the history itself"):
        backup(path, tmp_path / "." / "chat.db")
    with (
        closing(open_store(other)),
        pytest.raises(FileError, match="is a history, not"),
    ):
        backup(path, other)
    with pytest.raises(FileError, match="there is no such file"):
        backup(tmp_path / "nothing.db", tmp_path / "copy.db")

    assert diary.read_bytes() == b"dear diary\n" * 1000
    assert not (tmp_path / "copy.db").exists()


def test_a_restored_history_is_the_backup_with_a_new_epoch(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(open_store(path)) as store:
        store.append(drafts("de"), NOW)
        old = store.extent(VERONA).epoch

    epoch = restore(copy, path).epoch

    with closing(open_store(path)) as store:
        assert store.extent(VERONA).epoch == epoch != old
        assert stored_texts(store) == ["a", "b", "c"]
        assert texts(store.read(search("b"))) == ["b"]
        assert sequences(store.append([draft("c", key="c"), draft("d")], NOW)) == [
            3,
            4,
        ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_restore_renames_the_history_that_it_replaces(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(open_store(path)) as store:
        store.append(drafts("de"), NOW)

    restore(copy, path)

    assert names(tmp_path) == {
        "chat.db",
        "chat.db.lock",
        "chat.db.replaced",
        "copy.db",
    }
    with closing(open_store(tmp_path / "chat.db.replaced")) as store:
        assert stored_texts(store) == ["a", "b", "c", "d", "e"]


def test_repeated_restores_number_the_replaced_histories(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(open_store(path)) as store:
        store.append(drafts("d"), NOW)

    replaced = [restore(copy, path).replaced for _ in range(3)]

    assert replaced == [
        tmp_path / name
        for name in ("chat.db.replaced", "chat.db.replaced-2", "chat.db.replaced-3")
    ]
    with closing(open_store(tmp_path / "chat.db.replaced")) as store:
        assert stored_texts(store) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("kind", ["pipe", "directory", "loop"])
def test_a_restore_replaces_only_regular_files(
    path: Path, tmp_path: Path, kind: str
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
        restore(path, place)

    assert (place.lstat().st_ino, names(tmp_path)) == before


def test_a_failed_restore_leaves_no_files(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    edit(
        copy,
        "CREATE TRIGGER no BEFORE UPDATE ON about BEGIN SELECT RAISE(FAIL, ''); END",
    )
    before = names(tmp_path)

    with pytest.raises(FileError, match=r"chat\.db cannot be written: "):
        restore(copy, path)

    assert names(tmp_path) == before


def test_a_restore_reports_the_progress_of_the_verification(
    path: Path, tmp_path: Path
) -> None:
    reports: list[tuple[int, int]] = []

    restore(
        path, tmp_path / "new.db", lambda done, total: reports.append((done, total))
    )

    assert (3, 3) in reports  # progress in messages, before that in pages


def test_a_backup_can_be_restored_where_there_is_no_history(
    path: Path, tmp_path: Path
) -> None:
    restore(path, tmp_path / "new.db")

    with closing(open_store(tmp_path / "new.db")) as store:
        assert stored_texts(store) == ["a", "b", "c"]


@pytest.mark.parametrize("damage", ["not a database", "empty", "log only"])
def test_a_backup_can_be_restored_over_a_broken_history(
    path: Path, tmp_path: Path, damage: str
) -> None:
    copy, log = tmp_path / "copy.db", tmp_path / "chat.db-wal"
    backup(path, copy)
    if damage == "log only":
        path.unlink()
        log.write_bytes(b"log" * 1000)
    else:
        path.write_bytes(b"" if damage == "empty" else b"broken" * 1000)

    restore(copy, path)

    assert not log.exists()
    with closing(open_store(path)) as store:
        assert stored_texts(store) == ["a", "b", "c"]


def test_a_history_in_use_is_not_replaced(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)

    with (
        closing(open_store(path)),
        pytest.raises(FileError, match=f"in use by process {os.getpid()}"),
    ):
        restore(copy, path)

    assert "chat.db.replaced" not in names(tmp_path)


def test_a_damaged_backup_is_not_restored(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    edit(copy, "UPDATE message SET text = 'x' WHERE text = 'b'")

    with pytest.raises(
        FileError, match=r"is damaged \(verona: message 2 was changed\)"
    ):
        restore(copy, path)

    with closing(open_store(path)) as store:
        assert stored_texts(store) == ["a", "b", "c"]


def test_a_second_backup_to_the_same_file_is_refused(
    path: Path, tmp_path: Path
) -> None:
    copy, errors = tmp_path / "copies" / "copy.db", []
    copy.parent.mkdir()

    def back_up_again(_done: int, _total: int) -> None:
        with pytest.raises(FileError) as caught:
            backup(path, copy)
        errors.append(str(caught.value))

    backup(path, copy, back_up_again)

    why = f"another backup or export to {copy} is running: wait for it"
    assert set(errors) == {why}
    assert verify(copy).problems == []
    assert names(copy.parent) == {"copy.db"}


def test_the_files_of_a_killed_backup_are_replaced(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    for suffix in (".part", ".part-journal", ".part.lock"):
        companion(copy, suffix).write_bytes(b"half")

    backup(path, copy)

    assert names(copy.parent) == {"copy.db"}
    assert verify(copy).problems == []


def test_a_backup_to_a_hard_link_of_the_history_is_refused(path: Path) -> None:
    other = path.with_name("other.db")
    other.hardlink_to(path)

    for source, target in ((path, other), (other, path)):
        with pytest.raises(FileError, match="is the history itself"):
            backup(source, target)


def test_a_restore_over_a_hard_link_of_a_file_in_use_is_refused(
    path: Path, tmp_path: Path
) -> None:
    copy, other = tmp_path / "copy.db", path.with_name("other.db")
    backup(path, copy)

    with closing(open_store(path)) as store:
        other.hardlink_to(path)
        with pytest.raises(FileError, match="in use by another process, perhaps under"):
            restore(copy, other)
        store.append(drafts("d"), NOW)

    assert other.samefile(path)
    other.unlink()
    assert verify(path).rooms["verona"].head == 4
