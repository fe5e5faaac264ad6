"""Laws of batches, for any entries: what is stored is applied, and nothing else."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.core.entries import DURABLE, Announced, Batch, Entry, Said
from parlour.core.events import LOBBY, RoomName
from parlour.core.limits import Limits
from parlour.core.sessions.batching import Rejected, Repeated
from parlour.core.sessions.proposals import Proposals, Settled
from parlour.core.state.effects import AlreadySaid, Void
from parlour.core.state.state import State
from tests.core.sessions.members import ANN, connection
from tests.core.state.random_choices import below
from tests.core.state.random_entries import histories
from tests.core.state.small_bounds import small_bounds

TIME = 1.0
DEV = RoomName("dev")


@pytest.fixture(autouse=True, scope="module")
def bounds() -> Iterator[None]:
    """Let random entries reach the limits, which are too large for that."""
    with small_bounds():
        yield


@st.composite
def proposals(draw: st.DrawFn) -> list[Entry]:
    """Return entries with messages between them, also of those who have just left."""
    history: list[Entry] = []
    for entry, _ in draw(histories()):
        history.append(entry)
        sender = getattr(entry, "attachment", ANN)
        rooms = [each for each in (LOBBY, DEV) if draw(below(4)) == 3]
        history += [Said(room, "?", "hi", sender) for room in rooms]
    return history


def proposed(state: State, entries: list[Entry]) -> Proposals:
    """Return proposals of all *entries* for a state."""
    waiting, origin = Proposals(state, 0, Limits()), connection(ANN)
    for each in entries:
        if isinstance(each, Said):
            waiting.say([each], origin)
        else:
            waiting.propose(each)
    return waiting


def batches(waiting: Proposals) -> Iterator[tuple[Batch, Settled]]:
    """Return each batch and what is settled with it, before it is applied."""
    while (batch := waiting.next_batch(TIME, 0.0)) is not None:
        (settled,) = waiting.complete()
        assert isinstance(settled, Settled)
        yield batch, settled


def apply(state: State, entry: Entry) -> tuple[list[str], bool]:
    """Apply an entry; return the codes of what is void, and whether it did anything."""
    before = state.snapshot()
    effects = state.apply(entry, TIME)
    codes = [each.why.code for each in effects if isinstance(each, Void)]
    codes += ["already_said" for each in effects if isinstance(each, AlreadySaid)]
    return codes, state.snapshot() != before


@settings(max_examples=150)
@given(proposals())
def test_every_durable_entry_of_a_batch_changes_the_state(history: list[Entry]) -> None:
    state = State()

    for batch, _ in batches(proposed(state, history)):
        for entry in batch.entries:
            _, has_changed = apply(state, entry)
            is_kept = isinstance(entry, DURABLE) and not isinstance(entry, Announced)
            assert has_changed or not is_kept, "announcements are only in the log"


@settings(max_examples=150)
@given(proposals())
def test_what_is_not_in_a_batch_would_be_void_in_its_place(
    history: list[Entry],
) -> None:
    state = State()

    for _, settled in batches(proposed(state, history)):
        for each in settled.proposals:
            if isinstance(each, Rejected):
                codes = [] if each.why is None else [each.why.code]
                assert apply(state, each.entry) == (codes, False)
            elif isinstance(each, Repeated):
                assert apply(state, each.said) == (["already_said"], False)
            else:
                state.apply(each, TIME)


@settings(max_examples=150)
@given(proposals())
def test_batches_lead_to_the_same_state_as_the_entries_one_by_one(
    history: list[Entry],
) -> None:
    state, single = State(), State()

    for batch, _ in batches(proposed(state, history)):
        for entry in batch.entries:
            state.apply(entry, TIME)
    for entry in history:
        single.apply(entry, TIME)

    assert state.snapshot() == single.snapshot()
