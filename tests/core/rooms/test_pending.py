import pytest
from parlour.core.rooms.pending import PendingQueue
from parlour.core.rooms.steps import JoinRoom, QueryUsers, RenameMember, SendPrivate

from parlour.core.events import LOBBY, Message, Refused, SessionId, User
from parlour.core.limits import MAX_BATCH_DRAFTS
from parlour.core.storage import Draft

ANN, BOB = SessionId(1), SessionId(2)


def drafts(texts: str) -> list[Draft]:
    return [Draft(LOBBY, "Ann", text, ANN) for text in texts]


def recorded(batch: list[Draft]) -> list[Message]:
    return [
        Message(LOBBY, number, 0.0, draft.source, draft.text)
        for number, draft in enumerate(batch, 1)
    ]


def order(pending: PendingQueue, batch: list[Draft]) -> list[str]:
    """Complete *batch* and return its texts and the steps, in order."""
    ordered: list[str] = []
    for part in pending.complete(recorded(batch)):
        if isinstance(part, list):
            ordered += [each.text for each in part if isinstance(each, Message)]
        else:
            ordered.append(repr(part))
    return ordered


def step(name: str) -> JoinRoom:
    return JoinRoom(BOB, User(name, 0.0))


def test_a_step_with_no_draft_before_it_is_ready() -> None:
    pending = PendingQueue()

    pending.add(step("a"))
    pending.add(step("b"))

    assert pending.take_ready() == [step("a"), step("b")]
    assert pending.take_ready() == []


def test_a_step_waits_for_a_waiting_draft_before_it() -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("a"))

    pending.add(RenameMember(ANN, "b"))

    assert pending.take_ready() == []


def test_a_step_waits_for_a_draft_in_flight_before_it() -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("a"))
    pending.next_batch()

    pending.add(QueryUsers(BOB))

    assert pending.take_ready() == []
    assert len(pending) == 1


def test_results_and_steps_are_returned_in_order() -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("ab"))
    pending.add(step("1"))
    pending.add(step("2"))
    pending.add_drafts(drafts("c"))
    pending.add(step("3"))

    ordered = order(pending, pending.next_batch())

    one, two, three = (repr(step(name)) for name in "123")
    assert ordered == ["a", "b", one, two, "c", three]


def test_drafts_wait_for_the_next_batch_while_one_is_in_flight() -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("ab"))
    first = pending.next_batch()
    pending.add_drafts(drafts("c"))
    pending.add(step("1"))
    pending.add_drafts(drafts("d"))

    assert pending.next_batch() == []
    assert len(pending) == 4
    assert order(pending, first) == ["a", "b"]
    assert order(pending, pending.next_batch()) == ["c", repr(step("1")), "d"]
    assert len(pending) == 0


def test_a_step_after_the_last_draft_of_a_batch_is_returned_with_it() -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("a"))
    first = pending.next_batch()
    pending.add(step("1"))
    pending.add_drafts(drafts("b"))
    pending.add(step("2"))

    assert order(pending, first) == ["a", repr(step("1"))]
    assert pending.take_ready() == []
    assert order(pending, pending.next_batch()) == ["b", repr(step("2"))]


def test_a_batch_is_limited() -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("x" * (MAX_BATCH_DRAFTS + 5)))

    first = pending.next_batch()
    pending.complete(recorded(first))
    second = pending.next_batch()

    assert (len(first), len(second)) == (MAX_BATCH_DRAFTS, 5)


def test_refusals_are_returned_in_the_places_of_their_drafts() -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("a"))
    pending.add(step("1"))
    pending.add_drafts(drafts("b"))
    pending.next_batch()
    refusal = SendPrivate(ANN, Refused("storage_full", "no room"))

    assert pending.complete([refusal, refusal]) == [[refusal], step("1"), [refusal]]
    assert len(pending) == 0


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_batch_needs_one_result_for_each_draft(count: int) -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("ab"))
    pending.next_batch()

    with pytest.raises(ValueError, match="for 2 drafts"):
        pending.complete(recorded(drafts("x" * count)))


def test_results_without_a_batch_in_flight_are_an_error() -> None:
    pending = PendingQueue()
    pending.add_drafts(drafts("a"))

    with pytest.raises(ValueError, match="1 results for 0 drafts"):
        pending.complete(recorded(drafts("a")))
