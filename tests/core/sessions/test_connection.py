"""The states of a connection, and its reasons to pause reading."""

from itertools import product

import pytest

from parlour.core.events import SessionId
from parlour.core.limits import Limits
from parlour.core.sessions.connection import (
    TRANSITIONS,
    Connection,
    ConnectionKind,
    ReadPause,
    State,
    Transition,
)

CHANGES = {
    Transition.ADMIT: Connection.admit,
    Transition.CLOSE: lambda connection: connection.close("code", "reason"),
    Transition.FINISH: Connection.finish,
}
PATHS: dict[State, list[Transition]] = {
    State.ARRIVED: [],
    State.MEMBER: [Transition.ADMIT],
    State.CLOSING: [Transition.ADMIT, Transition.CLOSE],
    State.CLOSED: [Transition.ADMIT, Transition.CLOSE, Transition.FINISH],
}


def connection(state: State = State.ARRIVED) -> Connection:
    """Return a connection in *state*."""
    address, kind = "192.0.2.1:1", ConnectionKind.SOCKET
    made = Connection(SessionId(1), address, "", kind, Limits(), None)
    for transition in PATHS[state]:
        CHANGES[transition](made)
    assert made.state is state
    return made


@pytest.mark.parametrize(("state", "transition"), TRANSITIONS)
def test_every_transition_of_the_table_leads_to_its_state(
    state: State, transition: Transition
) -> None:
    changed = connection(state)

    CHANGES[transition](changed)

    assert changed.state is TRANSITIONS[state, transition]


@pytest.mark.parametrize(
    ("state", "transition"),
    [pair for pair in product(State, Transition) if pair not in TRANSITIONS],
)
def test_a_transition_that_is_not_in_the_table_is_a_bug(
    state: State, transition: Transition
) -> None:
    changed = connection(state)

    with pytest.raises(KeyError):
        CHANGES[transition](changed)


def test_every_state_but_the_last_can_be_left() -> None:
    assert {state for state, _ in TRANSITIONS} == set(State) - {State.CLOSED}


@pytest.mark.parametrize(
    ("state", "accepts_input"),
    [
        (State.ARRIVED, True),
        (State.MEMBER, True),
        (State.CLOSING, False),
        (State.CLOSED, False),
    ],
)
def test_input_is_accepted_until_the_connection_closes(
    state: State, accepts_input: bool
) -> None:
    assert connection(state).accepts_input is accepts_input


def test_closing_discards_the_input() -> None:
    member = connection(State.MEMBER)
    member.input.feed(b"one\ntwo\nthr")

    member.close("bye", "you said goodbye")

    assert member.input.size == 0
    assert (member.close_code, member.close_reason) == ("bye", "you said goodbye")


@pytest.mark.parametrize("reason", ReadPause)
def test_any_read_pause_stops_reading_until_it_ends(reason: ReadPause) -> None:
    member = connection(State.MEMBER)

    member.pause_reading(reason)
    paused = member.should_read
    member.resume_reading(reason)

    assert (paused, member.should_read) == (False, True)


def test_reading_waits_for_the_last_of_several_pauses() -> None:
    member = connection(State.MEMBER)
    for reason in ReadPause:
        member.pause_reading(reason)

    member.resume_reading(ReadPause.UNSENT_OUTPUT)

    assert not member.should_read
    assert not member.is_lagging


def test_unprocessed_input_stops_reading() -> None:
    member = connection(State.MEMBER)

    member.input.feed(b"one\n")

    assert not member.should_read


def test_reading_from_a_closing_connection_is_never_paused() -> None:
    closing = connection(State.CLOSING)

    for reason in ReadPause:
        closing.pause_reading(reason)

    assert closing.should_read
