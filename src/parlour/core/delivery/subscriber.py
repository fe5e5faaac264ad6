"""A connection that receives events."""

from ..protocol.dialect import Dialect
from .room_delivery import RoomDelivery


class Subscriber:
    """A connection that receives events: its dialect, and the rooms that it hears."""

    __slots__ = ("dialect", "is_ending", "is_lagging", "questions", "rooms")

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.is_lagging = False
        self.is_ending = False  # it receives nothing more after the events so far
        self.questions = 0  # unanswered ones that stand in no room's order
        # In the order of entering. Mostly one, for which a dict would be large.
        self.rooms: tuple[RoomDelivery, ...] = ()
