"""Laws of the state, for any entries: total, deterministic, and void by the rules."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.core.entries import Entry, Said
from parlour.core.state.effects import Effect, Void
from parlour.core.state.state import State
from tests.core.state.heard import Heard, names_in, outsiders
from tests.core.state.model import Model, view_of
from tests.core.state.model_tables import Place
from tests.core.state.random_choices import below
from tests.core.state.random_entries import histories
from tests.core.state.small_bounds import SMALL, small_bounds


@pytest.fixture(autouse=True, scope="module")
def bounds() -> Iterator[None]:
    """Let random entries reach the limits, which are too large for that."""
    with small_bounds():
        yield


def with_holes(sequence: int) -> int:
    """Return the next sequence, the same on every node, in most cases after a hole."""
    return sequence + 1 + sequence % 3


def fold(
    state: State, entries: Sequence[Entry], time: float = 1.0
) -> list[list[Effect]]:
    """Apply *entries*, each in a batch of its own; return the effects of each."""
    effects = []
    for number, entry in enumerate(entries):
        state.advance(time + number)
        effects.append(list(state.apply(entry, time + number)))
    return effects


@settings(max_examples=200)
@given(histories())
def test_an_entry_is_void_exactly_if_the_rules_say_so(history: list[Entry]) -> None:
    state, model = State(numbering=with_holes), Model(SMALL, with_holes)
    model.places["lobby"] = Place({*state.rooms["lobby"].keys})  # type: ignore[index]

    for number, entry in enumerate(history):
        (effects,) = fold(state, [entry], number)
        codes = [each.why.code for each in effects if isinstance(each, Void)]
        assert codes == model.apply(entry, number)
        assert view_of(state) == model.view()


@settings(max_examples=200)
@given(histories())
def test_whoever_follows_the_effects_knows_who_is_in_each_room(
    history: list[Entry],
) -> None:
    state, heard = State(numbering=with_holes), Heard()

    for entry in history:
        (effects,) = fold(state, [entry])
        heard.hear(effects)
        assert heard.sorted_names() == names_in(state)
        assert heard.sessions == {each.id for each in state.sessions}
        assert outsiders(state, effects) == []


@settings(max_examples=200)
@given(histories())
def test_the_same_entries_have_the_same_effects_and_lead_to_the_same_state(
    history: list[Entry],
) -> None:
    one, other = State(numbering=with_holes), State(numbering=with_holes)

    assert fold(one, history) == fold(other, history)
    assert one.snapshot() == other.snapshot()


@settings(max_examples=200)
@given(histories(), st.integers(0, 30))
def test_a_restored_state_continues_as_the_one_that_was_saved(
    history: list[Entry], count: int
) -> None:
    state, after = State(numbering=with_holes), history[count:]
    fold(state, history[:count])

    restored = State.restore(state.snapshot(), with_holes)

    assert restored.snapshot() == state.snapshot()
    assert fold(restored, after, 50.0) == fold(state, after, 50.0)
    assert restored.snapshot() == state.snapshot()
    assert view_of(restored) == view_of(state)


@given(histories())
def test_messages_of_a_run_are_said_as_they_are_one_by_one(
    history: list[Entry],
) -> None:
    said = [each for each in history if isinstance(each, Said)]
    others = [each for each in history if not isinstance(each, Said)]
    one, other = State(numbering=with_holes), State(numbering=with_holes)
    for state in (one, other):
        fold(state, others)

    for room in sorted({each.room for each in said}):
        run = [each for each in said if each.room == room]
        singly = [effect for each in run for effect in other.apply(each, 9.0)]
        assert one.say(run, 9.0) == singly
    assert one.snapshot() == other.snapshot()


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
ANY_SESSION = st.integers(-5, 1 << 62)


@st.composite
def strange_histories(draw: st.DrawFn) -> list[Entry]:
    """Return entries in which some texts and numbers can be anything."""
    strange = []
    for entry in draw(histories(12)):
        changes: dict[str, object] = {}
        for name in entry.__struct_fields__:
            value = getattr(entry, name)
            if isinstance(value, str) and draw(below(6)) == 0:
                changes[name] = draw(ANY_TEXT)
            elif type(value) is int and draw(below(6)) == 0:
                changes[name] = draw(ANY_SESSION)
        strange.append(entry.replace(**changes))
    return strange


@given(strange_histories())
def test_no_entry_raises_whatever_it_contains(history: list[Entry]) -> None:
    state = State()

    fold(state, history)

    assert State.restore(state.snapshot()).snapshot() == state.snapshot()
