import stat
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from parlour.journal.sqlite.files import FileError, companion
from parlour.journal.tools.backup import backup, restore
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    head,
    names,
    open_store,
    record,
    stored_texts,
)


def test_a_backup_is_a_complete_history(history: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()

    backup(history, copy)

    assert names(copy.parent) == {"copy.db"}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert verify(copy).problems == []
    with closing(open_store(history)) as old, closing(open_store(copy)) as new:
        assert stored_texts(new) == stored_texts(old) == ["a", "b", "c"]
        assert new.load() == old.load()


def test_a_backup_is_made_while_a_server_writes(history: Path, tmp_path: Path) -> None:
    copy, is_done, recorded = tmp_path / "copy.db", Event(), 0
    with closing(open_store(history)) as store:
        record(store, ["x" * 1000] * 5000)
        counts: list[int] = []

        def record_more() -> None:
            nonlocal recorded
            while not is_done.is_set():
                record(store, ["y" * 1000] * 10)
                recorded += 1

        thread = Thread(target=record_more)
        thread.start()
        backup(history, copy, lambda _done, _total: counts.append(recorded))
        is_done.set()
        thread.join()

        assert counts[-1] > counts[0]  # batches were recorded meanwhile
        last = head(store)
    assert verify(copy).problems == []
    with closing(open_store(copy)) as store:
        assert 5003 <= head(store) < last
        assert (head(store) - 5003) % 10 == 0
        assert len(stored_texts(store)) == head(store)


def test_a_backup_reports_its_progress(history: Path, tmp_path: Path) -> None:
    with closing(open_store(history)) as store:
        record(store, ["x" * 4000] * 4000)
    reports: list[tuple[int, int]] = []

    backup(
        history, tmp_path / "copy.db", lambda done, total: reports.append((done, total))
    )

    assert len(reports) > 2
    assert reports == sorted(reports)
    assert reports[-1][0] == reports[-1][1]


def test_an_older_backup_is_replaced(history: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(history, copy)
    with closing(open_store(history)) as store:
        record(store, "d")

    backup(history, copy)

    with closing(open_store(copy)) as store:
        assert stored_texts(store) == ["a", "b", "c", "d"]


def test_a_backup_does_not_replace_a_history(history: Path, tmp_path: Path) -> None:
    other, restored = tmp_path / "other.db", tmp_path / "restored.db"
    open_store(other).close()
    restore(history, restored)

    for target in (other, restored):
        with pytest.raises(FileError, match="is a history, not a backup of one"):
            backup(history, target)

    companion(other, ".lock").unlink()
    with pytest.raises(FileError, match="is a history, not a backup of one"):
        backup(history, other)


def test_a_backup_does_not_replace_other_files(history: Path, tmp_path: Path) -> None:
    diary, other = tmp_path / "diary", tmp_path / "other.db"
    diary.write_bytes(b"dear diary\n" * 1000)

    with pytest.raises(FileError, match="is not a database"):
        backup(history, diary)
    with pytest.raises(FileError, match="is the history itself"):
        backup(history, tmp_path / "." / "chat.db")
    with (
        closing(open_store(other)),
        pytest.raises(FileError, match="is a history, not"),
    ):
        backup(history, other)
    with pytest.raises(FileError, match="there is no such file"):
        backup(tmp_path / "nothing.db", tmp_path / "copy.db")

    assert diary.read_bytes() == b"dear diary\n" * 1000
    assert not (tmp_path / "copy.db").exists()


def test_a_second_backup_to_the_same_file_is_refused(
    history: Path, tmp_path: Path
) -> None:
    copy, errors = tmp_path / "copies" / "copy.db", []
    copy.parent.mkdir()

    def back_up_again(_done: int, _total: int) -> None:
        with pytest.raises(FileError) as caught:
            backup(history, copy)
        errors.append(str(caught.value))

    backup(history, copy, back_up_again)

    why = f"another backup or export to {copy} is running: wait until it ends"
    assert set(errors) == {why}
    assert verify(copy).problems == []
    assert names(copy.parent) == {"copy.db"}


def test_the_files_of_a_killed_backup_are_replaced(
    history: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copies" / "copy.db"
    copy.parent.mkdir()
    for suffix in (".part", ".part-journal", ".part.lock"):
        companion(copy, suffix).write_bytes(b"half")

    backup(history, copy)

    assert names(copy.parent) == {"copy.db"}
    assert verify(copy).problems == []


def test_a_backup_to_a_hard_link_of_the_history_is_refused(history: Path) -> None:
    other = history.with_name("other.db")
    other.hardlink_to(history)

    for source, target in ((history, other), (other, history)):
        with pytest.raises(FileError, match="is the history itself"):
            backup(source, target)
