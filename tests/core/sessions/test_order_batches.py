"""Which entries are in a batch with sanctions, and in rooms that are slow."""

import pytest

from parlour.core.entries import (
    Entered,
    Kicked,
    Lifted,
    OrderEntry,
    Registered,
    RoomSet,
    Sanctioned,
    SanctionKind,
    SignedIn,
    Target,
)
from parlour.core.events import LOBBY, AccountNumber, SessionId
from parlour.core.roles import Role
from parlour.core.sessions.batching import Rejected
from parlour.core.sessions.proposals import Settled
from parlour.core.state.effects import Void
from tests.core.sessions.members import ANN, BOB, opening, said
from tests.core.sessions.proposing import DEV, Proposing, brief


@pytest.fixture
def node() -> Proposing:
    return Proposing()


MUTE = Sanctioned(
    SessionId(0), "", SanctionKind.MUTE, LOBBY, Target("Ann", session=ANN), None, ""
)
SLOW = RoomSet(SessionId(0), "", LOBBY, slow=30)


@pytest.fixture
def slow_node(node: Proposing) -> Proposing:
    """Return proposals for rooms that are slow."""
    node.state.apply(SLOW, 0.0)
    node.state.apply(SLOW.replace(room=DEV), 0.0)
    node.state.apply(Entered(BOB, LOBBY), 0.0)
    node.state.apply(Entered(ANN, DEV), 0.0)
    return node


def apply_next(node: Proposing) -> list[str]:
    """Apply the next batch; return what is settled: texts, and codes of refusals."""
    batch = node.proposals.next_batch(5.0, 0.0)
    assert batch is not None
    effects = [each for entry in batch.entries for each in node.state.apply(entry, 5.0)]
    assert not any(isinstance(each, Void) for each in effects), "what is stored"
    settled: list[str] = []
    for part in node.proposals.complete():
        assert isinstance(part, Settled)
        for each, text in zip(part.proposals, brief(part.proposals), strict=True):
            why = each.why if isinstance(each, Rejected) else None
            settled.append(text if why is None else why.code)
    return settled


def test_a_batch_has_one_message_of_each_person_in_a_slow_room(
    slow_node: Proposing,
) -> None:
    slow_node.say("a")
    slow_node.proposals.say(said(BOB, "b"), slow_node.bob)
    slow_node.say("cd")

    assert apply_next(slow_node) == ["a", "b"]
    assert apply_next(slow_node) == ["too_fast", "too_fast"]


def test_one_who_speaks_in_two_slow_rooms_by_turns_has_one_message_in_each(
    slow_node: Proposing,
) -> None:
    for text, room in (("a", LOBBY), ("b", DEV), ("c", LOBBY), ("d", DEV)):
        slow_node.proposals.say(said(ANN, text, room), slow_node.ann)

    assert apply_next(slow_node) == ["a", "b"]
    assert apply_next(slow_node) == ["too_fast", "too_fast"]


def test_a_moderator_has_one_message_in_a_batch_as_well(slow_node: Proposing) -> None:
    register = Registered(ANN, "Ann", ("ann",), "hash", role=Role.MODERATOR)
    slow_node.state.apply(register, 1.0)
    slow_node.say("ab")

    assert apply_next(slow_node) == ["a"]
    assert apply_next(slow_node) == ["b"]


def test_all_devices_of_an_account_have_one_message_in_a_batch(
    slow_node: Proposing,
) -> None:
    slow_node.state.apply(Registered(ANN, "Ann", ("ann",), "hash"), 1.0)
    slow_node.state.apply(SignedIn(BOB, AccountNumber(1), 1), 1.0)
    slow_node.say("a")
    slow_node.proposals.say(said(BOB, "b"), slow_node.bob)

    assert apply_next(slow_node) == ["a"]
    assert apply_next(slow_node) == ["too_fast"]


def test_guests_of_one_address_have_their_messages_in_one_batch(
    slow_node: Proposing,
) -> None:
    guests = [SessionId(100 + number) for number in range(30)]
    for each in guests:
        name = f"guest {each}"
        opened = opening(ANN).replace(attachment=each, name=name, keys=(name,))
        slow_node.state.apply(opened.replace(token=name, network="192.0.2.1"), 1.0)
        (message,) = said(ANN, "a")
        slow_node.proposals.say([message.replace(attachment=each)], slow_node.ann)

    assert apply_next(slow_node) == ["a"] * 30


def test_a_retry_in_a_slow_room_is_settled_as_such(slow_node: Proposing) -> None:
    slow_node.say("a", keys="1")
    assert apply_next(slow_node) == ["a"]
    slow_node.say("ab", keys="12")

    assert apply_next(slow_node) == ["Repeated", "too_fast"]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (MUTE, "muted"),
        (MUTE.replace(room=None), "muted"),
        (MUTE.replace(kind=SanctionKind.BAN), "not_in_room"),
        (Kicked(SessionId(0), "", LOBBY, MUTE.target, ""), "not_in_room"),
        (RoomSet(SessionId(0), "", LOBBY, is_locked=True), "locked"),
    ],
    ids=["mute", "mute on server", "ban", "kick", "lock"],
)
def test_messages_behind_an_entry_that_keeps_order_are_judged_in_the_next_batch(
    node: Proposing, entry: OrderEntry, code: str
) -> None:
    node.say("a")
    node.proposals.propose(entry)
    node.say("bc")

    assert apply_next(node) == ["a"]
    assert apply_next(node) == [type(entry).__name__]
    assert apply_next(node) == [code, code]


def test_messages_behind_the_end_of_a_mute_are_judged_in_the_next_batch(
    node: Proposing,
) -> None:
    node.state.apply(MUTE, 1.0)
    node.say("a")
    lift = Lifted(SessionId(0), "", SanctionKind.MUTE, LOBBY, 1, "Ann")
    node.proposals.propose(lift)
    node.say("b")

    assert [apply_next(node) for _ in "123"] == [["muted"], ["Lifted"], ["b"]]


def test_an_entry_that_keeps_order_is_judged_when_its_batch_is_formed(
    node: Proposing,
) -> None:
    node.proposals.propose(MUTE)
    node.proposals.propose(MUTE.replace(attachment=BOB))
    node.say_in_dev("a")

    assert apply_next(node) == ["Sanctioned"]
    assert apply_next(node) == ["not_allowed"]
    assert apply_next(node) == ["a"]


def test_a_message_of_one_who_signs_in_meanwhile_waits_for_the_next_batch(
    node: Proposing,
) -> None:
    """The account may be muted."""
    node.state.apply(Registered(ANN, "Ann", ("ann",), "hash"), 1.0)
    anns = Target("Ann", account=AccountNumber(1))
    node.state.apply(MUTE.replace(room=DEV, target=anns), 1.0)
    node.proposals.propose(SignedIn(BOB, AccountNumber(1), 1))
    node.say_in_dev("a")

    assert apply_next(node) == ["SignedIn"]
    assert apply_next(node) == ["muted"]


def test_a_message_of_the_account_to_which_somebody_signs_in_waits_as_well(
    slow_node: Proposing,
) -> None:
    """The account waits as the guest would, who has spoken."""
    slow_node.state.apply(Registered(ANN, "Ann", ("ann",), "hash"), 1.0)
    slow_node.proposals.say(said(BOB, "b"), slow_node.bob)
    slow_node.proposals.propose(SignedIn(BOB, AccountNumber(1), 1))
    slow_node.say("a")

    assert apply_next(slow_node) == ["b", "SignedIn"]
    assert apply_next(slow_node) == ["too_fast"]
