"""Which of the proposed entries are in a batch."""

import pytest

from parlour.core.entries import (
    Entered,
    Entry,
    Left,
    PasswordSet,
    Registered,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    SignedIn,
    TopicSet,
    Whispered,
)
from parlour.core.events import LOBBY, AccountNumber, RoomName
from parlour.core.limits import Limits
from parlour.core.sessions.batching import Rejected, Repeated
from parlour.core.sessions.proposals import Settled
from parlour.core.state.idempotency import MAX_KEYS_EACH
from parlour.core.state.names import name_keys
from parlour.core.state.state import State
from tests.core.sessions.members import (
    ANN,
    BOB,
    CAT,
    TOKENS,
    opening,
    said,
)
from tests.core.sessions.proposing import DEV, Proposing, brief

LIMITS = Limits()
DIRECT = RoomName("direct:x")
NOBODY = AccountNumber(9)  # an account that does not exist


@pytest.fixture
def node() -> Proposing:
    return Proposing()


# -- the size of batches -------------------------------------------------------


def test_a_batch_is_limited_in_entries(node: Proposing) -> None:
    node.say("x" * (LIMITS.batch_entries + 5))

    assert [len(batch) for batch in node.next_batches()] == [LIMITS.batch_entries, 5]


def test_a_batch_is_limited_in_characters_but_has_one_entry(node: Proposing) -> None:
    half, whole = (
        "x" * (LIMITS.batch_characters // 2),
        "x" * 2 * LIMITS.batch_characters,
    )
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


# -- what a batch may contain --------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        RoomOpened(RoomName("ops"), ANN),
        TopicSet(LOBBY, ANN, "gardens"),
        Registered(ANN, "Ann", ("ann",), "hash"),
    ],
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


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (PasswordSet(ANN, NOBODY, 1, "hash"), "no_such_account"),
        (Registered(ANN, "Ann", name_keys("Bob"), "hash"), "name_taken"),
        (Registered(ANN, "Eve", ("eve",), "hash"), None),
    ],
)
def test_a_void_entry_about_an_account_is_settled_and_not_in_the_batch(
    node: Proposing, entry: Entry, code: str | None
) -> None:
    node.proposals.propose(entry)

    assert node.next() == []
    (settled,) = node.proposals.complete()
    assert isinstance(settled, Settled)
    (rejected,) = settled.proposals
    assert isinstance(rejected, Rejected)
    assert (rejected.why.code if rejected.why else None) == code


def test_entries_about_accounts_are_judged_when_those_before_are_applied(
    node: Proposing,
) -> None:
    """The second one is void, which is known only once the first one is applied."""
    first = Registered(ANN, "Ann", name_keys("Ann"), "hash")
    node.proposals.propose(first)
    node.proposals.propose(PasswordSet(ANN, AccountNumber(1), 1, "other"))
    node.proposals.propose(PasswordSet(ANN, AccountNumber(1), 1, "third"))

    found = []
    while (batch := node.proposals.next_batch(5.0, 0.0)) is not None:
        found.append(brief(batch.entries))
        node.complete()
        for each in batch.entries:
            node.state.apply(each, 5.0)
    assert found == [["Registered"], ["PasswordSet"], []]


def test_a_sign_in_shares_a_batch_with_messages_of_others(node: Proposing) -> None:
    node.proposals.propose(SignedIn(BOB, AccountNumber(1), 1))
    node.say("a")
    node.say_in_dev("b")

    assert node.next() == ["SignedIn", "a"], "the account of Bob may be muted"


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


def test_a_message_with_the_key_of_a_direct_one_is_in_another_batch(
    node: Proposing,
) -> None:
    """The key of the direct message makes it one that was said already."""
    whispered = Whispered(DIRECT, "Ann", "psst", ANN, "1", "1", TOKENS[ANN])
    node.proposals.say([whispered], node.ann)
    node.say("a", keys="1")

    assert node.next() == ["psst"]


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
