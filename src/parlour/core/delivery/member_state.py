"""The states of a member in delivery, and the table of their transitions."""

from enum import Enum, auto
from typing import Final


class MemberState(Enum):
    """The state of a member in delivery."""

    AT_SHARED_CURSOR = auto()  # receives the same as all members at that cursor
    WAITING = auto()  # is ahead of the shared cursor until the next flush to all
    CATCHING_UP = auto()  # receives events by its own cursor
    QUERYING = auto()  # receives nothing until its query is answered
    FINISHED = auto()  # has received everything up to its end
    # The transport of a lagging member accepts no more bytes for now.
    LAGGING = auto()  # catches up afterwards
    QUERYING_LAGGING = auto()  # is querying afterwards

    __hash__ = object.__hash__  # that of Enum is slower, for a lookup at each change


class MemberChange(Enum):
    """An event that changes the state of a member."""

    DIVERGE = auto()  # its next events are not those of the shared cursor
    FLUSH = auto()  # the room is flushed to all members
    MEET = auto()  # it has received the same as the shared cursor
    OVERTAKE = auto()  # it has received all events, more than the shared cursor
    QUERY = auto()  # its next event is the answer to a query
    ANSWER = auto()  # its query is answered
    FINISH = auto()  # it has received everything up to its end
    PAUSE_WRITING = auto()  # its transport accepts no more bytes
    RESUME_WRITING = auto()  # its transport accepts bytes again

    __hash__ = object.__hash__


class EventSource(Enum):
    """The source of a member's next events."""

    PINNED = auto()  # recent events, stored until the member has received them
    UNPINNED = auto()  # recent events, which may be discarded before that
    HISTORY = auto()  # a page of the history, since they were discarded

    __hash__ = object.__hash__


TRANSITIONS: Final = {
    MemberState.AT_SHARED_CURSOR: {
        MemberChange.DIVERGE: MemberState.CATCHING_UP,
        MemberChange.PAUSE_WRITING: MemberState.LAGGING,
    },
    MemberState.WAITING: {
        MemberChange.DIVERGE: MemberState.CATCHING_UP,
        MemberChange.FLUSH: MemberState.CATCHING_UP,
        MemberChange.PAUSE_WRITING: MemberState.LAGGING,
    },
    MemberState.CATCHING_UP: {
        MemberChange.MEET: MemberState.AT_SHARED_CURSOR,
        MemberChange.OVERTAKE: MemberState.WAITING,
        MemberChange.QUERY: MemberState.QUERYING,
        MemberChange.FINISH: MemberState.FINISHED,
        MemberChange.PAUSE_WRITING: MemberState.LAGGING,
    },
    MemberState.QUERYING: {
        MemberChange.ANSWER: MemberState.CATCHING_UP,
        MemberChange.PAUSE_WRITING: MemberState.QUERYING_LAGGING,
    },
    MemberState.FINISHED: {},
    MemberState.LAGGING: {
        MemberChange.RESUME_WRITING: MemberState.CATCHING_UP,
    },
    MemberState.QUERYING_LAGGING: {
        MemberChange.ANSWER: MemberState.LAGGING,  # the answer is dropped
        MemberChange.RESUME_WRITING: MemberState.QUERYING,
    },
}
"""The state after each change. A change that is missing here is a bug."""

PINNED_ONLY: Final = frozenset({EventSource.PINNED})
NOT_PINNED: Final = frozenset({EventSource.UNPINNED, EventSource.HISTORY})

SOURCES: Final = {
    MemberState.AT_SHARED_CURSOR: PINNED_ONLY,
    MemberState.WAITING: PINNED_ONLY,
    MemberState.CATCHING_UP: PINNED_ONLY | NOT_PINNED,
    MemberState.QUERYING: NOT_PINNED,
    MemberState.FINISHED: frozenset({EventSource.PINNED, EventSource.UNPINNED}),
    MemberState.LAGGING: NOT_PINNED,
    MemberState.QUERYING_LAGGING: NOT_PINNED,
}
"""The sources that a member can have in each state."""

SHARING_STATES: Final = (MemberState.AT_SHARED_CURSOR, MemberState.WAITING)
LAGGING_STATES: Final = (MemberState.LAGGING, MemberState.QUERYING_LAGGING)
QUERYING_STATES: Final = (MemberState.QUERYING, MemberState.QUERYING_LAGGING)
UNPAUSABLE_STATES: Final = (*LAGGING_STATES, MemberState.FINISHED)
