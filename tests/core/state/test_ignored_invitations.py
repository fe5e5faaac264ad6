"""Invitations by people whom the one who is invited ignores."""

import pytest

from parlour.core.entries import AccountIgnored, Invited, RoomOpened, SignedIn
from parlour.core.events import RoomName
from parlour.core.names.folding import fold_key
from tests.core.state.chat import Chat
from tests.core.state.order import GUS, OWEN, OWENS, PAT, PATS, orderly_chat

CELLAR = RoomName("cellar")


@pytest.fixture
def chat() -> Chat:
    chat = orderly_chat()
    chat.apply(RoomOpened(CELLAR, OWEN, ("cellar",), OWENS, is_private=True))
    chat.apply(AccountIgnored(PAT, PATS, "Owen", fold_key("Owen")))
    return chat


def test_a_guest_who_signs_in_first_is_invited_as_the_account(chat: Chat) -> None:
    chat.apply(SignedIn(GUS, PATS, 1))

    chat.apply(Invited(OWEN, "Owen", CELLAR, 500.0, "Gus", session=GUS))

    (invitation,) = chat.state.invitations
    assert invitation.is_ignored
