"""The contract of `append` for accounts, for every store."""

import sqlite3
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from parlour.core import account_changes
from parlour.core.entries import (
    AccountEnabled,
    AccountEntered,
    AccountErased,
    AccountIgnored,
    AccountLeft,
    AccountUnignored,
    DeviceAdded,
    DeviceRevoked,
    Entry,
    PasswordSet,
    RoomClosed,
    RoomOpened,
    Target,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.core.limits import MAX_DEVICES
from parlour.core.roles import Role
from parlour.core.storage import StoredAccount, StoredDevice, StoredRoom
from parlour.history.retention import Retention
from parlour.journal import Store, accounts
from parlour.journal.tools.verify import verify
from tests.journal.stores import (
    JULIET,
    MANTUA,
    NOW,
    ROMEO,
    VERONA,
    batch,
    before,
    open_store,
    record,
    registered,
    role_set,
    said,
    sanctioned,
    stored_account,
    stored_room,
    stored_texts,
)

OTHER = AccountNumber(2)
STRANGER = AccountNumber(3)

ABOUT_AN_ACCOUNT: dict[str, Callable[[AccountNumber], Entry]] = {
    "password": lambda number: PasswordSet(ROMEO, number, 1, "hash"),
    "device": lambda number: DeviceAdded(number, 1, "key", "phone"),
    "revoked": lambda number: DeviceRevoked(number, 1),
    "erased": AccountErased,
    "enabled": lambda number: AccountEnabled(number, is_enabled=False),
    "role": lambda number: role_set(number, Role.ADMIN),
    "entered": lambda number: AccountEntered(ROMEO, number, MANTUA),
    "left": lambda number: AccountLeft(ROMEO, number, VERONA, "left"),
    "ignored": lambda number: AccountIgnored(ROMEO, number, "Tybalt", "tybalt"),
    "unignored": lambda number: AccountUnignored(ROMEO, number, "paris"),
}
each_entry = pytest.mark.parametrize("kind", ABOUT_AN_ACCOUNT)


def rooms_of(store: Store) -> tuple[RoomName, ...]:
    return stored_account(store).rooms


def test_an_empty_store_has_no_accounts(store: Store) -> None:
    state = store.load()

    assert (state.accounts, state.last_account) == ((), 0)


def test_a_registered_account_is_stored(store: Store) -> None:
    store.append(batch(registered("Juliet", role=Role.ADMIN), time=NOW + 0.000001))

    state = store.load()
    assert state.accounts == (
        StoredAccount(JULIET, "Juliet", "hash", Role.ADMIN, NOW + 0.000001),
    )
    assert state.last_account == 1


def test_an_account_can_be_registered_with_a_device_and_rooms(store: Store) -> None:
    store.append(batch(RoomOpened(VERONA, ROMEO)))

    store.append(
        batch(registered("Juliet", (VERONA, LOBBY), device="key", label="phone"))
    )

    assert stored_account(store) == StoredAccount(
        JULIET,
        "Juliet",
        "hash",
        Role.MEMBER,
        NOW,
        last_device=1,
        devices=(StoredDevice(1, "key", "phone", NOW),),
        rooms=(VERONA, LOBBY),
        reads=((VERONA, 0), (LOBBY, 0)),
    )


def test_a_registered_account_is_in_each_room_once(store: Store) -> None:
    store.append(batch(registered("Juliet", (LOBBY, VERONA, LOBBY))))

    assert rooms_of(store) == (LOBBY, VERONA)


def fill_with_order(store: Store) -> None:
    """Store two accounts with devices, rooms, ignored names, roles and sanctions."""
    for name, number, device in (("Juliet", JULIET, "a"), ("Tybalt", OTHER, "b")):
        at = Target(name, number)
        entries: list[Entry] = [
            registered(name, (LOBBY, VERONA), device=device),
            AccountIgnored(ROMEO, number, "Paris", "paris"),
            role_set(number, Role.MODERATOR, VERONA),
            sanctioned(target=at),
            said(name, VERONA).replace(account=number),
        ]
        store.append(batch(*entries))


def test_an_erased_account_leaves_nothing_but_its_messages(store: Store) -> None:
    fill_with_order(store)
    old = store.load()

    store.append(batch(AccountErased(JULIET)))

    state = store.load()
    assert state.accounts == old.accounts[1:]
    assert state.sanctions == old.sanctions[1:]
    (verona,) = [each for each in state.rooms if each.name == VERONA]
    assert verona.roles == ((OTHER, Role.MODERATOR),)
    found = store.read(before()).messages
    assert [(each.text, each.account) for each in found] == [
        ("Juliet", JULIET),
        ("Tybalt", OTHER),
    ]
    assert (state.last_account, state.last_sanction) == (2, 2)


def test_the_number_of_an_erased_account_is_not_used_again(store: Store) -> None:
    store.append(batch(registered("Juliet")))
    store.append(batch(AccountErased(JULIET)))

    store.append(batch(registered("Juliet")))

    assert [each.number for each in store.load().accounts] == [OTHER]


def test_an_account_can_be_erased_in_the_batch_that_registers_it(store: Store) -> None:
    store.append(batch(registered("Juliet"), AccountErased(JULIET)))

    state = store.load()
    assert (state.accounts, state.last_account) == ((), 1)


def test_a_file_has_no_rows_of_an_erased_account(tmp_path: Path) -> None:
    path = tmp_path / "chat.db"
    with closing(open_store(path)) as store:
        fill_with_order(store)
        store.append(batch(AccountErased(JULIET), AccountErased(OTHER)))

    assert verify(path).problems == []
    with closing(sqlite3.connect(path)) as db:
        for table in ("account", "device", "membership", "ignored", "room_role"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    with closing(open_store(path)) as store:
        assert (store.load().accounts, store.load().last_account) == ((), 2)


def test_accounts_are_numbered_in_the_order_of_registration(store: Store) -> None:
    store.append(batch(registered("Juliet"), registered("Tybalt")))
    store.append(batch(registered("Paris")))

    state = store.load()
    assert [(each.number, each.name) for each in state.accounts] == [
        (1, "Juliet"),
        (2, "Tybalt"),
        (3, "Paris"),
    ]
    assert state.last_account == 3


def test_a_new_password_has_the_next_generation_and_revokes_all_other_devices(
    store: Store,
) -> None:
    store.append(batch(registered("Juliet", device="a")))
    store.append(batch(DeviceAdded(JULIET, 1, "b", "phone"), time=NOW + 1))
    store.append(batch(DeviceAdded(JULIET, 1, "c", "tablet"), time=NOW + 2))

    store.append(batch(PasswordSet(ROMEO, JULIET, 1, "other hash", 2)))

    found = stored_account(store)
    assert (found.password, found.generation) == ("other hash", 2)
    assert found.devices == (StoredDevice(2, "b", "phone", NOW + 1),)
    assert found.last_device == 3


def test_a_new_password_without_a_device_revokes_all_devices(store: Store) -> None:
    store.append(batch(registered("Juliet", device="a")))

    store.append(batch(PasswordSet(ROMEO, JULIET, 1, "other hash")))

    assert stored_account(store).devices == ()


def test_a_device_gets_the_number_after_the_last_one_that_was_used(
    store: Store,
) -> None:
    store.append(batch(registered("Juliet", device="a")))
    store.append(batch(DeviceAdded(JULIET, 1, "b", "phone")))
    store.append(batch(DeviceRevoked(JULIET, 2)))

    store.append(batch(DeviceAdded(JULIET, 1, "c", "tablet"), time=NOW + 1))

    assert stored_account(store).devices == (
        StoredDevice(1, "a", "", NOW),
        StoredDevice(3, "c", "tablet", NOW + 1),
    )


def test_the_device_that_was_added_first_is_revoked_if_there_are_too_many(
    store: Store,
) -> None:
    store.append(batch(registered("Juliet", device="key 1")))
    for number in range(2, MAX_DEVICES + 3):
        store.append(batch(DeviceAdded(JULIET, 1, f"key {number}", "")))

    found = stored_account(store)
    expected = [f"key {number}" for number in range(3, MAX_DEVICES + 3)]
    assert [each.key for each in found.devices] == expected
    assert found.last_device == MAX_DEVICES + 2


def test_an_account_is_disabled_and_enabled(store: Store) -> None:
    store.append(batch(registered("Juliet")))

    store.append(batch(AccountEnabled(JULIET, is_enabled=False)))
    assert not stored_account(store).is_enabled

    store.append(batch(AccountEnabled(JULIET, is_enabled=True)))
    assert stored_account(store).is_enabled


def test_an_account_gets_a_role(store: Store) -> None:
    store.append(batch(registered("Juliet")))

    store.append(batch(role_set(JULIET, Role.MODERATOR)))

    assert stored_account(store).role is Role.MODERATOR


def test_the_rooms_of_an_account_are_in_the_order_of_entering(store: Store) -> None:
    store.append(batch(registered("Juliet", (LOBBY, VERONA))))

    store.append(batch(AccountEntered(ROMEO, JULIET, MANTUA)))
    assert rooms_of(store) == (LOBBY, VERONA, MANTUA)

    store.append(batch(AccountLeft(ROMEO, JULIET, LOBBY, "left")))
    assert rooms_of(store) == (VERONA, MANTUA)

    store.append(batch(AccountEntered(ROMEO, JULIET, LOBBY)))
    assert rooms_of(store) == (VERONA, MANTUA, LOBBY)


def test_an_account_leaves_and_enters_a_room_in_one_batch(store: Store) -> None:
    store.append(batch(registered("Juliet", (LOBBY, VERONA))))

    left = AccountLeft(ROMEO, JULIET, LOBBY, "left")
    store.append(batch(left, AccountEntered(ROMEO, JULIET, LOBBY)))

    assert rooms_of(store) == (VERONA, LOBBY)


def test_a_room_that_an_account_enters_is_created(store: Store) -> None:
    store.append(batch(registered("Juliet", (LOBBY, VERONA))))
    store.append(batch(AccountEntered(ROMEO, JULIET, MANTUA)))

    assert store.load().rooms == (
        StoredRoom(LOBBY, 1, 0),
        StoredRoom(VERONA, 2, 0),
        StoredRoom(MANTUA, 3, 0),
    )


def test_accounts_are_no_longer_in_a_room_that_is_deleted(store: Store) -> None:
    store.append(batch(registered("Juliet", (LOBBY, VERONA, MANTUA))))
    store.append(batch(registered("Tybalt", (VERONA,))))

    store.append(batch(RoomClosed(VERONA)))

    assert stored_room(store) is None
    assert rooms_of(store) == (LOBBY, MANTUA)
    assert stored_account(store, OTHER).rooms == ()


def test_only_the_accounts_of_a_room_are_looked_at_when_it_is_deleted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"Page {number}" for number in range(100)]
    store.append(batch(*(registered(each, rooms=(LOBBY,)) for each in names)))
    store.append(batch(registered("Juliet", rooms=(VERONA, LOBBY))))
    last = AccountNumber(101)
    store.append(batch(AccountEntered(ROMEO, OTHER, VERONA)))
    store.append(batch(AccountLeft(ROMEO, OTHER, VERONA, "left")))
    looked_at: list[AccountNumber] = []

    def without(account: StoredAccount, rooms: Collection[RoomName]) -> StoredAccount:
        looked_at.append(account.number)
        return account_changes.without_rooms(account, rooms)

    monkeypatch.setattr(accounts, "without_rooms", without)

    store.append(batch(RoomClosed(VERONA)))

    assert looked_at == [last]
    assert stored_account(store, last).rooms == (LOBBY,)


def test_an_account_enters_a_room_that_is_deleted_in_the_same_batch(
    store: Store,
) -> None:
    entered = AccountEntered(ROMEO, JULIET, VERONA)
    store.append(batch(registered("Juliet", (VERONA, LOBBY))))

    store.append(batch(RoomClosed(VERONA), RoomOpened(VERONA, ROMEO), entered))
    assert stored_room(store) == StoredRoom(VERONA, 3, 0)
    assert rooms_of(store) == (LOBBY, VERONA)

    store.append(batch(RoomClosed(VERONA), entered, RoomClosed(VERONA)))
    assert stored_room(store) is None
    assert rooms_of(store) == (LOBBY,)


def test_an_account_is_not_in_a_room_that_is_deleted_and_opened_again(
    store: Store,
) -> None:
    store.append(batch(registered("Juliet", (VERONA, LOBBY))))

    store.append(batch(RoomClosed(VERONA), RoomOpened(VERONA, ROMEO)))

    assert rooms_of(store) == (LOBBY,)


def test_accounts_remain_in_a_room_that_is_closed_with_messages(store: Store) -> None:
    store.append(batch(registered("Juliet", (VERONA,)), said("a")))

    store.append(batch(RoomClosed(VERONA)))

    assert rooms_of(store) == (VERONA,)


def test_ignored_names_are_in_the_order_of_ignoring(store: Store) -> None:
    store.append(batch(registered("Juliet")))
    for name in ("Tybalt", "Paris", "Romeo"):
        store.append(batch(AccountIgnored(ROMEO, JULIET, name, name.lower())))

    store.append(batch(AccountUnignored(ROMEO, JULIET, "tybalt")))
    store.append(batch(AccountIgnored(ROMEO, JULIET, "tybalt", "tybalt")))

    assert stored_account(store).ignored == (
        ("paris", "Paris"),
        ("romeo", "Romeo"),
        ("tybalt", "tybalt"),
    )


def test_a_name_that_is_ignored_again_is_replaced_in_its_place(store: Store) -> None:
    store.append(batch(registered("Juliet")))
    for name in ("Tybalt", "Paris", "TYBALT"):
        store.append(batch(AccountIgnored(ROMEO, JULIET, name, name.lower())))

    found = stored_account(store).ignored

    assert found == (("tybalt", "TYBALT"), ("paris", "Paris"))


def test_an_account_is_changed_in_the_batch_that_registers_it(store: Store) -> None:
    makers = ABOUT_AN_ACCOUNT.items()
    entries = [make(JULIET) for kind, make in makers if kind != "erased"]

    store.append(batch(registered("Juliet", (VERONA,), device="a"), *entries))

    assert stored_account(store) == StoredAccount(
        JULIET,
        "Juliet",
        "hash",
        Role.ADMIN,
        NOW,
        is_enabled=False,
        generation=2,
        last_device=2,
        devices=(StoredDevice(2, "key", "phone", NOW),),
        rooms=(MANTUA,),
        ignored=(("tybalt", "Tybalt"),),
        reads=((MANTUA, 0),),
    )


@each_entry
def test_an_entry_changes_no_other_account(store: Store, kind: str) -> None:
    rooms = (LOBBY, VERONA)
    store.append(batch(*[registered(name, rooms, device="a") for name in "ab"]))
    old = stored_account(store, OTHER)

    store.append(batch(ABOUT_AN_ACCOUNT[kind](JULIET)))

    assert stored_account(store, OTHER) == old


@each_entry
def test_an_entry_about_an_unknown_account_stores_nothing(
    store: Store, kind: str
) -> None:
    store.append(batch(registered("Juliet"), registered("Tybalt")))
    record(store, "a")
    old = store.load()

    with pytest.raises(ValueError, match="there is no account 3"):
        store.append(batch(said("b"), ABOUT_AN_ACCOUNT[kind](STRANGER)))

    assert store.load() == old
    assert stored_texts(store) == ["a"]


@pytest.mark.parametrize(
    "entry",
    [
        registered("\ud800"),
        registered("Paris", device="\ud800"),
        registered("Paris", device="a", label="\ud800"),
        PasswordSet(ROMEO, JULIET, 1, "\ud800"),
        DeviceAdded(JULIET, 1, "\ud800", ""),
        DeviceAdded(JULIET, 1, "a", "\ud800"),
        AccountIgnored(ROMEO, JULIET, "\ud800", "a"),
        AccountIgnored(ROMEO, JULIET, "a", "\ud800"),
    ],
)
def test_an_entry_with_a_text_that_is_not_unicode_stores_nothing(
    store: Store, entry: Entry
) -> None:
    store.append(batch(registered("Juliet")))
    old = store.load()

    with pytest.raises(ValueError, match="surrogates"):
        store.append(batch(said("a"), entry))

    assert store.load() == old
    assert stored_texts(store) == []


def test_times_of_accounts_are_stored_with_microseconds(store: Store) -> None:
    store.append(batch(registered("Juliet", device="a"), time=NOW + 0.123456789))

    found = stored_account(store)

    assert found.created == NOW + 0.123457
    assert found.devices[0].added == NOW + 0.123457


def test_a_batch_contains_messages_and_entries_about_accounts(store: Store) -> None:
    store.append(
        batch(said("a"), registered("Juliet", (VERONA,)), said("b"), said("c", MANTUA))
    )

    assert stored_texts(store) == ["a", "b"]
    assert rooms_of(store) == (VERONA,)
    assert [room.number for room in store.load().rooms] == [1, 2, 3]


@each_entry
def test_accounts_persist_when_the_file_is_reopened(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "chat.db"
    ignored = AccountIgnored(ROMEO, JULIET, "Paris", "paris")
    juliet = registered("Juliet", (LOBBY, VERONA), device="a", label="phone")
    with closing(open_store(path)) as store:
        store.append(batch(juliet, registered("Tybalt"), ignored))
    with closing(open_store(path)) as store:
        store.append(batch(ABOUT_AN_ACCOUNT[kind](JULIET), time=NOW + 1))
        old = store.load()

    with closing(open_store(path)) as store:
        assert store.load() == old
        store.append(batch(registered("Paris")))
        assert stored_account(store, STRANGER).name == "Paris"


ENTERED, LEFT = (
    AccountEntered(ROMEO, JULIET, VERONA),
    AccountLeft(ROMEO, JULIET, VERONA, "left"),
)
PARIS = AccountIgnored(ROMEO, JULIET, "Paris", "paris")
NOT_PARIS = AccountUnignored(ROMEO, JULIET, "paris")
MORE_ROOMS = [
    AccountEntered(ROMEO, JULIET, RoomName(f"room{number}")) for number in range(12)
]


@pytest.mark.parametrize(
    "entries",
    [
        (LEFT,),
        (LEFT, ENTERED),
        (LEFT, *MORE_ROOMS, ENTERED),
        (*MORE_ROOMS, LEFT, ENTERED),
        (RoomClosed(VERONA), RoomOpened(VERONA, ROMEO), ENTERED),
        (RoomClosed(VERONA), ENTERED, RoomClosed(VERONA)),
        (RoomClosed(VERONA), RoomClosed(MANTUA), ENTERED, said("a", MANTUA)),
        (NOT_PARIS,),
        (NOT_PARIS, PARIS),
        (AccountIgnored(ROMEO, JULIET, "PARIS", "paris"),),
        (AccountIgnored(ROMEO, JULIET, "Nurse", "nurse"), NOT_PARIS, PARIS),
        (DeviceRevoked(JULIET, 2), DeviceAdded(JULIET, 1, "d", "")),
        (PasswordSet(ROMEO, JULIET, 1, "other", 2), DeviceAdded(JULIET, 2, "d", "")),
        [DeviceAdded(JULIET, 1, f"key {each}", "") for each in range(MAX_DEVICES)],
    ],
)
def test_the_order_of_lists_persists_when_the_file_is_reopened(
    tmp_path: Path, entries: Sequence[Entry]
) -> None:
    path = tmp_path / "chat.db"
    names = [AccountIgnored(ROMEO, JULIET, each, each) for each in ("abc", "xyz")]
    devices = [DeviceAdded(JULIET, 1, each, "") for each in "abc"]
    juliet = registered("Juliet", (LOBBY, VERONA, MANTUA))
    with closing(open_store(path)) as store:
        store.append(batch(juliet, *devices, names[0], PARIS, names[1]))
        store.append(batch(*entries))
        old = store.load()

    with closing(open_store(path)) as store:
        assert store.load() == old


def test_accounts_are_no_longer_in_a_room_that_is_deleted_at_the_start(
    tmp_path: Path,
) -> None:
    path = tmp_path / "chat.db"
    nothing = Retention(max_messages=0)
    with closing(open_store(path, nothing)) as store:
        store.append(batch(registered("Juliet", (LOBBY, VERONA, MANTUA))))
        store.append(batch(said("a"), RoomClosed(VERONA)))

    for _ in range(2):
        with closing(open_store(path, nothing)) as store:
            assert stored_room(store) is None
            assert rooms_of(store) == (LOBBY, MANTUA)
