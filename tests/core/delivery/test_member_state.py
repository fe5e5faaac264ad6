import pytest

from parlour.core.delivery.member import Member
from parlour.core.delivery.member_sets import MemberSets
from parlour.core.delivery.member_state import (
    LAGGING_STATES,
    SOURCES,
    TRANSITIONS,
    UNPAUSABLE_STATES,
    EventSource,
    MemberChange,
    MemberState,
)
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.delivery.shared_cursors import SharedCursors
from parlour.core.events import ConnectionId
from tests.core.terse_dialect import TerseDialect, messages

ANN = ConnectionId(1)


class Room:
    """The sets of a room with one member and three messages."""

    def __init__(self, *changes: MemberChange) -> None:
        recent = RecentEvents(1000)
        shared = SharedCursors(recent, 1000)
        self.sets = MemberSets(recent, shared)
        self.ann = Member(ANN, shared.open(TerseDialect()), 0)
        self.sets.add(self.ann)
        recent.extend(messages("abc"))
        for change in changes:
            self.sets.change(self.ann, change)

    @property
    def states(self) -> list[MemberState]:
        """The states whose set contains the member."""
        return [state for state in MemberState if ANN in self.sets.in_state(state)]


def test_the_table_has_a_row_for_each_state() -> None:
    assert set(TRANSITIONS) == set(SOURCES) == set(MemberState)


def test_every_state_can_be_reached_from_catching_up() -> None:
    reached = {MemberState.CATCHING_UP}
    for _ in MemberState:
        reached |= {state for each in reached for state in TRANSITIONS[each].values()}

    assert reached == set(MemberState)


def test_every_change_is_expected_in_some_state() -> None:
    assert {change for row in TRANSITIONS.values() for change in row} == set(
        MemberChange
    )


def test_only_a_finished_member_stays_in_its_state() -> None:
    final = [state for state in MemberState if not TRANSITIONS[state]]

    assert final == [MemberState.FINISHED]


def test_writing_can_be_paused_or_resumed_in_every_state_but_finished() -> None:
    pausable = [s for s in MemberState if MemberChange.PAUSE_WRITING in TRANSITIONS[s]]
    resumable = [
        s for s in MemberState if MemberChange.RESUME_WRITING in TRANSITIONS[s]
    ]

    assert pausable == [s for s in MemberState if s not in UNPAUSABLE_STATES]
    assert resumable == list(LAGGING_STATES)


def test_a_lagging_or_querying_member_pins_no_events() -> None:
    for state in (
        MemberState.LAGGING,
        MemberState.QUERYING_LAGGING,
        MemberState.QUERYING,
    ):
        assert EventSource.PINNED not in SOURCES[state]


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ("", MemberState.CATCHING_UP),
        ("MEET", MemberState.AT_SHARED_CURSOR),
        ("OVERTAKE", MemberState.WAITING),
        ("OVERTAKE FLUSH", MemberState.CATCHING_UP),
        ("MEET DIVERGE", MemberState.CATCHING_UP),
        ("QUERY", MemberState.QUERYING),
        ("QUERY ANSWER", MemberState.CATCHING_UP),
        ("FINISH", MemberState.FINISHED),
        ("MEET PAUSE_WRITING", MemberState.LAGGING),
        ("MEET PAUSE_WRITING RESUME_WRITING", MemberState.CATCHING_UP),
        ("PAUSE_WRITING RESUME_WRITING", MemberState.CATCHING_UP),
        ("PAUSE_WRITING", MemberState.LAGGING),
        ("QUERY PAUSE_WRITING ANSWER", MemberState.LAGGING),
        ("QUERY PAUSE_WRITING RESUME_WRITING", MemberState.QUERYING),
    ],
)
def test_a_change_moves_a_member_to_the_set_of_its_next_state(
    changes: str, state: MemberState
) -> None:
    room = Room(*(MemberChange[name] for name in changes.split()))

    assert room.ann.state is state
    assert room.states == [state]


def test_an_unexpected_change_raises_an_error() -> None:
    room = Room()

    with pytest.raises(KeyError):
        room.sets.change(room.ann, MemberChange.ANSWER)


def test_pausing_unpins_the_recent_events_and_remembers_the_sequence() -> None:
    room = Room()
    room.ann.cursor = 2

    room.sets.change(room.ann, MemberChange.PAUSE_WRITING)

    assert (room.ann.source, room.ann.sequence) == (EventSource.UNPINNED, 2)


def test_meeting_the_shared_cursor_pins_the_recent_events_again() -> None:
    room = Room(MemberChange.PAUSE_WRITING)

    sources = []
    for change in (MemberChange.RESUME_WRITING, MemberChange.MEET):
        room.sets.change(room.ann, change)
        sources.append(room.ann.source)

    assert sources == [EventSource.UNPINNED, EventSource.PINNED]


def test_leaving_the_shared_cursor_sets_the_cursor_of_the_member() -> None:
    room = Room(MemberChange.MEET)
    room.ann.cursor = 99

    room.sets.change(room.ann, MemberChange.DIVERGE)

    assert room.ann.cursor == 0


@pytest.mark.parametrize("changes", ["", "MEET", "QUERY"])
def test_a_removed_member_is_in_no_set(changes: str) -> None:
    room = Room(*(MemberChange[name] for name in changes.split()))

    room.sets.remove(room.ann)

    assert room.states == []
