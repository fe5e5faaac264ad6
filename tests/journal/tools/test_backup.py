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
    in_file,
    kept,
    search,
    sequences,
    texts,
    tidy,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a history that says abc."""
    path = tmp_path / "chat.db"
    with closing(in_file(path)) as history:
        history.append([draft(each, key=each) for each in "abc"], NOW)
        tidy(history)
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
    with closing(in_file(path)) as old, closing(in_file(copy)) as new:
        assert kept(new) == kept(old) == ["a", "b", "c"]
        assert new.extent(VERONA) == old.extent(VERONA)


def test_a_backup_is_made_while_a_server_writes(path: Path, tmp_path: Path) -> None:
    copy, is_over, said = tmp_path / "copy.db", Event(), []
    with closing(in_file(path)) as history:
        history.append(drafts(["x" * 1000] * 5000), NOW)
        moments: list[int] = []

        def speak() -> None:
            while not is_over.is_set():
                said.extend(history.append(drafts(["y" * 1000] * 10), NOW))

        speaker = Thread(target=speak)
        speaker.start()
        backup(path, copy, lambda _done, _total: moments.append(len(said)))
        is_over.set()
        speaker.join()

        assert moments[-1] > moments[0]  # it was written to meanwhile
        head = history.extent(VERONA).head
    assert verify(copy).problems == []
    with closing(in_file(copy)) as history:
        extent = history.extent(VERONA)
        assert extent.first == 1
        assert 5003 <= extent.head < head
        assert (extent.head - 5003) % 10 == 0
        assert len(kept(history)) == extent.head


def test_a_backup_reports_its_progress(path: Path, tmp_path: Path) -> None:
    with closing(in_file(path)) as history:
        history.append(drafts(["x" * 4000] * 4000), NOW)
    told: list[tuple[int, int]] = []

    backup(path, tmp_path / "copy.db", lambda done, total: told.append((done, total)))

    assert len(told) > 2
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]


def test_an_older_backup_is_replaced(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(in_file(path)) as history:
        history.append(drafts("d"), NOW)

    backup(path, copy)

    with closing(in_file(copy)) as history:
        assert kept(history) == ["a", "b", "c", "d"]


def test_a_backup_does_not_replace_a_history(path: Path, tmp_path: Path) -> None:
    other, restored = tmp_path / "other.db", tmp_path / "restored.db"
    in_file(other).close()
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
        closing(in_file(other)),
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
    with closing(in_file(path)) as history:
        history.append(drafts("de"), NOW)
        old = history.extent(VERONA).epoch

    epoch = restore(copy, path).epoch

    with closing(in_file(path)) as history:
        assert history.extent(VERONA).epoch == epoch != old
        assert kept(history) == ["a", "b", "c"]
        assert texts(history.read(search("b"))) == ["b"]
        assert sequences(history.append([draft("c", key="c"), draft("d")], NOW)) == [
            3,
            4,
        ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_restore_renames_the_history_that_it_replaces(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(in_file(path)) as history:
        history.append(drafts("de"), NOW)

    restore(copy, path)

    assert names(tmp_path) == {
        "chat.db",
        "chat.db.lock",
        "chat.db.replaced",
        "copy.db",
    }
    with closing(in_file(tmp_path / "chat.db.replaced")) as history:
        assert kept(history) == ["a", "b", "c", "d", "e"]


def test_repeated_restores_number_the_replaced_histories(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)
    with closing(in_file(path)) as history:
        history.append(drafts("d"), NOW)

    replaced = [restore(copy, path).replaced for _ in range(3)]

    assert replaced == [
        tmp_path / name
        for name in ("chat.db.replaced", "chat.db.replaced-2", "chat.db.replaced-3")
    ]
    with closing(in_file(tmp_path / "chat.db.replaced")) as history:
        assert kept(history) == ["a", "b", "c", "d"]


@pytest.mark.parametrize("kind", ["pipe", "directory", "circle"])
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
    told: list[tuple[int, int]] = []

    restore(path, tmp_path / "new.db", lambda done, total: told.append((done, total)))

    assert (3, 3) in told  # messages, before the pages


def test_a_backup_can_be_restored_where_there_is_no_history(
    path: Path, tmp_path: Path
) -> None:
    restore(path, tmp_path / "new.db")

    with closing(in_file(tmp_path / "new.db")) as history:
        assert kept(history) == ["a", "b", "c"]


@pytest.mark.parametrize("harm", ["not a database", "empty", "log only"])
def test_a_backup_can_be_restored_over_a_broken_history(
    path: Path, tmp_path: Path, harm: str
) -> None:
    copy, log = tmp_path / "copy.db", tmp_path / "chat.db-wal"
    backup(path, copy)
    if harm == "log only":
        path.unlink()
        log.write_bytes(b"log" * 1000)
    else:
        path.write_bytes(b"" if harm == "empty" else b"broken" * 1000)

    restore(copy, path)

    assert not log.exists()
    with closing(in_file(path)) as history:
        assert kept(history) == ["a", "b", "c"]


def test_a_history_in_use_is_not_replaced(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(path, copy)

    with (
        closing(in_file(path)),
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

    with closing(in_file(path)) as history:
        assert kept(history) == ["a", "b", "c"]


def test_a_second_backup_to_the_same_file_is_refused(
    path: Path, tmp_path: Path
) -> None:
    copy, told = tmp_path / "copies" / "copy.db", []
    copy.parent.mkdir()

    def meanwhile(_done: int, _total: int) -> None:
        with pytest.raises(FileError) as caught:
            backup(path, copy)
        told.append(str(caught.value))

    backup(path, copy, meanwhile)

    why = f"another backup or export to {copy} is running: wait for it"
    assert set(told) == {why}
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

    with closing(in_file(path)) as history:
        other.hardlink_to(path)
        with pytest.raises(FileError, match="in use by another process, perhaps under"):
            restore(copy, other)
        history.append(drafts("d"), NOW)

    assert other.samefile(path)
    other.unlink()
    assert verify(path).rooms["verona"].head == 4
