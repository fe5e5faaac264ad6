"""A truncated or changed file: which damage is detected, and which cannot be."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import Page, StorageError
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    batch,
    before,
    edit,
    head,
    maintain_fully,
    open_store,
    said,
    stored_texts,
)

PAGE = 4096  # bytes
TEXTS = [f"{number} {'ay me ' * 20}" for number in range(300)]


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a history after a crash, partly in its log."""
    source = tmp_path_factory.mktemp("source") / "chat.db"
    target = tmp_path_factory.mktemp("crashed")
    with closing(open_store(source)) as store:
        store.append(batch(*[said(each) for each in TEXTS[:200]]))
        maintain_fully(store)
    with closing(open_store(source)) as store:
        for start in range(200, 300, 10):
            store.append(batch(*[said(each) for each in TEXTS[start : start + 10]]))
        for name in ("chat.db", "chat.db-wal"):
            shutil.copy(source.with_name(name), target / name)
    return target


def copied(crashed: Path, directory: Path) -> Path:
    shutil.copytree(crashed, directory, dirs_exist_ok=True)
    return directory / "chat.db"


def read_texts(path: Path) -> list[str] | None:
    """Return the stored texts of *path*, or None if damage is detected."""
    try:
        with closing(open_store(path)) as store:
            return stored_texts(store)
    except (FileError, StorageError):
        return None


def test_an_undamaged_copy_has_every_message(crashed: Path, tmp_path: Path) -> None:
    assert read_texts(copied(crashed, tmp_path)) == TEXTS


def test_a_crash_during_a_checkpoint_is_not_reported_as_damage(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    before = path.read_bytes()
    assert read_texts(path) == TEXTS  # closing it checkpointed the log
    after = path.read_bytes()
    copied(crashed, tmp_path)
    # The first page, which contains the new size, is written before the others.
    path.write_bytes(after[:PAGE] + before[PAGE:])

    assert len(after) > len(before)
    verified = verify(path)
    assert verified.problems == []
    assert read_texts(path) == TEXTS


def test_a_flipped_bit_in_the_file_never_changes_a_message(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    original = path.read_bytes()
    chance = random.Random(3)
    detected = 0

    for _ in range(300):
        offset, bit = chance.randrange(len(original)), 1 << chance.randrange(8)
        damaged = bytearray(original)
        damaged[offset] ^= bit
        copied(crashed, tmp_path)
        path.write_bytes(damaged)

        texts = read_texts(path)

        detected += texts is None
        assert texts is None or texts == TEXTS, f"offset {offset}, bit {bit}"

    assert detected > 50


def test_a_truncated_file_is_detected(crashed: Path, tmp_path: Path) -> None:
    path = copied(crashed, tmp_path)
    size = path.stat().st_size

    for length in range(0, size, 512 * 7):
        copied(crashed, tmp_path)
        path.write_bytes(path.read_bytes()[:length])

        assert read_texts(path) in (None, TEXTS), f"{length} bytes"


def test_a_truncated_log_loses_only_whole_batches_at_the_end(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    log = path.with_name("chat.db-wal")
    original = log.read_bytes()
    lengths = set()

    for length in range(0, len(original), 512 * 3):
        copied(crashed, tmp_path)
        log.write_bytes(original[:length])

        texts = read_texts(path)

        assert texts is not None
        assert texts == TEXTS[: len(texts)]
        assert len(texts) % 10 == 0
        lengths.add(len(texts))

    assert min(lengths) == 200
    assert len(lengths) == 10


def test_a_flipped_bit_in_the_log_loses_only_whole_batches_at_the_end(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    log = path.with_name("chat.db-wal")
    original = log.read_bytes()
    chance = random.Random(4)

    for _ in range(100):
        damaged = bytearray(original)
        damaged[chance.randrange(len(original))] ^= 1 << chance.randrange(8)
        copied(crashed, tmp_path)
        log.write_bytes(damaged)

        texts = read_texts(path)

        assert texts is not None
        assert texts == TEXTS[: len(texts)]
        assert len(texts) % 10 == 0


def test_the_head_is_behind_the_clients_after_the_log_is_lost(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    path.with_name("chat.db-wal").unlink()

    with closing(open_store(path)) as store:
        assert head(store) == 200  # and clients have received 300


def test_a_flipped_bit_in_the_index_of_room_names_never_hides_a_room(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    open_store(path).close()
    original = path.read_bytes()
    db = sqlite3.connect(path)
    ((page,),) = db.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_room_1'"
    )
    db.close()
    name = original.index(b"verona", (page - 1) * PAGE)

    for offset in range(name - 4, name + 7):
        for bit in range(8):
            damaged = bytearray(original)
            damaged[offset] ^= 1 << bit
            path.write_bytes(damaged)

            texts = read_texts(path)

            assert texts is None or texts == TEXTS, f"offset {offset}, bit {bit}"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE message SET text = 'another' WHERE place & 1023 = 100",
        "UPDATE message SET source = 'Tybalt' WHERE place & 1023 = 100",
        "UPDATE message SET time = time + 1 WHERE place & 1023 = 100",
        "UPDATE message SET start = start + 1 WHERE place & 1023 = 100",
        "UPDATE message SET checksum = checksum + 1 WHERE place & 1023 = 100",
        "UPDATE message SET place = place + 1000 WHERE place & 1023 = 100",
        "DELETE FROM message WHERE place & 1023 = 100",
        "DELETE FROM message WHERE place & 1023 <= 100",
        "UPDATE room SET floor = 5",
        "UPDATE room SET bytes = bytes + 1",
        "UPDATE room SET indexed = indexed - 1",
        "UPDATE room SET name = 'venice'",
        "UPDATE room SET id = 3",
        "DELETE FROM room",
        "DELETE FROM about",
    ],
)
def test_a_changed_row_is_detected(
    crashed: Path, tmp_path: Path, statement: str
) -> None:
    path = copied(crashed, tmp_path)

    edit(path, statement)

    assert read_texts(path) is None
    assert verify(path).problems != []


def test_intact_messages_after_a_damaged_one_can_be_read(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    edit(path, "UPDATE message SET text = 'x' WHERE place & 1023 = 100")

    with closing(open_store(path)) as store:
        page = store.read(before(limit=200))

        assert isinstance(page, Page)
        assert [message.text for message in page.messages] == TEXTS[100:]
