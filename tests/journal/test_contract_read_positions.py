"""The contract of `append` for read positions and direct rooms, for every store."""

from contextlib import closing
from pathlib import Path

import pytest

from parlour.core.entries import (
    AccountDirectOpened,
    AccountEntered,
    AccountLeft,
    DirectShown,
    ReadUpTo,
    RoomClosed,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.journal import Store
from tests.journal.stores import (
    JULIET,
    ROMEO,
    VERONA,
    batch,
    head,
    open_store,
    record,
    registered,
    stored_account,
    stored_room,
    stored_texts,
)

TYBALT = AccountNumber(2)
DIRECT = RoomName("direct:0123456789abcdef")
OPEN = AccountDirectOpened(ROMEO, JULIET, DIRECT, TYBALT)
SHOW = DirectShown(ROMEO, TYBALT, DIRECT)


def reads_of(store: Store) -> dict[RoomName, int]:
    return dict(stored_account(store).reads)


@pytest.fixture
def people(store: Store) -> Store:
    """Return a store with three messages in the lobby, and then two accounts."""
    record(store, ["a", "b", "c"], LOBBY)
    store.append(batch(registered("Juliet", (LOBBY,)), registered("Tybalt")))
    return store


def test_an_account_has_read_what_was_said_before_it_entered(people: Store) -> None:
    record(people, ["a", "b"], VERONA)

    people.append(batch(AccountEntered(ROMEO, JULIET, VERONA)))

    last = head(people, LOBBY), head(people, VERONA)
    assert stored_account(people).reads == ((LOBBY, last[0]), (VERONA, last[1]))


def test_a_read_position_moves_forward_up_to_the_last_message(people: Store) -> None:
    record(people, ["d"], LOBBY)
    one = head(people, LOBBY)
    record(people, ["e"], LOBBY)
    last = head(people, LOBBY)

    for sequence, read in ((one, one), (one - 1, one), (99, last)):
        people.append(batch(ReadUpTo(JULIET, LOBBY, sequence)))
        assert reads_of(people) == {LOBBY: read}


def test_there_is_no_position_in_a_room_that_the_account_is_not_in(
    people: Store,
) -> None:
    record(people, ["a"], VERONA)

    people.append(batch(ReadUpTo(JULIET, VERONA, 1), ReadUpTo(TYBALT, LOBBY, 1)))

    assert reads_of(people) == {LOBBY: head(people, LOBBY)}


def test_a_position_is_lost_with_the_membership(people: Store) -> None:
    people.append(batch(AccountLeft(ROMEO, JULIET, LOBBY, "left")))

    assert stored_account(people).reads == ()


def test_positions_and_messages_are_one_batch(people: Store) -> None:
    record(people, ["d", "e"], LOBBY)
    last = head(people, LOBBY)
    people.append(
        batch(
            ReadUpTo(JULIET, LOBBY, last - 1),
            ReadUpTo(JULIET, LOBBY, last),
            AccountEntered(ROMEO, TYBALT, LOBBY),
        )
    )

    assert reads_of(people) == {LOBBY: last}
    assert people.load().accounts[1].reads == ((LOBBY, last),)


def test_a_direct_room_is_stored_with_its_two_accounts(people: Store) -> None:
    people.append(batch(AccountDirectOpened(ROMEO, TYBALT, DIRECT, JULIET)))

    room = stored_room(people, DIRECT)
    assert room is not None
    assert (room.pair, room.number, room.is_open) == ((JULIET, TYBALT), 2, True)
    rooms = [each.rooms for each in people.load().accounts]
    assert rooms == [(LOBBY,), (DIRECT,)], "the other one has it when it is shown"


def test_what_is_said_before_a_direct_room_is_shown_is_read(people: Store) -> None:
    people.append(batch(OPEN))
    record(people, ["a"], DIRECT)

    people.append(batch(SHOW))
    record(people, ["b"], DIRECT)

    assert people.load().accounts[1].reads == ((DIRECT, 1),)
    assert stored_texts(people, DIRECT) == ["a", "b"]


def test_a_direct_room_that_was_closed_opens_again(people: Store) -> None:
    people.append(batch(OPEN))
    record(people, ["a"], DIRECT)
    people.append(batch(AccountLeft(ROMEO, JULIET, DIRECT, "left")))
    people.append(batch(RoomClosed(DIRECT)))

    people.append(batch(OPEN))

    room = stored_room(people, DIRECT)
    assert room is not None
    assert (room.is_open, room.sequence, room.pair) == (True, 1, (JULIET, TYBALT))


def test_a_direct_room_in_which_nothing_was_said_is_deleted(people: Store) -> None:
    people.append(batch(OPEN))

    people.append(batch(RoomClosed(DIRECT)))

    assert DIRECT not in [each.name for each in people.load().rooms]


@pytest.mark.parametrize("missing", [JULIET, TYBALT])
def test_a_direct_room_needs_both_accounts(
    store: Store, missing: AccountNumber
) -> None:
    if missing == TYBALT:
        store.append(batch(registered("Juliet")))
    before = store.load()

    with pytest.raises(ValueError, match="there is no account"):
        store.append(batch(OPEN))

    assert store.load() == before


def test_all_of_it_is_there_when_the_file_is_opened_again(
    tmp_path: Path,
) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet", (LOBBY,)), registered("Tybalt")))
        store.append(batch(OPEN))
        store.append(batch(SHOW))
        record(store, ["a", "b"], DIRECT)
        store.append(batch(ReadUpTo(TYBALT, DIRECT, 1)))
        stored = store.load()

    with closing(open_store(path)) as store:
        assert store.load() == stored
        assert store.load().accounts[1].reads == ((DIRECT, 1),)
