"""The index of scripts without blanks, beside what an older program left."""

# ruff: noqa: RUF001 -- letters of full width

from pathlib import Path

import pytest

from parlour.history.retention import Retention
from parlour.journal.sqlite.search_index import SEGMENT_CHUNK
from parlour.journal.tools.verify import verify
from tests.journal.helpers import (
    NOW,
    drafts,
    edit,
    in_file,
    kept,
    search,
    sequences,
    texts,
    tidy,
)

SAID = ["我喜欢咖啡", "hello", "ｈｅｌｌｏ", "咖啡 and cake"]


@pytest.fixture
def older(tmp_path: Path) -> Path:
    """Make a file as a program without this index left it: all in `word` alone."""
    path = tmp_path / "chat.db"
    history = in_file(path)
    history.append(drafts(SAID), NOW)
    tidy(history)
    history.close()
    edit(path, "DROP TABLE segment")
    edit(path, "DROP TABLE segmented")
    return path


def test_a_file_of_an_older_version_has_no_problems(older: Path) -> None:
    assert verify(older).problems == []


def test_maintenance_indexes_the_messages_of_an_older_file(
    older: Path,
) -> None:
    history = in_file(older)

    at_once = [sequences(history.read(search(words)).messages) for words in ("hel",)]
    tidy(history)

    assert at_once == [[2]]
    assert sequences(history.read(search("咖啡")).messages) == [1, 4]
    assert sequences(history.read(search("hel")).messages) == [2, 3]
    history.close()
    assert verify(older).problems == []


def test_a_new_message_in_an_older_file_is_found_at_once(older: Path) -> None:
    history = in_file(older)

    history.append(drafts(["喝咖啡"]), NOW)
    found = texts(history.read(search("咖啡")))
    tidy(history)

    assert "喝咖啡" in found
    assert sequences(history.read(search("咖啡")).messages) == [1, 4, 5]
    history.close()


def test_an_older_file_is_indexed_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    history = in_file(path)
    history.append(drafts(["咖啡"] * (SEGMENT_CHUNK + 1)), NOW)
    tidy(history)
    history.close()
    edit(path, "DROP TABLE segment")
    edit(path, "DROP TABLE segmented")
    history = in_file(path)

    assert history.maintain()
    found = history.read(search("咖啡", limit=10))
    assert sequences(found.messages)[-1] == SEGMENT_CHUNK
    history.append(drafts(["咖啡"]), NOW)
    tidy(history)

    newest = history.read(search("咖啡", limit=2))
    oldest = history.read(search("咖啡", sequence=3))
    assert sequences(newest.messages) == [SEGMENT_CHUNK + 1, SEGMENT_CHUNK + 2]
    assert (sequences(oldest.messages), oldest.has_more) == ([1, 2], False)
    history.close()
    assert verify(path).problems == []


def test_an_older_program_may_delete_and_index_in_between(older: Path) -> None:
    history = in_file(older)
    tidy(history)
    history.close()
    # It knows nothing of `segment`: this is as if it had deleted and indexed.
    edit(older, "ALTER TABLE segment RENAME TO away")
    edit(older, "ALTER TABLE segmented RENAME TO away_too")
    history = in_file(older, Retention(max_messages=2))
    history.append(drafts(["明天咖啡"]), NOW)
    tidy(history)
    history.close()
    edit(older, "DROP TABLE segment")
    edit(older, "DROP TABLE segmented")
    edit(older, "ALTER TABLE away RENAME TO segment")
    edit(older, "ALTER TABLE away_too RENAME TO segmented")

    history = in_file(older, Retention(max_messages=2))
    tidy(history)

    assert kept(history) == [*SAID[3:], "明天咖啡"]
    assert sequences(history.read(search("咖啡")).messages) == [4, 5]
    history.close()
    assert verify(older).problems == []


def test_a_deleted_message_is_not_found(tmp_path: Path) -> None:
    history = in_file(tmp_path / "chat.db", Retention(max_messages=2))
    history.append(drafts(["咖啡 one", "咖啡 two"]), NOW)
    tidy(history)
    history.append(drafts(["咖啡 three"]), NOW)
    tidy(history)

    assert texts(history.read(search("咖啡"))) == ["咖啡 two", "咖啡 three"]
    history.close()
    assert verify(tmp_path / "chat.db").problems == []


def test_verify_detects_a_missing_entry(older: Path) -> None:
    history = in_file(older)
    tidy(history)
    history.close()

    edit(
        older, "DELETE FROM segment_docsize WHERE id = (SELECT max(place) FROM message)"
    )

    assert verify(older).problems == [
        "the search index for scripts without spaces does not match the stored messages"
    ]
