"""Laws of the state, for any entries: total, deterministic, and void by the rules."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parlour.core.entries import (
    ACCOUNT_ENTRIES,
    INVITATION_ENTRIES,
    ORDER_ENTRIES,
    ROOM_ENTRIES,
    Announced,
    Entry,
    Said,
    Target,
)
from parlour.core.events import Value
from parlour.core.state.effects import Effect, Void
from parlour.core.state.state import State
from tests.core.state.heard import Heard, outsiders
from tests.core.state.model import Model, view_of
from tests.core.state.model_tables import Place
from tests.core.state.random_choices import PUBLIC, SESSIONS, below
from tests.core.state.random_entries import Timed, histories
from tests.core.state.small_bounds import SMALL, small_bounds


@pytest.fixture(autouse=True, scope="module")
def bounds() -> Iterator[None]:
    """Let random entries reach the limits, which are too large for that."""
    with small_bounds():
        yield


def with_holes(sequence: int) -> int:
    """Return the next sequence, the same on every node, in most cases after a hole."""
    return sequence + 1 + sequence % 3


def fold(state: State, history: Sequence[Timed]) -> list[list[Effect]]:
    """Apply entries, each in a batch of its own; return the effects of each."""
    effects = []
    for entry, time in history:
        state.advance(time)
        effects.append(list(state.apply(entry, time)))
    return effects


def codes_of(effects: Sequence[Effect]) -> list[str]:
    """Return the codes of what is void."""
    return [each.why.code for each in effects if isinstance(each, Void)]


def model_of(state: State) -> Model:
    """Return the model of a new state."""
    model = Model(SMALL, with_holes)
    model.places["lobby"] = Place({*state.rooms["lobby"].keys})  # type: ignore[index]
    return model


@settings(max_examples=200)
@given(histories())
def test_an_entry_is_void_exactly_if_the_rules_say_so(history: list[Timed]) -> None:
    state = State(numbering=with_holes)
    model = model_of(state)

    for timed in history:
        (effects,) = fold(state, [timed])
        assert codes_of(effects) == model.apply(*timed)
        assert view_of(state) == model.view()


@settings(max_examples=100)
@given(histories())
def test_a_message_is_void_exactly_if_the_rules_say_so(history: list[Timed]) -> None:
    state = State(numbering=with_holes)
    model = model_of(state)

    for timed in history:
        fold(state, [timed])
        model.apply(*timed)
        for session, room in product(SESSIONS, PUBLIC):
            why = state.messages.why_void(session, room, timed.time)
            codes = [] if why is None else [why.code]
            assert codes == model.why_not_said(model.at(session), room)


JUDGED = (*ROOM_ENTRIES, *ACCOUNT_ENTRIES, *ORDER_ENTRIES, *INVITATION_ENTRIES)


@settings(max_examples=100)
@given(histories())
def test_an_entry_changes_something_exactly_if_it_is_judged_so(
    history: list[Timed],
) -> None:
    state = State(numbering=with_holes)

    for timed in history:
        entry, time = timed
        if not isinstance(entry, JUDGED):
            fold(state, [timed])
            continue
        state.advance(time)
        before = state.snapshot()
        has_effect, why = state.judge(entry, time)
        effects = list(state.apply(entry, time))
        if has_effect:
            assert state.snapshot() != before or isinstance(entry, Announced)
        else:
            assert effects == ([] if why is None else [Void(why)])
            assert state.snapshot() == before


@settings(max_examples=200)
@given(histories())
def test_whoever_follows_the_effects_knows_who_is_in_each_room(
    history: list[Timed],
) -> None:
    state = State(numbering=with_holes)
    heard = Heard(state)

    for timed in history:
        (effects,) = fold(state, [timed])
        heard.hear(effects)
        assert heard.users() == heard.users_in_state()
        assert heard.sessions == {each.id for each in state.sessions}
        assert outsiders(state, effects) == []


@settings(max_examples=200)
@given(histories())
def test_the_same_entries_have_the_same_effects_and_lead_to_the_same_state(
    history: list[Timed],
) -> None:
    one, other = State(numbering=with_holes), State(numbering=with_holes)

    assert fold(one, history) == fold(other, history)
    assert one.snapshot() == other.snapshot()


@settings(max_examples=200)
@given(histories(), st.integers(0, 40))
def test_a_restored_state_continues_as_the_one_that_was_saved(
    history: list[Timed], count: int
) -> None:
    state, after = State(numbering=with_holes), history[count:]
    fold(state, history[:count])

    restored = State.restore(state.snapshot(), with_holes)

    assert restored.snapshot() == state.snapshot()
    assert fold(restored, after) == fold(state, after)
    assert restored.snapshot() == state.snapshot()
    assert view_of(restored) == view_of(state)


@given(histories())
def test_messages_of_a_run_are_said_as_they_are_one_by_one(
    history: list[Timed],
) -> None:
    said = [each.entry for each in history if isinstance(each.entry, Said)]
    others = [each for each in history if not isinstance(each.entry, Said)]
    one, other = State(numbering=with_holes), State(numbering=with_holes)
    for state in (one, other):
        fold(state, others)

    time = history[-1].time if history else 1.0
    for room in sorted({each.room for each in said}):
        run = [each for each in said if each.room == room]
        singly = [effect for each in run for effect in other.apply(each, time)]
        assert one.say(run, time) == singly
    assert one.snapshot() == other.snapshot()


ANY_TEXT = st.text(st.characters(codec="utf-8"), max_size=5)
ANY_SESSION = st.integers(-5, 1 << 62)
ANY_TIME = st.floats(allow_nan=True, allow_infinity=True)


def make_strange(draw: st.DrawFn, value: Value) -> Value:
    """Return an entry, or a part of one, of which some fields can be anything."""
    changes: dict[str, object] = {}
    for name in value.__struct_fields__:
        field = getattr(value, name)
        if isinstance(field, Target):
            changes[name] = make_strange(draw, field)
        elif draw(below(6)):
            continue
        elif isinstance(field, str):
            changes[name] = draw(ANY_TEXT)
        elif type(field) is int:
            changes[name] = draw(ANY_SESSION)
        elif name == "until":
            changes[name] = draw(ANY_TIME)
    return value.replace(**changes)


@st.composite
def strange_histories(draw: st.DrawFn) -> list[Timed]:
    """Return entries in which some texts and numbers can be anything."""
    strange = []
    for entry, time in draw(histories(12)):
        changed = make_strange(draw, entry)
        assert isinstance(changed, get_args(Entry))
        strange.append(Timed(changed, time))
    return strange


@given(strange_histories())
def test_no_entry_raises_whatever_it_contains(history: list[Timed]) -> None:
    state = State()

    fold(state, history)
    for session, room in product(SESSIONS, PUBLIC):
        state.messages.why_void(session, room, 20.0)

    assert State.restore(state.snapshot()).snapshot() == state.snapshot()
