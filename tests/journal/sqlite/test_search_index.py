"""The index of segmented texts, even in a file of an older program."""

# ruff: noqa: RUF001 -- full-width letters are intended

from pathlib import Path

import pytest

from parlour.history.retention import Retention
from parlour.journal.sqlite.search_index import SEGMENT_CHUNK
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    edit,
    maintain_fully,
    open_store,
    record,
    search,
    sequences,
    stored_texts,
    texts,
)

TEXTS = ["我喜欢咖啡", "hello", "ｈｅｌｌｏ", "咖啡 and cake"]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Return a file of a program without this index: all messages are in `word`."""
    path = tmp_path / "chat.db"
    store = open_store(path)
    record(store, TEXTS)
    maintain_fully(store)
    store.close()
    edit(path, "DROP TABLE segment")
    edit(path, "DROP TABLE segmented")
    return path


def test_a_file_of_an_older_version_has_no_problems(older: Path) -> None:
    assert verify(older).problems == []


def test_maintenance_indexes_the_messages_of_an_older_file(older: Path) -> None:
    store = open_store(older)

    at_once = [sequences(store.read(search(words)).messages) for words in ("hel",)]
    maintain_fully(store)

    assert at_once == [[2]]
    assert sequences(store.read(search("咖啡")).messages) == [1, 4]
    assert sequences(store.read(search("hel")).messages) == [2, 3]
    store.close()
    assert verify(older).problems == []


def test_a_new_message_in_an_older_file_is_found_at_once(older: Path) -> None:
    store = open_store(older)

    record(store, ["喝咖啡"])
    found = texts(store.read(search("咖啡")))
    maintain_fully(store)

    assert "喝咖啡" in found
    assert sequences(store.read(search("咖啡")).messages) == [1, 4, 5]
    store.close()


def test_an_older_file_is_indexed_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    store = open_store(path)
    record(store, ["咖啡"] * (SEGMENT_CHUNK + 1))
    maintain_fully(store)
    store.close()
    edit(path, "DROP TABLE segment")
    edit(path, "DROP TABLE segmented")
    store = open_store(path)

    assert store.maintain()
    found = store.read(search("咖啡", limit=10))
    assert sequences(found.messages)[-1] == SEGMENT_CHUNK
    record(store, ["咖啡"])
    maintain_fully(store)

    newest = store.read(search("咖啡", limit=2))
    oldest = store.read(search("咖啡", sequence=3))
    assert sequences(newest.messages) == [SEGMENT_CHUNK + 1, SEGMENT_CHUNK + 2]
    assert (sequences(oldest.messages), oldest.has_more) == ([1, 2], False)
    store.close()
    assert verify(path).problems == []


def test_the_index_is_correct_after_an_older_program_changed_the_file(
    older: Path,
) -> None:
    store = open_store(older)
    maintain_fully(store)
    store.close()
    # An older program ignores `segment`: hide it while messages are deleted.
    edit(older, "ALTER TABLE segment RENAME TO away")
    edit(older, "ALTER TABLE segmented RENAME TO away_too")
    store = open_store(older, Retention(max_messages=2))
    record(store, ["明天咖啡"])
    maintain_fully(store)
    store.close()
    edit(older, "DROP TABLE segment")
    edit(older, "DROP TABLE segmented")
    edit(older, "ALTER TABLE away RENAME TO segment")
    edit(older, "ALTER TABLE away_too RENAME TO segmented")

    store = open_store(older, Retention(max_messages=2))
    maintain_fully(store)

    assert stored_texts(store) == [*TEXTS[3:], "明天咖啡"]
    assert sequences(store.read(search("咖啡")).messages) == [4, 5]
    store.close()
    assert verify(older).problems == []


def test_a_deleted_message_is_not_found(tmp_path: Path) -> None:
    store = open_store(tmp_path / "chat.db", Retention(max_messages=2))
    record(store, ["咖啡 one", "咖啡 two"])
    maintain_fully(store)
    record(store, ["咖啡 three"])
    maintain_fully(store)

    assert texts(store.read(search("咖啡"))) == ["咖啡 two", "咖啡 three"]
    store.close()
    assert verify(tmp_path / "chat.db").problems == []


def test_verify_detects_a_missing_entry(older: Path) -> None:
    store = open_store(older)
    maintain_fully(store)
    store.close()

    edit(
        older, "DELETE FROM segment_docsize WHERE id = (SELECT max(place) FROM message)"
    )

    assert verify(older).problems == [
        "the search index for scripts without spaces does not match the stored messages"
    ]
