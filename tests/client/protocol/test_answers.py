"""Answers to requests as display items."""

from parlour.client.protocol import answers
from parlour.client.protocol.display_items import AnswerRow
from parlour.core.events import SERVER


def test_the_list_of_users_is_in_alphabetical_order() -> None:
    rows = answers.user_list(["bob", "Zora", "alice", "Bob"])

    assert rows == (AnswerRow(SERVER, "4 users: alice, Bob, bob, Zora"),)
