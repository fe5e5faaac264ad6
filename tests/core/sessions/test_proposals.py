"""The entries that a node proposes, and the local steps between them, in order."""

import pytest

from parlour.core.entries import (
    Batch,
    Entered,
    Entry,
    Left,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    TopicSet,
    Whispered,
)
from parlour.core.events import LOBBY, Refused, RoomName, SessionId
from parlour.core.limits import MAX_BATCH_CHARACTERS, MAX_BATCH_ENTRIES
from parlour.core.sessions.batching import Rejected, Repeated
from parlour.core.sessions.connection import Connection
from parlour.core.sessions.proposals import Proposals, Settled
from parlour.core.sessions.steps import Finish, Step
from parlour.core.state.idempotency import MAX_KEYS_EACH
from parlour.core.state.state import State
from tests.core.sessions.members import (
    ANN,
    BOB,
    CAT,
    TOKENS,
    connection,
    opening,
    said,
    state_with,
)

DEV = RoomName("dev")
FULL = Refused("storage_full", "no room")


def step(number: int) -> Step:
    return Finish(connection(SessionId(number)).id)


class Proposing:
    """Proposals of Ann, who is in the lobby, and Bob, who is in it and in #dev."""

    def __init__(self) -> None:
        self.state = state_with(ANN)
        self.state.apply(RoomOpened(DEV, BOB, ("dev",)), 0.0)
        self.state.apply(opening(BOB, LOBBY, DEV), 0.0)
        self.proposals = Proposals(self.state, node=7)
        self.ann, self.bob = connection(ANN), connection(BOB)

    def say(self, texts: str, *, keys: str = "") -> None:
        self.proposals.say(said(ANN, texts, keys=keys), self.ann)

    def say_in_dev(self, texts: str) -> None:
        self.proposals.say(said(BOB, texts, DEV), self.bob)

    def next(self) -> list[str]:
        """Return the next batch, in brief."""
        batch = self.proposals.next_batch(5.0)
        return [] if batch is None else brief(batch.entries)

    def complete(self) -> list[str]:
        """End the batch in flight; return what is settled, and the steps, in order."""
        ordered: list[str] = []
        for part in self.proposals.complete():
            if isinstance(part, Settled):
                ordered += brief(part.proposals)
            else:
                assert isinstance(part, Finish)
                ordered.append(f"step {part.connection}")
        return ordered

    def next_batches(self) -> list[list[str]]:
        """Return the batches of all proposals, each completed before the next."""
        batches = []
        while self.proposals.has_batch:
            batches.append(self.next())
            self.complete()
        return batches


def brief(proposals: object) -> list[str]:
    """Return the texts of messages, and the types of other proposals."""
    assert isinstance(proposals, list | tuple)
    return [
        each.text if isinstance(each, Said | Whispered) else type(each).__name__
        for each in proposals
    ]


@pytest.fixture
def node() -> Proposing:
    return Proposing()


# -- order ------------------------------------------------------------------------


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
    assert node.proposals.next_batch(5.0) is None
    assert len(node.proposals) == 4
    assert node.complete() == ["a", "b"]
    assert node.proposals.has_batch
    assert node.next() == ["c", "d"]
    assert node.complete() == ["c", "step 1", "d"]
    assert len(node.proposals) == 0


def test_the_entries_of_a_batch_have_its_time_and_node(node: Proposing) -> None:
    node.say("a")

    batch = node.proposals.next_batch(5.0)

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


# -- origins ----------------------------------------------------------------------


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


# -- the size of batches ----------------------------------------------------------


def test_a_batch_is_limited_in_entries(node: Proposing) -> None:
    node.say("x" * (MAX_BATCH_ENTRIES + 5))

    assert [len(batch) for batch in node.next_batches()] == [MAX_BATCH_ENTRIES, 5]


def test_a_batch_is_limited_in_characters_but_has_one_entry(node: Proposing) -> None:
    half, whole = "x" * (MAX_BATCH_CHARACTERS // 2), "x" * 2 * MAX_BATCH_CHARACTERS
    for text in (half, half, whole, "y"):
        node.proposals.say([Said(LOBBY, "Ann", text, ANN)], node.ann)

    assert node.next_batches() == [[half], [half], [whole], ["y"]]


def test_the_size_is_that_of_the_entries_that_are_not_settled(node: Proposing) -> None:
    sizes = [node.proposals.size]
    for do in (
        lambda: node.say("abc"),
        lambda: node.proposals.propose(Entered(ANN, DEV)),
        node.next,
        lambda: node.say_in_dev("d"),
        node.complete,
        node.next,
        node.complete,
    ):
        do()
        sizes.append(node.proposals.size)

    assert sizes == [0, 303, 403, 403, 504, 101, 101, 0]


# -- what a batch may contain -----------------------------------------------------


@pytest.mark.parametrize(
    "entry", [RoomOpened(RoomName("ops"), ANN), TopicSet(LOBBY, ANN, "gardens")]
)
def test_a_durable_entry_that_is_no_message_is_a_batch_of_its_own(
    node: Proposing, entry: Entry
) -> None:
    node.say("a")
    node.proposals.propose(entry)
    node.proposals.propose(entry)
    node.say("b")

    name = type(entry).__name__
    assert node.next_batches() == [["a"], [name], [name], ["b"]]


def test_entries_that_are_not_durable_share_a_batch_with_messages(
    node: Proposing,
) -> None:
    node.say("a")
    node.proposals.propose(opening(CAT))
    node.say("b")
    node.say_in_dev("c")

    assert node.next_batches() == [["a", "SessionOpened", "b", "c"]]


def test_a_batch_ends_before_a_message_that_an_entry_of_it_could_make_valid(
    node: Proposing,
) -> None:
    node.proposals.propose(Entered(ANN, DEV))
    node.proposals.say(said(ANN, "a", DEV), node.ann)

    assert node.next() == ["Entered"]
    for entry in node.proposals.complete():
        assert entry == Settled(0, [Entered(ANN, DEV)])
    node.state.apply(Entered(ANN, DEV), 5.0)
    assert node.next() == ["a"]


@pytest.mark.parametrize(
    "entry",
    [
        Left(BOB, DEV, "left"),
        SessionHeld(BOB),
        SessionClosed(BOB, "closed"),
        SessionOpened(CAT, "192.0.2.1:3", token=TOKENS[BOB], rooms=(LOBBY,)),
        SessionOpened(BOB, "192.0.2.1:2", rooms=(LOBBY,)),
    ],
    ids=["left", "held", "closed", "resumed", "opened again"],
)
def test_a_batch_ends_before_a_message_that_an_entry_of_it_could_make_void(
    node: Proposing, entry: Entry
) -> None:
    node.proposals.propose(entry)
    node.say("a")
    node.say_in_dev("b")

    assert node.next() == [type(entry).__name__, "a"]


def test_two_messages_with_one_key_are_in_two_batches(node: Proposing) -> None:
    node.say("abc", keys="121")

    assert node.next() == ["a", "b"]


def test_a_message_of_one_who_is_not_in_the_room_is_settled_and_not_in_the_batch(
    node: Proposing,
) -> None:
    node.say("a")
    void, nowhere = said(ANN, "b", DEV), said(ANN, "d", RoomName("ops"))
    node.proposals.say(void + said(ANN, "c") + nowhere, node.ann)

    assert node.next() == ["a", "c"]
    (settled,) = node.proposals.complete()
    assert isinstance(settled, Settled)
    assert brief(settled.proposals) == ["a", "Rejected", "c", "Rejected"]
    codes = [
        each.why.code
        for each in settled.proposals
        if isinstance(each, Rejected) and each.why is not None
    ]
    assert codes == ["not_in_room", "no_such_room"]


def test_a_message_that_was_said_already_is_settled_and_not_in_the_batch(
    node: Proposing,
) -> None:
    (first,) = said(ANN, "a", keys="1")
    node.state.apply(first, 0.0)
    node.say("ab", keys="12")

    assert node.next() == ["b"]
    (settled,) = node.proposals.complete()
    assert settled == Settled(0, [Repeated(first, 1), *said(ANN, "b", keys="2")])


def test_a_retry_is_settled_as_it_was_judged_when_the_batch_was_formed(
    node: Proposing,
) -> None:
    """Its key may be forgotten for newer ones before the batch is applied."""
    first = first_of_many(node.state, MAX_KEYS_EACH)
    node.proposals.say([*said(ANN, "x", keys="x"), first], node.ann)

    assert node.next() == ["x"]
    (settled,) = node.proposals.complete()
    assert isinstance(settled, Settled)
    assert settled.proposals[1] == Repeated(first, 1)


def first_of_many(state: State, count: int) -> Said:
    """Apply messages of Ann with as many keys; return the first of them."""
    messages = [
        Said(LOBBY, "Ann", "m", ANN, f"{number}", f"{number}", TOKENS[ANN])
        for number in range(count)
    ]
    for each in messages:
        state.apply(each, 0.0)
    return messages[0]


# -- rejected batches -------------------------------------------------------------


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
