"""Accounts as a store has them, loaded when a server starts."""

from parlour.core.events import LOBBY, AccountNumber, SessionId
from parlour.core.names.folding import fold_key
from parlour.core.roles import Role
from parlour.core.state.names import name_keys
from parlour.core.state.state import State
from parlour.core.storage import StoredAccount, StoredDevice, StoredState
from tests.core.state.chat import (
    BOB,
    BOBS,
    DEV,
    NOBODY,
    PHONE,
    Chat,
    registered,
    signed_in,
)


def stored(number: int, name: str, **more: object) -> StoredAccount:
    account = StoredAccount(AccountNumber(number), name, "hash", Role.MEMBER, 5.0)
    return account.replace(**more)


def test_accounts_are_loaded_as_they_were_stored() -> None:
    devices = (StoredDevice(3, "a hash", "laptop", 6.0),)
    cat = stored(
        *(4, "Cat"),
        is_enabled=False,
        generation=2,
        last_device=5,
        devices=devices,
        rooms=(LOBBY, DEV),
        ignored=(("eve", "Eve"),),
    )

    chat = Chat(stored=StoredState("e", accounts=(cat,), last_account=7))

    assert chat.state.accounts.device("a hash") == (cat, 3)
    assert State.restore(chat.state.snapshot()).snapshot() == chat.state.snapshot()
    chat.apply(registered(BOB, attachment=NOBODY))
    assert [each.number for each in chat.state.accounts] == [4, 8]


def test_two_stored_accounts_whose_names_look_alike_now_both_work() -> None:
    """A later version of Unicode can make them so. The later one has what is left."""
    accounts = (stored(1, "modern"), stored(2, "rnodern"))

    chat = Chat(stored=StoredState("e", accounts=accounts, last_account=2))

    assert [each.name for each in chat.state.accounts] == ["modern", "rnodern"]
    for each in accounts:
        named = chat.state.accounts.named(fold_key(each.name))
        assert named is not None
        assert named.number == each.number
        assert chat.codes(signed_in(SessionId(50 + each.number), each.number)) == []
        rival = registered(BOB, attachment=NOBODY, keys=name_keys(each.name))
        assert chat.codes(rival) == ["name_registered"]
    assert chat.names() == []
    assert State.restore(chat.state.snapshot()).snapshot() == chat.state.snapshot()


def test_a_stored_account_without_any_key_of_its_own_can_be_used() -> None:
    accounts = (stored(1, "Ann"), stored(2, "ann", rooms=(LOBBY,)))
    chat = Chat(stored=StoredState("e", accounts=accounts, last_account=2))

    assert chat.codes(signed_in(PHONE, BOBS)) == []
    assert chat.names() == ["ann"]
    assert State.restore(chat.state.snapshot()).snapshot() == chat.state.snapshot()
