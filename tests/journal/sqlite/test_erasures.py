"""Nothing of an erased text remains in the bytes of the files."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import Erased, Target
from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import After
from parlour.history.retention import Retention
from parlour.journal import Journal
from parlour.journal.sqlite.erasures import MERGE_DELAY
from parlour.journal.tools.backup import backup, restore
from parlour.journal.tools.exporting import export_lines
from parlour.journal.tools.importing import import_lines
from parlour.journal.tools.verify import verify
from tests.journal.sqlite.erasing_writer import CRASHED, OTHERS, SECRETS
from tests.journal.stores import (
    ALL,
    END,
    ROMEO,
    VERONA,
    Clocks,
    batch,
    edit,
    encoded,
    head,
    maintain_fully,
    open_store,
    record,
    said,
    search,
    sequences,
    stored_texts,
)

WRITER = Path(__file__).with_name("erasing_writer.py")
WORD, SENTENCE = "zephyrine", "鳳凰"
SECRET = f"{WORD} {SENTENCE}"


def erased(target: int, room: RoomName = VERONA) -> Erased:
    return Erased(ROMEO, "Ann", room, target, Target("Romeo"))


def files(path: Path) -> list[Path]:
    """Return the file, its log and its index of the log, as far as they exist."""
    return [each for each in path.parent.iterdir() if each.name.startswith(path.name)]


def traces(path: Path, texts: Iterable[str] = (WORD, *SENTENCE)) -> list[str]:
    """Return the names of the files that contain one of *texts*."""
    wanted = [text.encode() for text in texts]
    return sorted(
        each.name
        for each in files(path)
        if any(text in each.read_bytes() for text in wanted)
    )


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def words(texts: Iterable[str]) -> list[str]:
    """Return the first word of each of *texts*."""
    return [text.split()[0] for text in texts]


def record_many(store: Journal, count: int = 400) -> None:
    """Record messages in several rooms in turn, so that pages of the file are split."""
    rooms = [RoomName(f"room{number}") for number in range(7)]
    texts = [f"some words {number} {'x' * (number % 90)}" for number in range(count)]
    for number, text in enumerate(texts):
        room = VERONA if number % 5 == 0 else rooms[number % 7]
        store.append(batch(said(text, room)))


def test_the_text_is_in_the_files_before(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, [SECRET])
        maintain_fully(store)

        assert traces(path) != []


@pytest.mark.parametrize("is_indexed", [True, False])
def test_an_erased_text_is_in_no_file_after_maintenance(
    path: Path, *, is_indexed: bool
) -> None:
    with closing(open_store(path)) as store:
        record_many(store, 200)
        record(store, [SECRET])
        if is_indexed:
            maintain_fully(store)
        record_many(store)
        maintain_fully(store)
        store.append(batch(erased(41)))
        maintain_fully(store)

        assert traces(path) == []


def test_a_text_that_fills_pages_of_its_own_is_in_no_file(path: Path) -> None:
    long = f"{WORD} " * 400
    with closing(open_store(path)) as store:
        record_many(store, 50)
        record(store, [long])
        record_many(store, 50)
        maintain_fully(store)
        store.append(batch(erased(11)))
        maintain_fully(store)

        assert traces(path) == []


def test_the_row_and_the_log_have_no_text_after_the_first_step(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, [SECRET])
        store.append(batch(erased(1)))
        store.maintain()

        log = path.with_name(f"{path.name}-wal")
        assert SECRET.encode() not in path.read_bytes()
        assert SECRET.encode() not in log.read_bytes()


def test_a_file_with_an_erased_message_is_intact(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, ["before", SECRET, "after"])
        maintain_fully(store)
        store.append(batch(erased(2)))
        maintain_fully(store)

    assert verify(path).problems == []
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO word (word) VALUES ('integrity-check')")


def test_the_log_is_truncated_later_if_a_reader_uses_it(
    path: Path, clocks: Clocks
) -> None:
    log = path.with_name(f"{path.name}-wal")
    with closing(clocks.open_store(path)) as store:
        record(store, [SECRET])
        with closing(sqlite3.connect(path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM message").fetchone()
            store.append(batch(erased(1)))
            maintain_fully(store)
            assert SECRET.encode() in log.read_bytes()
            reader.execute("ROLLBACK")
        clocks.advance(1.0)
        maintain_fully(store)

        assert traces(path) == []


def test_the_index_is_merged_again_after_a_while(path: Path, clocks: Clocks) -> None:
    with closing(clocks.open_store(path)) as store:
        record(store, ["first", SECRET])
        maintain_fully(store)
        store.append(batch(erased(1)))
        maintain_fully(store)
        store.append(batch(erased(2)))
        maintain_fully(store)
        assert traces(path, [WORD]) != []

        clocks.advance(MERGE_DELAY)
        maintain_fully(store)

        assert traces(path) == []


def test_a_merge_makes_progress_while_others_speak(path: Path) -> None:
    with closing(open_store(path)) as store:
        record_many(store, 200)
        record(store, [SECRET])
        maintain_fully(store)
        store.append(batch(erased(41)))
        for _ in range(40):
            record(store, ["again"] * 300)
            store.maintain()
        with closing(sqlite3.connect(path)) as db:
            (unmerged,) = db.execute("SELECT unmerged FROM about")

        assert unmerged == (None,)


def test_a_new_process_continues_the_merge(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, [SECRET])
        maintain_fully(store)
        store.append(batch(erased(1)))
    assert traces(path, [WORD]) != []

    with closing(open_store(path)) as store:
        maintain_fully(store)

    assert traces(path) == []


def test_a_search_finds_the_others(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, [SECRET] * 3)
        maintain_fully(store)
        store.append(batch(erased(2)))
        maintain_fully(store)

        assert sequences(store.read(search(WORD)).messages) == [1, 3]
        assert sequences(store.read(search(SENTENCE)).messages) == [1, 3]


def test_erased_messages_are_deleted_when_they_expire(path: Path) -> None:
    with closing(open_store(path, Retention(max_messages=3))) as store:
        record(store, ["a", SECRET, "c"])
        maintain_fully(store)
        store.append(batch(erased(2)))
        record(store, "de")
        maintain_fully(store)

        assert stored_texts(store) == ["d", "e"]
    assert verify(path).problems == []


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "UPDATE message SET text = 'x' WHERE place & 255 = 2",
            "message 2 was changed",
        ),
        (
            "UPDATE message SET erased = 3 WHERE place & 255 = 2",
            "message 2 was changed",
        ),
        ("UPDATE message SET erased = NULL", "verona: message 2 was changed"),
        ("UPDATE message SET target = 1 WHERE target", "verona: message 4 was changed"),
        ("UPDATE message SET target = NULL", "verona: message 4 was changed"),
        ("UPDATE message SET source = 'x' WHERE target", "message 4 was changed"),
    ],
)
def test_a_changed_erasure_is_found(path: Path, statement: str, problem: str) -> None:
    with closing(open_store(path)) as store:
        record(store, "abc")
        store.append(batch(erased(2)))
        maintain_fully(store)
    edit(path, statement)

    assert any(problem in each for each in verify(path).problems)


@pytest.fixture
def erased_file(path: Path) -> Path:
    """Return a history with an erased message, and one after its erasure."""
    with closing(open_store(path)) as store:
        record(store, ["before", SECRET])
        maintain_fully(store)
        store.append(batch(erased(2)))
        record(store, ["after"])
        maintain_fully(store)
    return path


def read_all(path: Path) -> list[object]:
    with closing(open_store(path)) as store:
        query = After(VERONA, 0, END, ALL, has_erasures=True)
        return [*store.read(query).sequenced]


def test_an_erased_message_stays_erased_in_a_backup(
    erased_file: Path, tmp_path: Path
) -> None:
    copy, restored = tmp_path / "copy.db", tmp_path / "restored.db"
    backup(erased_file, copy)
    restore(copy, restored)

    assert read_all(restored) == read_all(erased_file)
    assert traces(copy) == traces(restored) == []


def test_an_erased_message_stays_erased_in_an_export(
    erased_file: Path, tmp_path: Path
) -> None:
    imported = tmp_path / "imported.db"
    lines = list(export_lines(erased_file))
    done = import_lines(encoded(lines), imported)

    assert done.messages == 3
    assert read_all(imported) == read_all(erased_file)
    assert verify(imported).problems == []
    with closing(open_store(imported)) as store:
        record(store, ["next"])
        assert head(store) == 5


def test_an_export_has_a_line_for_an_erasure(erased_file: Path) -> None:
    lines = list(export_lines(erased_file))

    start = '"room":"verona","sequence"'
    time = '"time":"2023-11-14T22:13:20.250000Z"'
    data = f'{start}:2,{time},"source":"Romeo","message":"","erased":true'
    erasure = f'{start}:3,{time},"target":2,"by":"Ann"'
    assert lines[2:4] == [
        f'{{"type":"message","data":{{{data}}}}}',
        f'{{"type":"erased","data":{{{erasure}}}}}',
    ]


# -- crashes ------------------------------------------------------------------------

POINTS = ["append.begin", "append.commit", "append.committed", "merge.commit"]


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("times", [1, 2, 3, 4])
def test_a_crash_leaves_a_message_whole_or_erased(
    path: Path, point: str, times: int
) -> None:
    run = subprocess.run(
        [sys.executable, WRITER, path, point, str(times)],
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [line.split() for line in run.stdout.splitlines()]
    reported = sum(each[0] == "erased" for each in lines)
    assert run.returncode in (CRASHED, 0), run.stderr

    assert verify(path).problems == []
    with closing(open_store(path)) as store:
        if not head(store, LOBBY):
            return  # it crashed before anything was said
        done = head(store, LOBBY) - len(SECRETS) - len(OTHERS)
        assert reported <= done <= reported + 1
        expected = [*[""] * done, *SECRETS[done:], *OTHERS]
        assert stored_texts(store, LOBBY) == expected
        maintain_fully(store)
        assert traces(path, words(SECRETS[:done])) == []
    assert verify(path).problems == []


@pytest.mark.parametrize("count", [1, 4, 7])
def test_a_killed_process_leaves_a_message_whole_or_erased(
    path: Path, count: int
) -> None:
    writer = subprocess.Popen(
        [sys.executable, WRITER, path], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    for _ in range(count):
        writer.stdout.readline()
    writer.kill()
    rest = writer.communicate()[0]

    assert verify(path).problems == [], rest
    with closing(open_store(path)) as store:
        done = head(store, LOBBY) - len(SECRETS) - len(OTHERS)
        assert stored_texts(store, LOBBY)[: len(SECRETS)] == [
            *[""] * done,
            *SECRETS[done:],
        ]
        maintain_fully(store)
        assert traces(path, words(SECRETS[:done])) == []
