"""Passwords and devices of accounts, and the sessions that end with them."""

import pytest

from parlour.core.entries import (
    AccountEnabled,
    DeviceAdded,
    DeviceRevoked,
    PasswordSet,
    SessionHeld,
    SignedIn,
)
from parlour.core.events import Bye
from parlour.core.limits import MAX_DEVICES
from parlour.core.state.effects import (
    DeviceMade,
    RoomLeft,
    SessionEnded,
    SessionExpelled,
    SessionSignedIn,
)
from parlour.core.storage import StoredDevice
from tests.core.state.chat import (
    ANN,
    ANNS,
    BOB,
    NOBODY,
    PHONE,
    TABLET,
    Chat,
    kinds,
    opened,
    registered,
    signed_in,
)

NEW_PASSWORD = Bye("revoked", "the password of the account was changed")
REVOKED = Bye("revoked", "the device was revoked")


@pytest.fixture
def chat() -> Chat:
    """Return a chat in which Ann is on a laptop, device 1, and a phone, device 2."""
    chat = Chat(opened(ANN), registered(ANN, device="key 1", label="laptop"))
    chat.apply(DeviceAdded(ANNS, 1, "key 2", "phone"))
    chat.apply(signed_in(PHONE, device=2))
    return chat


def devices_of(chat: Chat) -> list[int]:
    """Return the numbers of Ann's devices."""
    account = chat.state.accounts.get(ANNS)
    assert account is not None
    return [each.number for each in account.devices]


def generation_of(chat: Chat) -> int:
    account = chat.state.accounts.get(ANNS)
    assert account is not None
    return account.generation


# -- passwords --------------------------------------------------------------------


def test_another_password_ends_all_other_sessions_and_devices(chat: Chat) -> None:
    chat.apply(opened(BOB))

    effects = chat.apply(PasswordSet(PHONE, ANNS, 1, "another hash", 2))

    assert effects == [
        SessionSignedIn(PHONE),
        SessionExpelled(ANN, ANN, NEW_PASSWORD),
        RoomLeft(ANN, chat.rooms_of(BOB)[0], "Ann", "revoked", is_last=False),
        SessionEnded(ANN, ANN, "Ann"),
    ]
    assert devices_of(chat) == [2]
    assert chat.state.accounts.device("key 1") is None
    account = chat.state.accounts.get(ANNS)
    assert account is not None
    assert (account.password, account.generation) == ("another hash", 2)
    assert chat.names() == ["Ann", "Bob"]


def test_a_session_whose_device_is_not_kept_goes_on_without_it(chat: Chat) -> None:
    chat.apply(PasswordSet(PHONE, ANNS, 1, "another hash", 0))

    assert devices_of(chat) == []
    assert chat.state.sessions[PHONE].device == 0


def test_a_password_that_an_administrator_sets_ends_all_sessions(chat: Chat) -> None:
    effects = chat.apply(PasswordSet(NOBODY, ANNS, 1, "another hash"))

    assert kinds(effects).count("SessionExpelled") == 2
    assert (chat.names(), devices_of(chat)) == ([], [])


def test_sessions_that_are_held_end_too(chat: Chat) -> None:
    chat.apply(SessionHeld(ANN))

    chat.apply(PasswordSet(PHONE, ANNS, 1, "another hash", 2))

    assert ANN not in chat.state.sessions
    resumed = opened(ANN, attachment=TABLET, name="", keys=())
    assert kinds(chat.apply(resumed))[0] == "SessionStarted"
    assert chat.state.sessions[TABLET].account == 0, "its token is forgotten"


def test_what_was_checked_with_an_old_password_is_void(chat: Chat) -> None:
    chat.apply(opened(BOB))
    chat.apply(PasswordSet(PHONE, ANNS, 1, "another hash", 2))

    assert chat.codes(PasswordSet(PHONE, ANNS, 1, "x")) == ["auth_failed"]
    assert chat.codes(DeviceAdded(ANNS, 1, "key 3", "x")) == ["auth_failed"]
    assert chat.codes(SignedIn(BOB, ANNS, 1)) == ["auth_failed"]
    assert chat.codes(signed_in(TABLET)) == ["auth_failed"]
    assert generation_of(chat) == 2
    assert chat.codes(SignedIn(BOB, ANNS, 2)) == []


# -- devices ----------------------------------------------------------------------


def test_a_device_has_the_next_number(chat: Chat) -> None:
    assert chat.apply(DeviceAdded(ANNS, 1, "key 3", "tablet")) == [DeviceMade(ANNS, 3)]
    account = chat.state.accounts.get(ANNS)
    assert account is not None
    assert account.devices[-1] == StoredDevice(3, "key 3", "tablet", chat.time)
    assert chat.state.accounts.device("key 3") == (account, 3)


def test_the_number_of_a_revoked_device_is_not_used_again(chat: Chat) -> None:
    chat.apply(DeviceRevoked(ANNS, 2))

    assert chat.apply(DeviceAdded(ANNS, 1, "key 3", "x")) == [DeviceMade(ANNS, 3)]


def test_the_oldest_of_20_devices_is_revoked_for_another_one(chat: Chat) -> None:
    for number in range(3, 21):
        chat.apply(DeviceAdded(ANNS, 1, f"key {number}", "x"))
    assert MAX_DEVICES == len(devices_of(chat)) == 20

    effects = chat.apply(DeviceAdded(ANNS, 1, "key 21", "x"))

    assert effects[0] == SessionExpelled(ANN, ANN, REVOKED)
    assert effects[-1] == DeviceMade(ANNS, 21)
    assert devices_of(chat) == list(range(2, 22))
    assert chat.names() == ["Ann"], "she is still there by her phone"


def test_a_revoked_device_signs_nobody_in_and_its_sessions_end(chat: Chat) -> None:
    chat.apply(signed_in(TABLET, device=2))

    effects = chat.apply(DeviceRevoked(ANNS, 2))

    expelled = [each for each in effects if isinstance(each, SessionExpelled)]
    assert [each.session for each in expelled] == [PHONE, TABLET]
    assert {each.bye for each in expelled} == {REVOKED}
    assert chat.state.accounts.device("key 2") is None
    assert chat.codes(signed_in(PHONE, device=2)) == ["auth_failed"]
    assert chat.names() == ["Ann"]


def test_a_device_is_revoked_once(chat: Chat) -> None:
    chat.apply(DeviceRevoked(ANNS, 2))

    assert chat.codes(DeviceRevoked(ANNS, 2)) == ["no_such_device"]
    assert chat.codes(DeviceRevoked(ANNS, 0)) == ["no_such_device"]


def test_a_session_by_password_alone_ends_with_no_device(chat: Chat) -> None:
    chat.apply(signed_in(TABLET))

    chat.apply(DeviceRevoked(ANNS, 1))
    chat.apply(DeviceRevoked(ANNS, 2))

    assert [each.id for each in chat.state.sessions] == [TABLET]


def test_no_two_devices_have_one_key(chat: Chat) -> None:
    chat.apply(opened(BOB))

    assert chat.codes(DeviceAdded(ANNS, 1, "key 1", "x")) == ["auth_failed"]
    assert chat.codes(registered(BOB, device="key 1")) == ["auth_failed"]
    assert devices_of(chat) == [1, 2]
    assert chat.codes(DeviceRevoked(ANNS, 1)) == []
    assert chat.state.accounts.device("key 1") is None
    assert chat.codes(registered(BOB, device="key 1")) == [], "it is free again"


def test_a_disabled_account_gets_no_device(chat: Chat) -> None:
    chat.apply(AccountEnabled(ANNS, is_enabled=False))

    assert chat.codes(DeviceAdded(ANNS, 1, "key 3", "x")) == ["account_disabled"]
    assert devices_of(chat) == [1, 2], "so that none of these is revoked for it"
