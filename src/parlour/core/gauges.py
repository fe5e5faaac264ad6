"""Numbers of the present, for whoever watches the server.

Nothing counts them: they are read when somebody asks, which takes as long as a walk
over all connections.
"""

from collections import Counter
from typing import NamedTuple

from .counters import Counters
from .delivery.reports import Resumption
from .events import ConnectionId
from .hub import Hub
from .sessions.connection import ConnectionKind, State


class Gauges(NamedTuple):
    """The numbers of a hub at one time, and its totals until then."""

    counters: Counters
    resumptions: Counter[Resumption]
    missed: int
    """Events that were discarded before a member received them, in total."""
    users: int
    pages: int
    max_users: int
    max_pages: int
    connections: Counter[tuple[ConnectionKind, State]]
    sessions: int
    held_sessions: int
    accounts: int
    open_rooms: int
    known_rooms: int
    guest_direct_rooms: int
    kept_direct_rooms: int
    rooms_with_listeners: int
    recent_bytes: int
    lagging: int
    lag_events: int
    """Room events that the furthest lagging connection has not received."""
    lag_bytes: int
    """The most bytes that wait in the transport of a lagging connection."""
    queued_bytes: int
    max_queued_bytes: int
    unsettled_entries: int
    is_recording: bool
    """Whether the journal recorded the last batch that it was given."""
    batch_age: float
    """Seconds for which the journal has a batch; 0 if it has none."""


def read_gauges(hub: Hub, now: float) -> Gauges:
    """Return the numbers of *hub*, of which the caller is the owner."""
    state, delivery, limits = hub.state, hub.delivery, hub.limits
    lagging = hub.lagging
    return Gauges(
        counters=hub.counters.copy(),
        resumptions=delivery.reports.resumptions.copy(),
        missed=delivery.reports.missed_count,
        users=hub.capacity.users,
        pages=hub.capacity.pages,
        max_users=limits.max_users,
        max_pages=limits.max_pages,
        connections=Counter(
            [(each.kind, each.state) for each in hub.connections.values()]
        ),
        sessions=len(state.sessions),
        held_sessions=hub.held_count,
        accounts=len(state.accounts),
        open_rooms=state.rooms.open_count,
        known_rooms=state.rooms.known_count,
        guest_direct_rooms=state.rooms.direct_count,
        kept_direct_rooms=state.rooms.kept_direct_count,
        rooms_with_listeners=delivery.room_count,
        recent_bytes=delivery.recent_size,
        lagging=len(lagging),
        lag_events=max((_lag(hub, each) for each in lagging), default=0),
        lag_bytes=max((hub.connections[each].unsent for each in lagging), default=0),
        queued_bytes=hub.queues.size,
        max_queued_bytes=hub.queues.limit,
        unsettled_entries=hub.unsettled,
        is_recording=hub.is_recording,
        batch_age=hub.batch_age(now),
    )


def _lag(hub: Hub, connection: ConnectionId) -> int:
    """Return how many room events a lagging connection has not received."""
    rooms = map(hub.delivery.room, hub.delivery.rooms_of(connection))
    return sum(
        room.recent.head - room[connection].cursor for room in rooms if room is not None
    )
