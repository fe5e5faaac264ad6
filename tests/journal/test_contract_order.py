"""The contract of `append` for what keeps order, for every store."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core import order_rules
from parlour.core.entries import (
    AccountErased,
    Announced,
    Entry,
    Kicked,
    Lifted,
    RoomClosed,
    RoomOpened,
    RoomSet,
    SanctionKind,
    Target,
)
from parlour.core.events import LOBBY, AccountNumber, SessionId
from parlour.core.roles import Role
from parlour.core.storage import Sanction, StoredRoom
from parlour.history.retention import Retention
from parlour.journal import Store
from tests.journal.stores import (
    JULIET,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    batch,
    open_store,
    registered,
    role_set,
    said,
    sanctioned,
    stored_account,
    stored_room,
    stored_texts,
)

TYBALT = AccountNumber(2)
STRANGER = AccountNumber(3)
GUEST = Target("Paris", session=SessionId(5), token="t" * 16, network="192.0.2.0/24")


def room_of(store: Store) -> StoredRoom:
    found = stored_room(store)
    assert found is not None
    return found


def numbers(store: Store) -> list[int]:
    return [each.number for each in store.load().sanctions]


def lifted(number: int) -> Lifted:
    return Lifted(ROMEO, "Romeo", SanctionKind.MUTE, VERONA, number, "Paris")


def room_set(*, is_locked: bool | None = None, slow: int | None = None) -> RoomSet:
    return RoomSet(ROMEO, "Romeo", VERONA, is_locked, slow)


@pytest.fixture
def few_sanctions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_rules, "MAX_SANCTIONS", 3)


# -- roles in rooms, and their settings -------------------------------------------


def test_a_new_room_has_the_owner_who_opened_it(store: Store) -> None:
    store.append(batch(registered("Juliet")))

    store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET)))

    assert stored_room(store) == StoredRoom(VERONA, 2, 0, roles=((JULIET, Role.OWNER),))


def test_a_room_that_nobody_owns_has_no_roles(store: Store) -> None:
    store.append(batch(RoomOpened(VERONA, ROMEO)))

    assert stored_room(store) == StoredRoom(VERONA, 2, 0)


def test_a_room_that_exists_keeps_its_roles_when_it_is_opened(store: Store) -> None:
    store.append(batch(registered("Juliet"), registered("Tybalt")))
    store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET), said("a")))
    store.append(batch(RoomClosed(VERONA)))

    store.append(batch(RoomOpened(VERONA, ROMEO, owner=TYBALT)))

    assert room_of(store).roles == ((JULIET, Role.OWNER),)


def test_the_lobby_has_no_owner(store: Store) -> None:
    store.append(batch(registered("Juliet"), RoomOpened(LOBBY, ROMEO, owner=JULIET)))

    assert store.load().rooms == (StoredRoom(LOBBY, 1, 0),)


def test_roles_in_a_room_are_in_the_order_of_appointing(store: Store) -> None:
    names = ("Juliet", "Tybalt", "Paris")
    store.append(batch(*map(registered, names), RoomOpened(VERONA, ROMEO)))
    for number in (2, 1, 3):
        entry = role_set(AccountNumber(number), Role.MODERATOR, VERONA)
        store.append(batch(entry))

    store.append(batch(role_set(TYBALT, Role.MEMBER, VERONA)))
    store.append(batch(role_set(TYBALT, Role.MODERATOR, VERONA)))

    assert room_of(store).roles == (
        (JULIET, Role.MODERATOR),
        (STRANGER, Role.MODERATOR),
        (TYBALT, Role.MODERATOR),
    )


def test_the_owner_becomes_a_moderator_when_there_is_another_one(store: Store) -> None:
    store.append(batch(registered("Juliet"), registered("Tybalt")))
    store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET)))

    store.append(batch(role_set(TYBALT, Role.OWNER, VERONA)))

    assert room_of(store).roles == (
        (JULIET, Role.MODERATOR),
        (TYBALT, Role.OWNER),
    )


def test_a_role_in_a_room_is_not_one_on_the_server(store: Store) -> None:
    store.append(batch(registered("Juliet"), RoomOpened(VERONA, ROMEO)))

    store.append(batch(role_set(JULIET, Role.MODERATOR, VERONA)))

    assert stored_account(store).role is Role.MEMBER
    assert stored_room(store, LOBBY) == StoredRoom(LOBBY, 1, 0)


def test_a_room_is_locked_and_slow(store: Store) -> None:
    store.append(batch(RoomOpened(VERONA, ROMEO)))

    store.append(batch(room_set(is_locked=True, slow=30)))
    assert stored_room(store) == StoredRoom(VERONA, 2, 0, is_locked=True, slow=30)

    store.append(batch(room_set(slow=0)))
    assert stored_room(store) == StoredRoom(VERONA, 2, 0, is_locked=True)

    store.append(batch(room_set(is_locked=False)))
    assert stored_room(store) == StoredRoom(VERONA, 2, 0)


@pytest.mark.parametrize(
    "entry", [room_set(slow=5), role_set(JULIET, Role.OWNER, VERONA)]
)
def test_a_room_that_an_entry_needs_is_created(store: Store, entry: Entry) -> None:
    store.append(batch(registered("Juliet"), entry))

    assert room_of(store).number == 2


def test_a_closed_room_keeps_its_roles_and_settings(store: Store) -> None:
    store.append(batch(registered("Juliet"), said("a")))
    store.append(batch(role_set(JULIET, Role.OWNER, VERONA), room_set(slow=5)))
    old = room_of(store)

    store.append(batch(RoomClosed(VERONA)))
    store.append(batch(RoomOpened(VERONA, ROMEO)))

    assert stored_room(store) == old


def test_a_room_that_is_deleted_loses_its_roles_and_settings(store: Store) -> None:
    store.append(batch(registered("Juliet")))
    store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET), room_set(slow=5)))
    store.append(batch(RoomClosed(VERONA)))

    store.append(batch(RoomOpened(VERONA, ROMEO)))

    assert stored_room(store) == StoredRoom(VERONA, 3, 0)


def test_an_erased_account_has_no_role_in_a_room_that_was_created_again(
    store: Store,
) -> None:
    store.append(batch(registered("Juliet"), RoomOpened(VERONA, ROMEO)))

    opened = RoomOpened(VERONA, ROMEO, owner=JULIET)
    store.append(batch(RoomClosed(VERONA), opened, AccountErased(JULIET)))

    assert room_of(store).roles == ()


def test_a_room_that_is_deleted_loses_its_sanctions(store: Store) -> None:
    elsewhere = sanctioned(room=None)
    store.append(batch(RoomOpened(VERONA, ROMEO), sanctioned(), elsewhere))

    store.append(batch(RoomClosed(VERONA)))

    assert [each.room for each in store.load().sanctions] == [None]
    store.append(batch(RoomOpened(VERONA, ROMEO), sanctioned()))
    assert [each.number for each in store.load().sanctions] == [2, 3]


def test_sanctions_are_no_longer_in_a_room_that_is_deleted_at_the_start(
    tmp_path: Path,
) -> None:
    path = tmp_path / "chat.db"
    nothing = Retention(max_messages=0)
    with closing(open_store(path, nothing)) as store:
        store.append(batch(RoomOpened(VERONA, ROMEO), sanctioned(), sanctioned()))
        store.append(batch(sanctioned(room=None), said("a"), RoomClosed(VERONA)))

    for _ in range(2):
        with closing(open_store(path, nothing)) as store:
            assert [each.number for each in store.load().sanctions] == [3]


def test_a_message_changes_no_roles_and_settings(store: Store) -> None:
    store.append(batch(registered("Juliet")))
    store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET), room_set(slow=5)))
    old = room_of(store)

    store.append(batch(said("a")))

    assert room_of(store).roles == old.roles
    assert room_of(store).slow == 5


# -- sanctions --------------------------------------------------------------------


def test_an_empty_store_has_no_sanctions(store: Store) -> None:
    state = store.load()

    assert (state.sanctions, state.last_sanction) == ((), 0)


def test_a_sanction_is_stored(store: Store) -> None:
    store.append(batch(sanctioned(until=NOW + 60.0000011, reason="noise"), time=NOW))

    state = store.load()
    assert state.sanctions == (
        Sanction(
            1,
            SanctionKind.MUTE,
            VERONA,
            Target("Paris"),
            "Romeo",
            NOW,
            NOW + 60.000001,
            "noise",
        ),
    )
    assert state.last_sanction == 1


def test_a_sanction_can_be_on_the_server_and_without_an_end(store: Store) -> None:
    store.append(batch(sanctioned(SanctionKind.BAN, room=None)))

    (found,) = store.load().sanctions
    assert (found.kind, found.room, found.until) == (SanctionKind.BAN, None, None)


def test_the_target_of_a_sanction_is_stored_without_its_session(store: Store) -> None:
    store.append(batch(sanctioned(target=GUEST)))
    store.append(batch(registered("Juliet")))
    store.append(batch(sanctioned(target=Target("Juliet", JULIET))))

    found = store.load().sanctions
    assert [each.target for each in found] == [
        Target("Paris", token="t" * 16, network="192.0.2.0/24"),
        Target("Juliet", JULIET),
    ]


def test_sanctions_are_numbered_after_the_last_one_that_was_used(store: Store) -> None:
    store.append(batch(sanctioned(), sanctioned()))
    store.append(batch(lifted(2)))
    store.append(batch(sanctioned()))

    assert numbers(store) == [1, 3]
    assert store.load().last_sanction == 3


def test_a_sanction_is_added_and_lifted_in_one_batch(store: Store) -> None:
    store.append(batch(sanctioned(), lifted(1), sanctioned()))
    store.append(batch(sanctioned(), lifted(3)))

    assert numbers(store) == [2]
    assert store.load().last_sanction == 3


def test_sanctions_that_have_ended_remain(store: Store) -> None:
    store.append(batch(sanctioned(until=NOW + 1)))
    store.append(batch(sanctioned(), time=NOW + 2))

    assert numbers(store) == [1, 2]


@pytest.mark.usefixtures("few_sanctions")
def test_sanctions_that_have_ended_are_removed_if_there_are_too_many(
    store: Store,
) -> None:
    store.append(batch(sanctioned(until=NOW + 1), sanctioned(), sanctioned()))
    store.append(batch(lifted(2)))
    store.append(batch(sanctioned(until=NOW + 5), time=NOW + 2))
    assert numbers(store) == [1, 3, 4]

    store.append(batch(sanctioned(), time=NOW + 2))
    assert numbers(store) == [3, 4, 5]
    assert store.load().last_sanction == 5


@pytest.mark.usefixtures("few_sanctions")
def test_sanctions_of_one_batch_are_removed_by_its_later_ones(store: Store) -> None:
    ended = sanctioned(until=NOW)

    store.append(batch(ended, ended, ended, sanctioned()))

    assert numbers(store) == [4]


def test_a_ban_from_a_room_lets_the_account_leave_it(store: Store) -> None:
    store.append(batch(registered("Juliet", (LOBBY, VERONA)), registered("Tybalt")))
    target = Target("Juliet", JULIET)

    store.append(batch(sanctioned(SanctionKind.BAN, MANTUA, target)))
    store.append(batch(sanctioned(SanctionKind.BAN, None, target)))
    store.append(batch(sanctioned(SanctionKind.MUTE, VERONA, target)))
    assert stored_account(store).rooms == (LOBBY, VERONA)

    store.append(batch(sanctioned(SanctionKind.BAN, VERONA, target)))
    assert stored_account(store).rooms == (LOBBY,)


def test_a_kick_lets_the_account_leave_the_room(store: Store) -> None:
    store.append(batch(registered("Juliet", (LOBBY, VERONA))))

    kicked = Kicked(ROMEO, "Romeo", VERONA, Target("Juliet", JULIET), "noise")
    store.append(batch(kicked))

    assert stored_account(store).rooms == (LOBBY,)


@pytest.mark.parametrize(
    "entry",
    [
        Announced(ROMEO, "Romeo", "hear, hear"),
        Kicked(ROMEO, "Romeo", VERONA, GUEST, ""),
        Kicked(ROMEO, "Romeo", VERONA, Target("Juliet", STRANGER), ""),
    ],
)
def test_a_kick_of_a_guest_and_an_announcement_change_nothing(
    store: Store, entry: Entry
) -> None:
    store.append(batch(registered("Juliet", (VERONA,)), said("a"), sanctioned()))
    old = store.load()

    store.append(batch(entry))

    assert store.load() == old
    assert stored_texts(store) == ["a"]


UNKNOWN: dict[str, tuple[Callable[[], Entry], str]] = {
    "lifted": (lambda: lifted(1), "there is no sanction 1"),
    "role": (
        lambda: role_set(STRANGER, Role.OWNER, VERONA),
        "there is no account 3",
    ),
    "opened": (
        lambda: RoomOpened(MANTUA, ROMEO, owner=STRANGER),
        "there is no account 3",
    ),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_an_entry_about_something_unknown_stores_nothing(
    store: Store, kind: str
) -> None:
    store.append(batch(registered("Juliet"), sanctioned()))
    old = store.load()
    make, message = UNKNOWN[kind]

    with pytest.raises(ValueError, match=message):
        store.append(batch(said("a"), sanctioned(), lifted(1), make()))

    assert store.load() == old
    assert stored_texts(store) == []


BAD = "\ud800"


@pytest.mark.parametrize(
    "entry",
    [
        sanctioned(reason=BAD),
        sanctioned(target=Target(BAD)),
        sanctioned(target=Target("Paris", token=BAD)),
        sanctioned(target=Target("Paris", network=BAD)),
        sanctioned().replace(by=BAD),
        lifted(1).replace(by=BAD),
        room_set(slow=5).replace(by=BAD),
        role_set(JULIET, Role.OWNER, VERONA).replace(by=BAD),
        Announced(ROMEO, BAD, "hear, hear"),
        Kicked(ROMEO, "Romeo", VERONA, GUEST, BAD),
    ],
)
def test_an_entry_with_a_text_that_is_not_unicode_stores_nothing(
    store: Store, entry: Entry
) -> None:
    store.append(batch(registered("Juliet"), sanctioned()))
    old = store.load()

    with pytest.raises(ValueError, match="surrogates"):
        store.append(batch(said("a"), entry))

    assert store.load() == old
    assert stored_texts(store) == []


def test_what_keeps_order_is_stored_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        store.append(batch(registered("Juliet"), registered("Tybalt")))
        store.append(batch(RoomOpened(VERONA, ROMEO, owner=JULIET), said("a")))
        store.append(batch(room_set(is_locked=True, slow=5)))
        store.append(batch(role_set(TYBALT, Role.OWNER, VERONA)))
        store.append(batch(sanctioned(target=GUEST), sanctioned(), sanctioned()))
        store.append(batch(lifted(3)))
        old = store.load()

    with closing(open_store(path)) as store:
        assert store.load() == old
        store.append(batch(role_set(TYBALT, Role.MEMBER, VERONA), sanctioned()))
        changed = store.load()

    assert numbers_of(changed.sanctions) == [1, 2, 4]
    with closing(open_store(path)) as store:
        assert store.load() == changed


def numbers_of(sanctions: tuple[Sanction, ...]) -> list[int]:
    return [each.number for each in sanctions]
