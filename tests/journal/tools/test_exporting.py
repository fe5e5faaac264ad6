import json
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import (
    AccountDirectOpened,
    Invited,
    RoomClosed,
    RoomOpened,
    TopicSet,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.history.retention import Retention
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.exporting import (
    LeftOut,
    export_lines,
    left_out,
    write_lines,
)
from parlour.journal.tools.importing import import_lines
from tests.journal.stores import (
    EXPORTED,
    JULIET,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    batch,
    edit,
    encoded,
    maintain_fully,
    open_store,
    record,
    registered,
    said,
)

ROOM = '{"type":"room","data":{"room":"verona","topic":"","open":true}}'


def test_an_exported_line_is_a_message_of_the_session_dialect(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, ["kůň \n 🐴"], LOBBY)

        assert list(export_lines(path)) == [EXPORTED]


def test_every_line_is_written_and_messages_are_counted(
    path: Path, tmp_path: Path
) -> None:
    import_lines(encoded([ROOM, EXPORTED]), path)

    assert write_lines(export_lines(path), tmp_path / "lines") == 1
    assert (tmp_path / "lines").read_text() == f"{EXPORTED}\n{ROOM}\n"


def test_a_message_has_the_number_of_its_authors_account(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(said("ay", LOBBY).replace(account=JULIET)))

        (line,) = export_lines(path)

    assert line == (
        '{"type":"message","data":{"room":"lobby","sequence":1,'
        '"time":"2023-11-14T22:13:20.250000Z","source":"Romeo","message":"ay",'
        '"account":1}}'
    )


def test_what_is_left_out_is_counted(path: Path) -> None:
    with closing(open_store(path)) as store:
        assert left_out(path, NOW) == LeftOut(0, 0, 0)

        store.append(batch(registered("Juliet", (LOBBY,), device="a")))
        store.append(batch(registered("Tybalt")))

        store.append(batch(Invited(ROMEO, "", VERONA, NOW + 60.0, code="c")))
        store.append(batch(Invited(ROMEO, "", VERONA, NOW + 1.0, code="d")))
        for name in ("direct:a", "direct:b"):
            opening = AccountDirectOpened(
                ROMEO, JULIET, RoomName(name), AccountNumber(2)
            )
            store.append(batch(opening))
        store.append(batch(said("psst", RoomName("direct:b"))))

        assert left_out(path, NOW + 30.0) == LeftOut(2, 1, 1)


def test_each_room_has_a_line_before_its_messages(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(said("a", LOBBY), said("b", VERONA), said("c", LOBBY)))
        store.append(batch(RoomOpened(MANTUA, ROMEO), TopicSet(MANTUA, ROMEO, "ay")))
        store.append(batch(RoomClosed(VERONA)))

        found = [json.loads(line) for line in export_lines(path)]

    assert [each["type"] for each in found] == [
        *("message", "message"),
        *("room", "message"),
        "room",
    ]
    assert [each["data"] for each in found if each["type"] == "room"] == [
        {"room": "verona", "topic": "", "open": False},
        {"room": "mantua", "topic": "ay", "open": True},
    ]


def test_a_lobby_with_a_topic_has_a_line(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(TopicSet(LOBBY, ROMEO, "hi")))

        assert list(export_lines(path)) == [
            '{"type":"room","data":{"room":"lobby","topic":"hi","open":true}}'
        ]


def test_unused_sequences_have_a_line(path: Path) -> None:
    with closing(open_store(path, numbering=lambda sequence: sequence + 5)) as store:
        record(store, "ab", LOBBY)

        assert list(export_lines(path))[1] == (
            '{"type":"unused","data":{"room":"lobby","first":6,"last":9}}'
        )


def test_selected_rooms_are_exported(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(said("a", LOBBY), said("b", VERONA), said("c", MANTUA)))

        lines = list(export_lines(path, rooms=[MANTUA, LOBBY]))

    rooms = [json.loads(line)["data"]["room"] for line in lines]
    assert rooms == ["lobby", "mantua", "mantua"]


def test_a_room_that_does_not_exist_is_not_exported(path: Path) -> None:
    open_store(path).close()

    with pytest.raises(FileError) as caught:
        list(export_lines(path, rooms=[VERONA]))

    assert str(caught.value) == (
        f"{path} has no room verona: `parlour verify` lists the rooms"
    )


def test_the_lobby_can_be_exported_before_it_has_messages(path: Path) -> None:
    open_store(path).close()

    assert list(export_lines(path, rooms=[LOBBY])) == []


def test_the_deletion_of_messages_during_an_export_is_reported(path: Path) -> None:
    with closing(open_store(path, Retention(max_messages=2000))) as store:
        record(store, ["x"] * 2000)
        lines = export_lines(path)
        for _ in range(500):
            next(lines)
        record(store, ["y"] * 2000)
        maintain_fully(store)

        with pytest.raises(FileError, match="were deleted during the export: try"):
            list(lines)


def test_a_damaged_row_is_not_exported(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, "abc")
    edit(path, "UPDATE message SET text = 'x' WHERE text = 'b'")

    with pytest.raises(FileError, match="cannot be read: the history is damaged"):
        list(export_lines(path))
