"""The state accepts only entries that a store accepts as well."""

from parlour.core.entries import Registered, RoomOpened
from parlour.core.events import AccountNumber, SessionId
from parlour.core.state import refusals
from parlour.core.state.effects import Void
from tests.core.state.chat import ANN, DEV, Chat, opened


def test_a_room_is_not_opened_for_an_account_that_does_not_exist() -> None:
    chat = Chat(opened(ANN))

    effects = chat.apply(RoomOpened(DEV, ANN, ("dev",), AccountNumber(7)))

    assert effects == [Void(refusals.no_such_account())]
    assert chat.state.rooms.get(DEV) is None


def test_nobody_registers_in_a_room_that_is_not_open() -> None:
    chat = Chat(opened(ANN))

    entry = Registered(SessionId(0), "Eve", ("eve",), "hash", rooms=(DEV,))

    assert chat.apply(entry) == [Void(refusals.no_such_room(DEV))]
    assert len(chat.state.accounts) == 0
