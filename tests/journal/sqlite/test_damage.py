"""A file that was cut or changed: what is caught, and what cannot be."""

import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.storage import Page, StorageError
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.verify import verify
from tests.journal.helpers import (
    NOW,
    VERONA,
    before,
    draft,
    edit,
    in_file,
    kept,
    tidy,
)

PAGE = 4096  # bytes
SAID = [f"{number} {'ay me ' * 20}" for number in range(300)]


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with a history as a crash leaves it: half in its log."""
    source = tmp_path_factory.mktemp("source") / "chat.db"
    target = tmp_path_factory.mktemp("crashed")
    with closing(in_file(source)) as history:
        history.append([draft(each) for each in SAID[:200]], NOW)
        tidy(history)
    with closing(in_file(source)) as history:
        for start in range(200, 300, 10):
            history.append([draft(each) for each in SAID[start : start + 10]], NOW)
        for name in ("chat.db", "chat.db-wal"):
            shutil.copy(source.with_name(name), target / name)
    return target


def copied(crashed: Path, directory: Path) -> Path:
    shutil.copytree(crashed, directory, dirs_exist_ok=True)
    return directory / "chat.db"


def found(path: Path) -> list[str] | None:
    """Return what is kept at *path*; None if anything there is known to be damaged."""
    try:
        with closing(in_file(path)) as history:
            return kept(history)
    except (FileError, StorageError):
        return None


def test_an_undamaged_copy_has_every_message(crashed: Path, tmp_path: Path) -> None:
    assert found(copied(crashed, tmp_path)) == SAID


def test_a_crash_during_a_checkpoint_is_not_damage(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    before = path.read_bytes()
    assert found(path) == SAID  # and its end brought the log into the file
    after = path.read_bytes()
    copied(crashed, tmp_path)
    path.write_bytes(after[:PAGE] + before[PAGE:])  # it knows a size it has not yet

    assert len(after) > len(before)
    verified = verify(path)
    assert verified.problems == []
    assert found(path) == SAID


def test_a_flipped_bit_in_the_file_never_changes_a_message(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    original = path.read_bytes()
    chance = random.Random(3)
    caught = 0

    for _ in range(300):
        offset, bit = chance.randrange(len(original)), 1 << chance.randrange(8)
        harmed = bytearray(original)
        harmed[offset] ^= bit
        copied(crashed, tmp_path)
        path.write_bytes(harmed)

        texts = found(path)

        caught += texts is None
        assert texts is None or texts == SAID, f"offset {offset}, bit {bit}"

    assert caught > 50


def test_a_truncated_file_is_detected(crashed: Path, tmp_path: Path) -> None:
    path = copied(crashed, tmp_path)
    size = path.stat().st_size

    for length in range(0, size, 512 * 7):
        copied(crashed, tmp_path)
        path.write_bytes(path.read_bytes()[:length])

        assert found(path) in (None, SAID), f"{length} bytes"


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

        texts = found(path)

        assert texts is not None
        assert texts == SAID[: len(texts)]
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
        harmed = bytearray(original)
        harmed[chance.randrange(len(original))] ^= 1 << chance.randrange(8)
        copied(crashed, tmp_path)
        log.write_bytes(harmed)

        texts = found(path)

        assert texts is not None
        assert texts == SAID[: len(texts)]
        assert len(texts) % 10 == 0


def test_a_lost_log_shows_as_a_head_behind_the_clients(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    path.with_name("chat.db-wal").unlink()

    with closing(in_file(path)) as history:
        assert history.extent(VERONA).head == 200  # and clients have seen 300


def test_a_flipped_bit_in_the_index_of_room_names_never_hides_a_room(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    in_file(path).close()
    original = path.read_bytes()
    db = sqlite3.connect(path)
    ((page,),) = db.execute(
        "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_room_1'"
    )
    db.close()
    name = original.index(b"verona", (page - 1) * PAGE)

    for offset in range(name - 4, name + 7):
        for bit in range(8):
            harmed = bytearray(original)
            harmed[offset] ^= 1 << bit
            path.write_bytes(harmed)

            texts = found(path)

            assert texts is None or texts == SAID, f"offset {offset}, bit {bit}"


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
        "UPDATE room SET id = 2",
        "DELETE FROM room",
        "DELETE FROM about",
    ],
)
def test_a_changed_row_is_detected(
    crashed: Path, tmp_path: Path, statement: str
) -> None:
    path = copied(crashed, tmp_path)

    edit(path, statement)

    assert found(path) is None
    assert verify(path).problems != []


def test_intact_messages_after_a_damaged_one_can_be_read(
    crashed: Path, tmp_path: Path
) -> None:
    path = copied(crashed, tmp_path)
    edit(path, "UPDATE message SET text = 'x' WHERE place & 1023 = 100")

    with closing(in_file(path)) as history:
        page = history.read(before(limit=200))

        assert isinstance(page, Page)
        assert [message.text for message in page.messages] == SAID[100:]
