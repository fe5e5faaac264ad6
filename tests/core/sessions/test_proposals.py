"""The entries that a node proposes, and the local steps between them, in order."""

import pytest

from parlour.core.entries import (
    Batch,
    Entered,
    SessionClosed,
)
from parlour.core.events import Refused
from parlour.core.sessions.batching import Rejected
from parlour.core.sessions.connection import Connection
from parlour.core.sessions.proposals import Settled
from tests.core.sessions.members import (
    ANN,
    CAT,
    opening,
    said,
)
from tests.core.sessions.proposing import DEV, Proposing, step

FULL = Refused("storage_full", "no room")


@pytest.fixture
def node() -> Proposing:
    return Proposing()


# -- order ---------------------------------------------------------------------


def test_a_step_with_no_entry_before_it_does_not_wait(node: Proposing) -> None:
    assert not node.proposals.add(step(1))
    assert node.proposals.take_ready() == []


def test_a_step_waits_for_a_waiting_entry_before_it(node: Proposing) -> None:
    node.say("a")

    assert node.proposals.add(step(1))
    assert node.proposals.take_ready() == []


def test_a_step_waits_for_an_entry_in_flight_before_it(node: Proposing) -> None:
    node.say("a")
    node.next()

    assert node.proposals.add(step(1))
    assert node.proposals.take_ready() == []
    assert len(node.proposals) == 1


def test_a_step_waits_for_the_steps_before_it(node: Proposing) -> None:
    node.say("a")
    node.proposals.add(step(1))
    node.next()
    node.complete()

    assert node.proposals.add(step(2))
    assert node.proposals.take_ready() == [step(1), step(2)]
    assert not node.proposals.add(step(3))


def test_entries_and_steps_are_settled_in_order(node: Proposing) -> None:
    node.say("ab")
    node.proposals.add(step(1))
    node.proposals.add(step(2))
    node.say("c")
    node.proposals.add(step(3))

    assert node.next() == ["a", "b", "c"]
    assert node.complete() == ["a", "b", "step 1", "step 2", "c"]
    assert node.proposals.take_ready() == [step(3)]
    assert node.proposals.take_ready() == []


def test_entries_wait_for_the_next_batch_while_one_is_in_flight(
    node: Proposing,
) -> None:
    node.say("ab")
    node.next()
    node.say("c")
    node.proposals.add(step(1))
    node.say("d")

    assert not node.proposals.has_batch
    assert node.proposals.next_batch(5.0, 0.0) is None
    assert len(node.proposals) == 4
    assert node.complete() == ["a", "b"]
    assert node.proposals.has_batch
    assert node.next() == ["c", "d"]
    assert node.complete() == ["c", "step 1", "d"]
    assert len(node.proposals) == 0


def test_the_entries_of_a_batch_have_its_time_and_node(node: Proposing) -> None:
    node.say("a")

    batch = node.proposals.next_batch(5.0, 0.0)

    assert batch == Batch(5.0, tuple(said(ANN, "a")), 7)


def test_settled_entries_are_numbered_in_order(node: Proposing) -> None:
    node.say("ab")
    node.next()
    node.complete()
    node.say("c")
    node.next()

    assert node.proposals.complete() == [Settled(2, said(ANN, "c"))]


def test_completing_without_a_batch_settles_nothing(node: Proposing) -> None:
    node.say("a")

    assert node.complete() == []
    assert node.next() == ["a"]


# -- origins -------------------------------------------------------------------


def test_an_entry_blocks_its_origin_until_it_is_settled(node: Proposing) -> None:
    node.say("a")
    node.proposals.propose(Entered(ANN, DEV), node.ann)

    assert node.ann.blocked == 1
    assert [node.proposals.origin(number) for number in (0, 1, 1)] == [
        None,
        node.ann,
        None,
    ]


def test_an_entry_without_an_origin_blocks_nobody(node: Proposing) -> None:
    node.proposals.propose(SessionClosed(ANN, "closed"))

    assert node.proposals.origin(0) is None
    assert len(node.proposals) == 1


@pytest.mark.parametrize("is_message", [True, False])
def test_a_connection_is_settled_when_all_of_its_entries_are(
    node: Proposing, *, is_message: bool
) -> None:
    def is_settled(each: Connection) -> bool:
        return node.proposals.is_settled(each)

    assert is_settled(node.ann)
    if is_message:
        node.say("a")
    else:
        node.proposals.propose(Entered(ANN, DEV), node.ann)
    node.next()
    node.say_in_dev("b")
    assert (is_settled(node.ann), is_settled(node.bob)) == (False, False)
    node.complete()

    assert (is_settled(node.ann), is_settled(node.bob)) == (True, False)


# -- rejected batches ----------------------------------------------------------


def test_a_rejected_batch_of_messages_is_settled_at_once(node: Proposing) -> None:
    node.say("a")
    node.proposals.add(step(1))
    node.say("b")
    node.next()

    assert node.proposals.reject(FULL)
    (first, second) = said(ANN, "ab")
    assert node.proposals.complete() == [
        Settled(0, [Rejected(first, FULL)]),
        step(1),
        Settled(1, [Rejected(second, FULL)]),
    ]
    assert (len(node.proposals), node.proposals.size) == (0, 0)


def test_the_other_entries_of_a_rejected_batch_are_proposed_again(
    node: Proposing,
) -> None:
    node.say("a")
    node.proposals.propose(opening(CAT))
    node.say("b")
    node.next()
    node.say("c")

    assert not node.proposals.reject(FULL)
    assert node.next() == ["SessionOpened", "c"]
    assert node.complete() == ["Rejected", "SessionOpened", "Rejected", "c"]
    assert node.proposals.size == 0


def test_messages_after_a_rejected_batch_are_in_the_next_one(node: Proposing) -> None:
    node.say("a")
    node.next()
    node.say("b")

    node.proposals.reject(FULL)

    assert node.complete() == ["Rejected"]
    assert node.next_batches() == [["b"]]
