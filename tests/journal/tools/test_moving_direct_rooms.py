"""Direct rooms, read positions and invitations move by an export."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import (
    AccountDirectOpened,
    AccountErased,
    DirectShown,
    Invited,
    ReadUpTo,
    RoomOpened,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.core.storage import Invitation
from parlour.history.retention import Retention
from parlour.journal import Store
from parlour.journal.sqlite.files import FileError
from parlour.journal.tools.exporting import export_lines
from parlour.journal.tools.importing import import_lines
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    JULIET,
    NOW,
    ROMEO,
    VERONA,
    Clocks,
    batch,
    encoded,
    maintain_fully,
    open_store,
    record,
    registered,
    said,
    stored_account,
    stored_room,
    stored_texts,
)

TYBALT = AccountNumber(2)
DIRECT = RoomName("direct:0123456789abcdef")
ROOM_LINE = (
    f'{{"type":"room","data":{{"room":"{DIRECT}","topic":"","open":true,'
    '"accounts":[1,2]}'
)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return tmp_path / "other.db"


def pair_of(store: Store) -> tuple[AccountNumber, AccountNumber] | None:
    room = stored_room(store, DIRECT)
    return None if room is None else room.pair


def talk(path: Path) -> None:
    """Let Juliet write to Tybalt, who has read it, and invite him to verona."""
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet", (LOBBY,))))
        store.append(batch(registered("Tybalt", (LOBBY,))))
        store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET, is_private=True)))
        store.append(batch(AccountDirectOpened(ROMEO, JULIET, DIRECT, TYBALT)))
        store.append(batch(DirectShown(ROMEO, TYBALT, DIRECT)))
        store.append(batch(said("psst", DIRECT).replace(account=JULIET)))
        store.append(batch(said("hush", DIRECT).replace(account=JULIET)))
        store.append(batch(ReadUpTo(TYBALT, DIRECT, 1)))
        invited = Invited(ROMEO, "Juliet", VERONA, NOW + 60.0, "Tybalt", TYBALT)
        store.append(batch(invited))
        store.append(batch(Invited(ROMEO, "Juliet", VERONA, NOW + 60.0, code="c")))


def test_a_direct_room_moves_with_its_messages_and_members(
    path: Path, other: Path
) -> None:
    talk(path)

    import_lines(encoded(export_lines(path, has_direct=True)), other)

    with closing(open_store(other)) as store:
        assert stored_texts(store, DIRECT) == ["psst", "hush"]
        assert pair_of(store) == (JULIET, TYBALT)
        assert DIRECT in stored_account(store).rooms
        assert stored_account(store, TYBALT).reads == ((LOBBY, 0), (DIRECT, 1))
        assert store.load().invitations == (
            Invitation(VERONA, "Juliet", NOW + 60.0, "Tybalt", TYBALT, number=1),
        )
    assert verify(other).problems == []


def test_without_the_option_nothing_is_told_of_direct_rooms(path: Path) -> None:
    talk(path)

    lines = list(export_lines(path))

    assert not any(DIRECT in line for line in lines)
    assert not any("psst" in line for line in lines)


def test_a_room_and_an_invitation_have_lines(path: Path) -> None:
    talk(path)

    lines = list(export_lines(path, has_direct=True))

    assert f"{ROOM_LINE}}}" in lines
    (invitation,) = [json.loads(each) for each in lines if "invitation" in each]
    assert invitation["data"] == {
        "room": "verona",
        "account": 2,
        "name": "Tybalt",
        "until": "2023-11-14T22:14:20.250000Z",
        "by": "Juliet",
    }


def test_the_direct_room_of_an_erased_account_remains_that_of_the_other_one(
    path: Path, other: Path
) -> None:
    talk(path)
    with closing(open_store(path)) as store:
        store.append(batch(AccountErased(TYBALT)))

    import_lines(encoded(export_lines(path, has_direct=True)), other)

    with closing(open_store(other)) as store:
        assert pair_of(store) == (JULIET, TYBALT)
        assert store.load().last_account == TYBALT
    assert verify(other).problems == []


def test_a_room_whose_messages_are_expired_is_read_up_to_its_end(
    path: Path, other: Path
) -> None:
    with closing(Clocks().open_store(path, Retention(max_messages=0))) as store:
        store.append(batch(registered("Juliet", (VERONA,))))
        record(store, "ab")
        store.append(batch(ReadUpTo(JULIET, VERONA, 2)))
        maintain_fully(store)

    import_lines(encoded(export_lines(path)), other)

    with closing(open_store(other)) as store:
        assert stored_account(store).reads == ((VERONA, 0),)


ANN = (
    '{"type":"account","data":{"number":%d,"name":"%s","role":"member",'
    '"created":"2023-11-14T22:13:20Z","rooms":["%s"]}}'
)
SAID = (
    '{"type":"message","data":{"room":"%s","sequence":1,'
    '"time":"2023-11-14T22:13:20Z","source":"Ann","message":"hi"}}'
)
SAME = ROOM_LINE.replace("0123", "4567")


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ([SAID % DIRECT], "no earlier line says whose direct room"),
        ([ROOM_LINE.replace("[1,2]", "[2,1]") + "}"], "not the numbers of accounts"),
        ([ROOM_LINE.replace("[1,2]", "[0,1]") + "}"], "not the numbers of accounts"),
        ([ROOM_LINE.replace("[1,2]", "[1]") + "}"], "not the numbers of accounts"),
        ([ROOM_LINE.replace(DIRECT, "dev") + "}"], "two accounts if it is a direct"),
        ([ROOM_LINE.replace(',"accounts":[1,2]', "") + "}"], "two accounts if it is"),
        ([ROOM_LINE.replace('""', '"x"') + "}"], "no topic and no settings"),
        ([f"{ROOM_LINE}}}", f"{SAME}}}"], "accounts 1 and 2 have a direct room"),
        ([f"{ROOM_LINE}}}", ANN % (3, "Cat", DIRECT)], "in a direct room of others"),
    ],
)
def test_a_direct_room_that_no_server_can_have_is_refused(
    other: Path, lines: list[str], why: str
) -> None:
    with pytest.raises(FileError, match=why):
        import_lines(encoded(lines), other)

    assert not other.exists()
