import io
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parlour.core.entries import RoomClosed, RoomOpened, TopicSet
from parlour.core.events import LOBBY, RoomName
from parlour.core.storage import StoredRoom
from parlour.history.retention import Retention
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools import importing
from parlour.journal.tools.exporting import export_lines
from parlour.journal.tools.importing import import_lines
from parlour.journal.tools.json_lines import MAX_LINE, read_lines
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    EXPORTED,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    after,
    batch,
    count,
    encoded,
    head,
    maintain_fully,
    open_store,
    record,
    registered,
    said,
    sanctioned,
    search,
    sequences,
    sparse,
    stored_account,
    stored_texts,
)


def line(**changed: object) -> str:
    found = json.loads(EXPORTED)
    found["data"].update(changed)
    return json.dumps(found)


def room_line(
    room: str = "lobby", topic: object = "", *, is_open: object = True
) -> str:
    return json.dumps(
        {"type": "room", "data": {"room": room, "topic": topic, "open": is_open}}
    )


def unused(first: object, last: object) -> str:
    return json.dumps(
        {"type": "unused", "data": {"room": "lobby", "first": first, "last": last}}
    )


def test_authors_keep_their_accounts_and_no_new_account_gets_their_number(
    path: Path,
) -> None:
    import_lines(encoded([line(account=7), line(sequence=2)]), path)

    assert verify(path).problems == []
    with closing(open_store(path)) as store:
        found = store.read(after(0, room=LOBBY)).messages
        assert [each.account for each in found] == [7, 0]
        store.append(batch(registered("Juliet")))
        assert store.load().last_account == 8


def test_an_export_can_be_imported(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(open_store(path, Retention(max_messages=1500))) as store:
        record(store, [f"word{each}" for each in range(2500)], time=NOW + 0.123456)
        record(store, ["x", "y"], MANTUA)
        maintain_fully(store)
        old = store.read(after(0)).messages
        lines = list(export_lines(path))

    assert import_lines(encoded(lines), other).messages == 1502
    assert verify(other).problems == []
    with closing(open_store(other)) as store:
        assert store.read(after(0)).messages == old
        assert (count(store), head(store)) == (1500, 2500)
        assert stored_texts(store, MANTUA) == ["x", "y"]
        assert sequences(store.read(search("word2499")).messages) == [2500]
        record(store, "z")
        assert head(store) == 2501
    assert list(export_lines(other))[:1501] == lines[:1501]


def test_rooms_keep_topic_and_state_in_an_export(path: Path, tmp_path: Path) -> None:
    other, venice = tmp_path / "other.db", RoomName("venice")
    with closing(open_store(path)) as store:
        store.append(batch(TopicSet(LOBBY, ROMEO, "welcome"), said("a", LOBBY)))
        store.append(batch(RoomOpened(venice, ROMEO), TopicSet(venice, ROMEO, "🐴")))
        store.append(batch(said("b", VERONA), RoomClosed(VERONA)))
    lines = list(export_lines(path))

    import_lines(encoded(lines), other)

    assert list(export_lines(other)) == lines
    assert verify(other).problems == []
    with closing(open_store(other)) as store:
        assert store.load().rooms == (
            StoredRoom(LOBBY, 1, 1, "welcome"),
            StoredRoom(venice, 2, 0, "🐴"),
            StoredRoom(VERONA, 3, 1, is_open=False),
        )


def test_holes_remain_in_an_export(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(open_store(path, numbering=sparse)) as store:
        record(store, "abcdefgh")
        lines = list(export_lines(path))

    import_lines(encoded(lines), other)

    assert list(export_lines(other)) == lines
    assert verify(other).problems == []
    with closing(open_store(other, numbering=sparse)) as store:
        assert sequences(store.read(after(0)).messages) == [1, 3, 4, 6, 7, 9, 10, 12]
        assert store.read(after(3)).total == 6
        record(store, "i")
        assert head(store) == 13


def test_an_export_of_the_first_release_is_imported_into_the_lobby(path: Path) -> None:
    import_lines(encoded([EXPORTED, line(sequence=2)]), path)

    with closing(open_store(path)) as store:
        assert store.load().rooms == (StoredRoom(LOBBY, 1, 2),)


def test_a_room_without_a_line_of_its_own_is_open(path: Path) -> None:
    import_lines(encoded([line(room="verona", sequence=8)]), path)

    with closing(open_store(path)) as store:
        assert store.load().rooms == (
            StoredRoom(LOBBY, 1, 0),
            StoredRoom(VERONA, 2, 8),
        )


def test_one_room_is_imported_as_another(path: Path) -> None:
    lines = [room_line("lobby", "hi"), EXPORTED, unused(2, 4), line(sequence=5)]

    import_lines(encoded(lines), path, room=VERONA)

    with closing(open_store(path)) as store:
        assert store.load().rooms == (
            StoredRoom(LOBBY, 1, 0),
            StoredRoom(VERONA, 2, 5, "hi"),
        )
    assert verify(path).problems == []


def test_several_rooms_are_not_imported_as_one(path: Path) -> None:
    lines = [EXPORTED, line(room="mantua")]

    with pytest.raises(FileError) as caught:
        import_lines(encoded(lines), path, room=VERONA)

    assert str(caught.value) == (
        "line 2 cannot be imported: its room is mantua, and earlier lines are of "
        "lobby: only one room can be imported as another"
    )


def test_the_progress_is_reported(path: Path, tmp_path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, ["x"] * 2500)
    exported: list[tuple[int, int]] = []
    imported: list[tuple[int, int]] = []

    lines = list(export_lines(path, lambda *report: exported.append(report)))
    import_lines(
        encoded(lines), tmp_path / "other.db", lambda *report: imported.append(report)
    )

    assert exported == [(1000, 2500), (2000, 2500), (2500, 2500)]
    assert imported == [(1000, 0), (2000, 0), (2500, 2500)]


def test_an_import_into_an_empty_history_succeeds(path: Path) -> None:
    open_store(path).close()

    import_lines([EXPORTED.encode(), b"\n"], path)

    with closing(open_store(path)) as store:
        assert stored_texts(store, LOBBY) == ["kůň \n 🐴"]


def test_an_import_into_a_history_with_an_audit_log_is_refused(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(sanctioned()))

    with pytest.raises(FileError, match="contains an audit log: import into a new"):
        import_lines([EXPORTED.encode()], path)


def test_an_import_into_a_history_with_accounts_is_refused(path: Path) -> None:
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet")))

    with pytest.raises(FileError, match="contains accounts: import into a new file"):
        import_lines([EXPORTED.encode()], path)

    with closing(open_store(path)) as store:
        assert stored_account(store).name == "Juliet"


def test_an_import_into_a_history_with_messages_is_refused(path: Path) -> None:
    with closing(open_store(path)) as store:
        record(store, "a")

    with pytest.raises(FileError, match="contains messages: import into a new file"):
        import_lines(encoded([EXPORTED]), path)

    with closing(open_store(path)) as store:
        assert stored_texts(store) == ["a"]


def test_an_import_into_a_history_in_use_is_refused(path: Path) -> None:
    with closing(open_store(path)), pytest.raises(FileError, match="in use by process"):
        import_lines(encoded([EXPORTED]), path)


TOMORROW = (datetime.now(UTC) + timedelta(days=2)).isoformat()
TWICE = EXPORTED.replace('"source":', '"source":"Ann","source":')


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["nonsense"], "line 1 cannot be imported: it is not JSON"),
        (["[" * 60_000], "line 1 cannot be imported: it is not JSON"),
        (["[]"], "line 1 cannot be imported: it is not a message"),
        (["{}", EXPORTED], "line 1 cannot be imported: it is not a message"),
        (
            [EXPORTED, EXPORTED],
            "line 2 cannot be imported: lobby: the sequence 1 does not follow 1",
        ),
        (
            [EXPORTED, "", line(sequence=3)],
            "line 3 cannot be imported: lobby: the sequence 3 does",
        ),
        ([EXPORTED, EXPORTED[:50]], "line 2 cannot be imported: it is not JSON"),
        ([line(sequence=0)], "the sequence 0 is out of range"),
        ([line(sequence=-1)], "the sequence -1 is out of range"),
        ([line(sequence=1 << 40)], "is out of range"),
        ([line(account=-1)], "its account is not the number of an account"),
        ([line(account=True)], "its account is not the number of an account"),
        ([line(account="Romeo")], "its account is not the number of an account"),
        ([line(account=1 << 40)], "its account is not the number of an account"),
        ([line(sequence="1")], "it is not a message"),
        ([line(sequence=1.0)], "it is not a message"),
        ([line(sequence=True)], "it is not a message"),
        ([EXPORTED.replace(":1,", ":" + "9" * 5000 + ",")], "it is not JSON"),
        ([EXPORTED.replace(":1,", ":NaN,")], "it is not JSON"),
        ([TWICE], "it contains a key twice"),
        ([EXPORTED.replace('"type"', '"type":"x","type"')], "it contains a key twice"),
        ([line(source=None)], "it is not a message"),
        ([line(source="")], "its source is not a valid name: a name has 1 to 32"),
        ([line(source="x" * 33)], "a name has at most 32 characters"),
        ([line(source="[Server]")], "its source is not a valid name: "),
        ([line(source="Server")], "that name is reserved"),
        ([line(source="a\x1b[2J")], "a name has no control characters in it"),
        ([line(source="a\nb")], "a name has no control characters in it"),
        ([line(source="a\u202eb")], "characters that cannot be seen"),
        ([line(source="ann: hi")], 'a name has no ": " in it'),
        ([line(source=" ann")], "a name is trimmed and in NFC"),
        ([line(source="999.0.0.1:80")], "a name does not look like an address"),
        ([line(source="127.0.0.1:65536")], "a name does not look like an address"),
        ([line(source="127.0.0.1:0")], "a name does not look like an address"),
        ([line(source="127.0.0.1:80#1")], "a name does not look like an address"),
        ([line(room="")], "its room is not a valid room name"),
        ([line(room=" ")], "its room is not a valid room name"),
        ([line(room="x" * 33)], "its room is not a valid room name"),
        ([line(room="Lobby")], "not a valid room name: it would be lobby"),
        ([line(room="admin")], "its room is not a valid room name: "),
        ([line(room="direct:abcdefghabcdefg/")], "its room is not a valid room name"),
        ([line(room="\x1b[2J")], "its room is not a valid room name"),
        ([line(time="1969-12-31T23:59:59Z")], "its time is out of range"),
        ([line(time="-001-12-31T23:59:59Z")], "its time is not in the format 2026-"),
        ([line(time="9999-12-31T23:59:59Z")], "its time is out of range"),
        (
            [line(time=TOMORROW)],
            "its time is in the future: check the clock of this machine",
        ),
        ([line(time="yesterday")], "its time is not in the format 2026-"),
        ([line(time="2023-W10-1T22:13:20Z")], "its time is not in the format 2026-"),
        ([line(time="2023-02-30T22:13:20Z")], "its time is not in the format 2026-"),
        ([line(time="2023-11-14T22:13:20")], "its time has no UTC offset"),
        ([line(message="")], "an empty message is not sent"),
        ([line(message=" \n ")], "an empty message is not sent"),
        ([line(message="a\0b")], "a message has no NUL character in it"),
        (
            [line(message="x" * 4097)],
            "that message has 4,097 bytes; 4,096 are the most",
        ),
        ([line(message="\ud800")], "it contains a lone surrogate"),
        ([line(message="x" * MAX_LINE)], f"it has more than {MAX_LINE:,} bytes"),
        ([" " * (MAX_LINE + 1)], f"it has more than {MAX_LINE:,} bytes"),
        ([EXPORTED + "\r"], "it ends with CR and LF"),
        (["\ufeff" + EXPORTED], "it begins with a byte order mark"),
        (['{"type":"\udc80"}'], "it is not UTF-8"),
        ([room_line(topic="a\nb")], "its topic is not a valid topic"),
        ([room_line(topic="x" * 201)], "its topic is not a valid topic"),
        ([room_line(topic="\ud800")], "its topic is not a valid topic"),
        ([room_line(topic=None)], "it is not a message, an erasure, a room"),
        ([room_line(is_open=1)], "it is not a message, an erasure, a room"),
        ([room_line(room="")], "its room is not a valid room name"),
        ([room_line(), room_line()], "lobby: there are earlier lines of this room"),
        ([EXPORTED, room_line()], "lobby: there are earlier lines of this room"),
        ([unused(1, 2)], "lobby: the unused sequence 1 does not follow a message"),
        ([EXPORTED, unused(3, 4)], "the unused sequence 3 does not follow a message"),
        ([EXPORTED, unused(2, 3), unused(4, 5)], "4 does not follow a message"),
        ([EXPORTED, unused(2, 4), line(sequence=4)], "sequence 4 does not follow 4"),
        ([EXPORTED, unused(2, 4), line(sequence=6)], "sequence 6 does not follow 4"),
        ([EXPORTED, unused(3, 2)], "the sequences 3 to 2 are out of range"),
        ([EXPORTED, unused(2, 1 << 40)], "are out of range"),
        ([EXPORTED, unused(True, 2)], "it is not a message, an erasure, a room"),
        ([EXPORTED, unused(2, "3")], "it is not a message, an erasure, a room"),
        (["SQLite format 3\0..."], "the file to import is a database"),
        (["PK\x03\x04"], "the file to import is a zip archive"),
    ],
)
def test_nothing_is_imported_if_a_line_is_invalid(
    path: Path, lines: list[str], reason: str
) -> None:
    with pytest.raises(FileError) as caught:
        import_lines(encoded(lines), path)

    assert reason in str(caught.value)
    assert {each.name for each in path.parent.iterdir()} == {"chat.db.lock"}


@pytest.mark.parametrize("source", ["127.0.0.1:80", "[fe80::1%eth0]:80#2", "Zoë", "名"])
def test_valid_names_are_imported(path: Path, source: str) -> None:
    import_lines(encoded([line(source=source)]), path)

    assert json.loads(next(export_lines(path)))["data"]["source"] == source


def test_an_endless_line_is_read_only_up_to_the_limit(path: Path) -> None:
    endless = io.BytesIO(b"x" * 50_000_000)

    with pytest.raises(FileError, match="line 1 cannot be imported: it has more than"):
        import_lines(read_lines(endless, "endless"), path)

    assert endless.tell() < 2 * MAX_LINE


def test_a_read_error_names_the_file(path: Path) -> None:
    with (
        Path("/proc/self/mem").open("rb") as unreadable,
        pytest.raises(FileError, match=r"^mem: Input/output error"),
    ):
        import_lines(read_lines(unreadable, "mem"), path)


def test_the_number_of_imported_rooms_is_limited(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MAX_KNOWN_ROOMS", 4)
    lines = [line(room=f"room{number}") for number in range(3)]
    lines += [room_line("room3"), room_line("room4")]

    with pytest.raises(FileError, match=r"line 5 .*: there are more than 4 rooms"):
        import_lines(encoded(lines), path)
