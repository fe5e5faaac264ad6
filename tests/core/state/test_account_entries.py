"""Accounts: registered, enabled, and the roles that they have."""

import pytest

from parlour.core.entries import (
    AccountEnabled,
    DeviceAdded,
    DeviceRevoked,
    Entry,
    PasswordSet,
    Registered,
    Renamed,
    SessionClosed,
)
from parlour.core.events import LOBBY, AccountNumber, Bye
from parlour.core.limits import MAX_ACCOUNTS
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from parlour.core.state import registrations
from parlour.core.state.effects import (
    IgnoredChanged,
    NameChanged,
    RoomEnded,
    SessionEnded,
    SessionExpelled,
    SessionSignedIn,
)
from parlour.core.state.names import name_keys
from parlour.core.storage import StoredAccount, StoredDevice
from tests.core.state.chat import (
    ANN,
    ANNS,
    BOB,
    BOBS,
    CAT,
    DEV,
    ME,
    NOBODY,
    OPEN_DEV,
    OPEN_ME,
    PHONE,
    TABLET,
    Chat,
    ignores,
    opened,
    registered,
    role_set,
    signed_in,
)

NEXT = AccountNumber(3)


def account_of(chat: Chat, number: AccountNumber = ANNS) -> StoredAccount:
    account = chat.state.accounts.get(number)
    assert account is not None
    return account


# -- registering ------------------------------------------------------------------


def test_a_guest_registers_its_name_and_is_signed_in() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_DEV)

    effects = chat.apply(registered(ANN, LOBBY, DEV, LOBBY))

    assert effects == [SessionSignedIn(ANN)], "the others notice nothing"
    assert account_of(chat) == StoredAccount(
        *(ANNS, "Ann", "hash of Ann", Role.MEMBER, chat.time),
        rooms=(LOBBY, DEV),
        reads=((LOBBY, 0), (DEV, 0)),
    )
    assert chat.state.sessions[ANN].account == ANNS
    assert chat.names() == ["Ann", "Bob"]


def test_a_guest_registers_with_its_first_device() -> None:
    chat = Chat(opened(ANN))

    chat.apply(registered(ANN, device="a hash", label="laptop"))

    account = account_of(chat)
    assert account.devices == (StoredDevice(1, "a hash", "laptop", chat.time),)
    assert account.last_device == chat.state.sessions[ANN].device == 1
    found = chat.state.accounts.device("a hash")
    assert found == (chat.state.accounts.get(ANNS), 1)


def test_an_account_keeps_its_name_when_its_session_ends() -> None:
    chat = Chat(opened(ANN), registered(ANN), SessionClosed(ANN, "bye"))

    assert chat.codes(opened(BOB, name="ann", keys=("ann",))) == ["name_registered"]
    assert chat.names() == ["192.0.2.1:2"]
    assert chat.codes(Renamed(BOB, "Ann", ("ann",))) == ["name_registered"]


def test_a_name_that_looks_like_a_registered_one_is_not_registered() -> None:
    chat = Chat(opened(ANN), registered(ANN), opened(BOB))

    entry = registered(BOB, keys=("bob", "ann"))

    assert chat.codes(entry) == ["name_registered"]
    assert len(chat.state.accounts) == 1


def test_a_guest_registers_no_other_name_than_its_own() -> None:
    chat = Chat(opened(ANN))

    assert chat.apply(registered(ANN, name="Eve", keys=("eve",))) == []
    assert chat.apply(registered(BOB)) == [], "there is no such session"
    assert len(chat.state.accounts) == 0


def test_a_session_does_not_register_twice() -> None:
    chat = Chat(opened(ANN), registered(ANN))

    assert chat.codes(registered(ANN)) == ["name_registered"]
    assert chat.codes(registered(ANN, keys=("other",))) == ["already_signed_in"]


def test_a_server_has_at_most_100_000_accounts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registrations, "MAX_ACCOUNTS", 1)
    chat = Chat(opened(ANN), registered(ANN), opened(BOB))

    assert MAX_ACCOUNTS == 100_000
    assert chat.codes(registered(BOB)) == ["accounts_full"]


def test_the_direct_rooms_of_a_guest_are_over_when_it_registers() -> None:
    chat = Chat(opened(ANN), opened(BOB), OPEN_ME)

    effects = chat.apply(registered(ANN))

    assert effects[0] == RoomEnded(ME, (ANN, BOB), "Ann has registered")
    assert chat.rooms_of(ANN) == chat.rooms_of(BOB) == [LOBBY]


def test_a_new_account_ignores_nobody() -> None:
    chat = Chat(opened(ANN), ignores(ANN, "Bob"))

    assert chat.apply(registered(ANN)) == [SessionSignedIn(ANN), IgnoredChanged(ANN)]
    assert chat.state.ignored_by(chat.state.sessions[ANN]) == {}


def test_an_administrator_creates_an_account_with_a_role() -> None:
    chat = Chat()
    entry = Registered(NOBODY, "Ann", ("ann",), "hash", Role.ADMIN, (LOBBY,))

    assert chat.apply(entry) == []
    assert account_of(chat).role is Role.ADMIN
    assert chat.names() == []


def test_a_guest_loses_its_name_to_an_account_that_is_created() -> None:
    chat = Chat(OPEN_DEV, opened(ANN, LOBBY, DEV))

    effects = chat.apply(registered(ANN, attachment=NOBODY))

    assert effects == [NameChanged(ANN, "Ann", "192.0.2.1:1", (LOBBY, DEV))]
    assert chat.names() == ["192.0.2.1:1"]
    assert chat.state.sessions[ANN].account == 0


def test_a_guest_called_by_its_address_loses_that_name_too() -> None:
    address = "192.0.2.1:1"
    chat = Chat(opened(ANN, name="", keys=()), opened(BOB))
    entry = registered(CAT, attachment=NOBODY, name=address)

    effects = chat.apply(entry.replace(keys=("bob", *name_keys(address))))

    assert effects == [
        NameChanged(BOB, "Bob", "192.0.2.1:2", (LOBBY,)),
        NameChanged(ANN, address, f"{address}#2", (LOBBY,)),
    ]
    account = chat.state.accounts.named(fold_key(address))
    assert account is not None
    assert account.name == address


def test_guests_who_lose_their_names_get_what_others_of_them_have_freed() -> None:
    """The address of Bob is the name of Ann, and both lose their names."""
    name = "192.0.2.1:2"
    ann = opened(ANN, name=name, keys=("ann", *name_keys(name)))
    chat = Chat(ann, opened(BOB))

    chat.apply(registered(CAT, attachment=NOBODY, keys=("bob", "ann")))

    assert chat.names() == ["192.0.2.1:1", "192.0.2.1:2"]
    assert chat.state.sessions[BOB].name == "192.0.2.1:2"


def test_a_guest_registers_no_keys_that_another_one_has() -> None:
    chat = Chat(opened(ANN), opened(BOB))

    assert chat.codes(registered(ANN, keys=("ann", "bob"))) == ["name_taken"]
    assert len(chat.state.accounts) == 0
    assert chat.names() == ["Ann", "Bob"]


def test_accounts_are_numbered_one_after_the_other() -> None:
    chat = Chat(opened(ANN), opened(BOB), registered(ANN), registered(BOB))

    chat.apply(registered(CAT, attachment=NOBODY))

    assert [each.number for each in chat.state.accounts] == [ANNS, BOBS, NEXT]


# -- roles, and accounts that are disabled -----------------------------------------


@pytest.fixture
def anns() -> Chat:
    """Return a chat in which Ann has an account with a device, and Bob is a guest."""
    chat = Chat(OPEN_DEV, opened(ANN), registered(ANN, LOBBY, DEV, device="a hash"))
    chat.apply(SessionClosed(ANN, "bye"))
    chat.apply(opened(BOB))
    return chat


def test_all_sessions_of_an_account_hear_of_its_role(anns: Chat) -> None:
    anns.apply(signed_in(PHONE))
    anns.apply(signed_in(TABLET))

    effects = anns.apply(role_set(ANNS, Role.ADMIN))

    assert effects[:2] == [SessionSignedIn(PHONE), SessionSignedIn(TABLET)]
    assert account_of(anns).role is Role.ADMIN
    assert anns.apply(role_set(ANNS, Role.ADMIN)) == [], "it has it already"


@pytest.mark.parametrize("role", [Role.GUEST, Role.OWNER])
def test_an_account_has_no_role_that_is_none_of_the_server(
    anns: Chat, role: Role
) -> None:
    assert anns.apply(role_set(ANNS, role)) == []
    assert account_of(anns).role is Role.MEMBER
    assert anns.apply(registered(BOB, role=role)) == []
    assert len(anns.state.accounts) == 1


def test_the_sessions_of_an_account_end_when_it_is_disabled(anns: Chat) -> None:
    anns.apply(signed_in(PHONE, knows_rooms=False, rooms=(LOBBY,)))

    effects = anns.apply(AccountEnabled(ANNS, is_enabled=False))

    bye = Bye("revoked", "the account was disabled")
    assert effects[0] == SessionExpelled(PHONE, PHONE, bye)
    assert effects[2:] == [SessionEnded(PHONE, PHONE, "Ann")]
    assert anns.names() == ["Bob"]
    assert anns.apply(AccountEnabled(ANNS, is_enabled=False)) == []


@pytest.mark.parametrize(
    "entry",
    [
        PasswordSet(ANN, BOBS, 1, "hash"),
        DeviceAdded(BOBS, 1, "a hash", "a label"),
        DeviceRevoked(BOBS, 1),
        AccountEnabled(BOBS, is_enabled=False),
        role_set(BOBS, Role.ADMIN),
    ],
)
def test_an_entry_about_no_account_is_void(anns: Chat, entry: Entry) -> None:
    before = account_of(anns)

    assert anns.codes(entry) == ["no_such_account"]
    assert account_of(anns) == before
