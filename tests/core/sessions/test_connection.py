"""The states of a connection, and its reasons to pause reading."""

from itertools import product

import pytest

from parlour.core.events import ConnectionId
from parlour.core.limits import Limits
from parlour.core.protocol.commands import Hello
from parlour.core.sessions.connection import (
    TRANSITIONS,
    Connection,
    ConnectionKind,
    ReadPause,
    State,
    Transition,
)

CHANGES = {
    Transition.ENTER: Connection.enter,
    Transition.ADMIT: Connection.admit,
    Transition.CLOSE: lambda connection: connection.close("code", "reason"),
    Transition.FINISH: Connection.finish,
}
PATHS: dict[State, list[Transition]] = {
    State.ARRIVED: [],
    State.ENTERING: [Transition.ENTER],
    State.MEMBER: [Transition.ADMIT],
    State.CLOSING: [Transition.ADMIT, Transition.CLOSE],
    State.CLOSED: [Transition.ADMIT, Transition.CLOSE, Transition.FINISH],
}


def connection(state: State = State.ARRIVED) -> Connection:
    """Return a connection in *state*."""
    address, kind = "192.0.2.1:1", ConnectionKind.SOCKET
    made = Connection(ConnectionId(1), address, "", kind, Limits(), None)
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
        (State.ENTERING, True),
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


def test_an_unsettled_entry_holds_the_next_line_and_pauses_reading() -> None:
    member = connection(State.MEMBER)

    member.blocked += 1

    assert (member.must_wait, member.may_process) == (True, False)
    assert not member.should_read
    member.blocked -= 1
    assert (member.must_wait, member.may_process) == (False, True)
    assert member.should_read


def test_an_awaited_answer_holds_the_next_line_and_does_not_pause_reading() -> None:
    member = connection(State.MEMBER)

    member.awaits_answer = True

    assert (member.must_wait, member.may_process) == (True, False)
    assert member.should_read, "so that a lost connection is noticed"


def test_too_many_unsettled_entries_hold_waiting_input() -> None:
    member = connection(State.MEMBER)

    member.pause_reading(ReadPause.UNSETTLED_ENTRIES)

    assert not member.may_process


def test_an_entry_names_the_connection_by_its_own_id() -> None:
    assert connection().attachment == 1


@pytest.mark.parametrize(
    ("hello", "is_upgrading", "is_resuming"),
    [
        (None, True, False),
        (Hello("", None, is_watching=False), True, True),
        (Hello("", None, is_watching=True), True, False),
        (Hello("", None, is_watching=False), False, False),
    ],
)
def test_only_a_late_hello_that_asks_for_a_session_resumes(
    hello: Hello | None, *, is_upgrading: bool, is_resuming: bool
) -> None:
    member = connection(State.MEMBER)

    member.hello, member.is_upgrading = hello, is_upgrading

    assert member.is_resuming is is_resuming
