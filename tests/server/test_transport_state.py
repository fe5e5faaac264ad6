"""The transitions of a transport's state: each half of a connection ends once."""

import pytest

from parlour.server.transport_state import (
    TRANSITIONS,
    TransportEvent,
    TransportState,
)

OPEN, HALF_CLOSED = TransportState.OPEN, TransportState.HALF_CLOSED
CLOSING, ABORTED = TransportState.CLOSING, TransportState.ABORTED
CLOSED = TransportState.CLOSED
PEER_ENDED, SERVER_ENDED = TransportEvent.PEER_ENDED, TransportEvent.SERVER_ENDED
ABORT = TransportEvent.ABORTED


def after(*events: TransportEvent) -> TransportState:
    """Return the state of a new connection after *events*."""
    state = OPEN
    for event in events:
        state = TRANSITIONS[state, event]
    return state


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([PEER_ENDED], HALF_CLOSED),
        ([SERVER_ENDED], CLOSING),
        ([ABORT], ABORTED),
        ([PEER_ENDED, SERVER_ENDED], CLOSED),
        ([SERVER_ENDED, PEER_ENDED], CLOSED),
        ([PEER_ENDED, ABORT], CLOSED),
        ([ABORT, PEER_ENDED], CLOSED),
        ([SERVER_ENDED, ABORT], ABORTED),
    ],
)
def test_a_connection_is_closed_when_both_halves_have_ended(
    events: list[TransportEvent], state: TransportState
) -> None:
    assert after(*events) is state


@pytest.mark.parametrize("event", [SERVER_ENDED, ABORT])
@pytest.mark.parametrize("state", [ABORTED, CLOSED])
def test_the_server_may_end_an_aborted_or_closed_connection_again(
    state: TransportState, event: TransportEvent
) -> None:
    assert TRANSITIONS[state, event] is state


@pytest.mark.parametrize(
    ("state", "event"),
    [(HALF_CLOSED, PEER_ENDED), (CLOSED, PEER_ENDED), (CLOSING, SERVER_ENDED)],
)
def test_a_half_that_has_ended_cannot_end_again(
    state: TransportState, event: TransportEvent
) -> None:
    assert (state, event) not in TRANSITIONS


def test_every_state_can_be_aborted() -> None:
    assert {TRANSITIONS[state, ABORT] for state in TransportState} == {ABORTED, CLOSED}


def test_a_connection_is_readable_until_the_peer_has_ended() -> None:
    readable = {state for state in TransportState if state.is_readable}

    assert readable == {OPEN, CLOSING, ABORTED}
