"""Rooms without members, which are closed after a while."""

from ..delivery.delivery import Delivery
from ..entries import RoomClosed
from ..state.state import State
from .proposals import Proposals
from .timers import Timers


class EmptyRooms:
    """Proposes to close the rooms that nobody has entered for a while."""

    def __init__(
        self, state: State, proposals: Proposals, delivery: Delivery, timers: Timers
    ) -> None:
        self._state, self._proposals = state, proposals
        self._delivery, self._timers = delivery, timers

    def tick(self, now: float) -> None:
        """Propose to close the rooms whose time is over."""
        for room in self._timers.empty_rooms.pop_due(now):
            known = self._state.rooms.get(room)
            is_lasting = known is not None and self._state.is_lasting(known)
            if self._delivery.room(room) is None and not is_lasting:
                self._proposals.propose(RoomClosed(room))
            elif known is not None and not known.is_direct:
                # Somebody watches it, or it stays as long as it has an owner.
                self._timers.empty_rooms.set(room, now)
