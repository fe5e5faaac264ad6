import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parlour.core.events import Message, RoomName
from parlour.history.files import FileError
from parlour.history.retention import Retention
from parlour.history.transfer import export, import_, parse, render
from parlour.history.verify import verify
from tests.history.helpers import (
    MANTUA,
    NOW,
    VERONA,
    after,
    drafts,
    edit,
    in_file,
    kept,
    search,
    sequences,
    tidy,
)

HELLO = (
    '{"type":"message","data":{"room":"verona","sequence":1,'
    '"time":"2023-11-14T22:13:20.250000Z","source":"Romeo","message":"kůň \\n 🐴"}}'
)


def line(**changed: object) -> str:
    found = json.loads(HELLO)
    found["data"].update(changed)
    return json.dumps(found)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "chat.db"


def test_a_message_is_a_line_of_the_wire(path: Path) -> None:
    with closing(in_file(path)) as history:
        history.append(drafts(["kůň \n 🐴"]), NOW)

        assert list(export(path)) == [HELLO]


def test_what_was_exported_can_be_imported(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(in_file(path, Retention(max_messages=1500))) as history:
        history.append(drafts([f"word{each}" for each in range(2500)]), NOW + 0.123456)
        history.append(drafts(["x", "y"], MANTUA), NOW)
        tidy(history)
        old = history.read(after(0)).messages
        lines = list(export(path))

    assert import_(lines, other) == len(lines) == 1502
    assert verify(other).problems == []
    with closing(in_file(other)) as history:
        assert history.read(after(0)).messages == old
        assert (history.reach(VERONA).first, history.reach(VERONA).head) == (1001, 2500)
        assert kept(history, MANTUA) == ["x", "y"]
        assert sequences(history.read(search("word2499")).messages) == [2500]
        assert sequences(history.append(drafts("z"), NOW)) == [2501]
    assert list(export(other))[: len(lines)][:1500] == lines[:1500]


def test_how_far_it_is_is_told(path: Path, tmp_path: Path) -> None:
    with closing(in_file(path)) as history:
        history.append(drafts(["x"] * 2500), NOW)
    out: list[tuple[int, int]] = []
    back: list[tuple[int, int]] = []

    lines = list(export(path, lambda *told: out.append(told)))
    import_(lines, tmp_path / "other.db", lambda *told: back.append(told))

    assert out == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert back == [(1000, 0), (2000, 0), (2500, 2500)]


def test_a_history_that_is_empty_is_filled(path: Path) -> None:
    in_file(path).close()

    import_([HELLO.encode(), b"\n"], path)

    with closing(in_file(path)) as history:
        assert kept(history) == ["kůň \n 🐴"]


def test_a_history_that_is_not_empty_is_left_alone(path: Path) -> None:
    with closing(in_file(path)) as history:
        history.append(drafts("a"), NOW)

    with pytest.raises(FileError, match="holds messages: import into a new file"):
        import_([HELLO], path)

    with closing(in_file(path)) as history:
        assert kept(history) == ["a"]


def test_a_history_in_use_is_left_alone(path: Path) -> None:
    with closing(in_file(path)), pytest.raises(FileError, match="in use by process"):
        import_([HELLO], path)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["nonsense"], "line 1 cannot be imported: Expecting value"),
        (["[" * 100_000], "line 1 cannot be imported: "),
        (["[]"], "line 1 cannot be imported: it is not a message"),
        ([HELLO, HELLO], "line 2 cannot be imported: verona: 1 comes after 1"),
        ([HELLO, "", line(sequence=3)], "line 3 cannot be imported: verona: 3 comes"),
        ([line(sequence=0)], "the sequence 0 is out of bounds"),
        ([line(sequence=1 << 40)], "is out of bounds"),
        ([line(sequence="1")], "it is not a message"),
        ([line(sequence=True)], "it is not a message"),
        ([line(source=None)], "it is not a message"),
        ([line(room="")], "its room has no name that a room can have"),
        ([line(room="x" * 65)], "its room has no name that a room can have"),
        ([line(room="\x1b[2J")], "its room has no name that a room can have"),
        ([line(time="1969-12-31T23:59:59Z")], "its time is out of bounds"),
        ([line(time="9999-12-31T23:59:59Z")], "its time is out of bounds"),
        ([line(time="yesterday")], "Invalid isoformat"),
        ([line(time="2023-11-14T22:13:20")], "its time does not say its offset"),
        ([line(message="\ud800")], "surrogates not allowed"),
    ],
)
def test_all_is_imported_or_nothing(path: Path, lines: list[str], why: str) -> None:
    with pytest.raises(FileError) as caught:
        import_(lines, path)

    assert why in str(caught.value)
    assert {each.name for each in path.parent.iterdir()} == {"chat.db.lock"}


def test_a_damaged_row_is_not_exported(path: Path) -> None:
    with closing(in_file(path)) as history:
        history.append(drafts("abc"), NOW)
    edit(path, "UPDATE message SET text = 'x' WHERE text = 'b'")

    with pytest.raises(FileError, match="cannot be read: the history is damaged"):
        list(export(path))


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.integers(0, 4_000_000_000_000_000), TEXT, TEXT)
def test_a_line_says_all_of_a_message(micros: int, source: str, text: str) -> None:
    message = Message(RoomName("verona"), 5, micros / 1_000_000, source, text)

    assert parse(render(message)) == message
    assert "\n" not in render(message)
