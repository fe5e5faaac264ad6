"""Which read positions are in a batch, and which wait for the next one."""

import pytest

from parlour.core.entries import ReadUpTo, Registered, RoleSet
from parlour.core.events import LOBBY, AccountNumber, SessionId
from parlour.core.roles import Role
from parlour.core.state.names import name_keys
from tests.core.sessions.members import ANN, BOB, said
from tests.core.sessions.proposing import Proposing

ANNS, BOBS = AccountNumber(1), AccountNumber(2)


@pytest.fixture
def node() -> Proposing:
    """Return a node on which Ann and Bob have accounts, and two messages were said."""
    node = Proposing()
    for session, name in ((ANN, "Ann"), (BOB, "Bob")):
        keys = name_keys(name)
        entry = Registered(session, name, keys, "hash", rooms=(LOBBY,))
        node.state.apply(entry, 0.0)
    node.state.say(said(ANN, "ab"), 0.0)
    return node


def read(sequence: int, account: AccountNumber = ANNS) -> ReadUpTo:
    return ReadUpTo(account, LOBBY, sequence)


def test_read_positions_and_messages_are_one_batch(node: Proposing) -> None:
    node.say("c")
    node.proposals.propose(read(2))
    node.proposals.propose(read(1, BOBS))
    node.say("d")

    assert node.next() == ["c", "ReadUpTo", "ReadUpTo", "d"]


def test_one_of_two_positions_in_a_room_is_in_the_next_batch(node: Proposing) -> None:
    for sequence in (2, 1):
        node.proposals.propose(read(sequence))
    batch = node.proposals.next_batch(5.0, 0.0)
    assert batch is not None
    assert batch.entries == (read(2),)
    node.state.apply(read(2), 5.0)
    node.complete()

    assert node.next() == [], "it is void by then"


def test_a_position_behind_a_message_waits_for_it(node: Proposing) -> None:
    node.state.apply(read(2), 0.0)
    node.say("c")
    node.proposals.propose(read(3))
    assert node.next() == ["c"]
    node.state.say(said(ANN, "c"), 5.0)
    node.complete()

    assert node.next() == ["ReadUpTo"]


def test_what_is_a_batch_of_its_own_does_not_join_a_position(node: Proposing) -> None:
    node.proposals.propose(read(1))
    node.proposals.propose(RoleSet(SessionId(0), "", None, ANNS, "Ann", Role.MODERATOR))

    assert node.next_batches() == [["ReadUpTo"], ["RoleSet"]]
