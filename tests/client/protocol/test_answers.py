"""How answers to one's own commands are told."""

from parlour.client.protocol import answers
from parlour.client.protocol.display_items import SERVER, AnswerRow


def test_who_is_here_is_told_in_alphabetical_order() -> None:
    told = answers.user_list(["bob", "Zora", "alice", "Bob"])

    assert told == (AnswerRow(SERVER, "4 users: alice, Bob, bob, Zora"),)
