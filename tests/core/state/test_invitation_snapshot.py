"""Private rooms and invitations in snapshots."""

import pytest

from parlour.core.entries import (
    Entry,
    Invited,
    InviteUsed,
    RoomOpened,
    RoomSet,
    Shut,
    Uninvited,
)
from parlour.core.events import RoomName
from parlour.core.state.state import State
from tests.core.state.chat import DEV, NOBODY, Chat
from tests.core.state.order import GUS, HAL, OWEN, OWENS, PATS, orderly_chat

CELLAR = RoomName("cellar")


def invited(**who: object) -> Invited:
    return Invited(OWEN, "Owen", CELLAR, 500.0).replace(**who)


@pytest.fixture
def chat() -> Chat:
    chat = orderly_chat()
    chat.apply(RoomOpened(CELLAR, OWEN, ("cellar",), OWENS, is_private=True))
    for entry in (invited(code="c"), invited(session=GUS), invited(account=PATS)):
        chat.apply(entry)
    return chat


def test_invitations_are_in_a_restored_state_in_their_order(chat: Chat) -> None:
    restored = State.restore(chat.state.snapshot())

    assert restored.rooms[CELLAR].is_private
    found = [(each.code, each.session, each.account) for each in restored.invitations]
    assert found == [("c", 0, 0), ("", GUS, 0), ("", 0, PATS)]
    assert [each.number for each in restored.invitations] == [1, 2, 3]
    assert restored.snapshot() == chat.state.snapshot()


@pytest.mark.parametrize(
    "entry",
    [
        invited(code="d"),
        invited(session=HAL),
        invited(session=GUS, until=501.0),
        InviteUsed(HAL, CELLAR, "c"),
        Uninvited(OWEN, "Owen", CELLAR, 2),
        RoomSet(NOBODY, "", CELLAR, is_private=False),
        RoomSet(NOBODY, "", DEV, is_private=True),
        Shut(NOBODY, "", DEV),
    ],
)
def test_whatever_an_entry_changes_is_in_a_snapshot(chat: Chat, entry: Entry) -> None:
    state = State.restore(chat.state.snapshot())

    state.apply(entry, chat.time)

    assert state.snapshot() != chat.state.snapshot()
