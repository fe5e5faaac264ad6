"""Answers to one connection: refusals, and questions for which its input waits."""

from typing import Final

from ..counters import Counters
from ..events import PrivateEvent, Refused, RoomName
from ..limits import MAX_WAITING_ANSWERS
from ..rate_limit import LINES_PER_QUERY
from .connection import Connection
from .local_steps import LocalSteps
from .steps import AskHistory, AskRooms, AskUsers, SendPrivate

READ_ONLY: Final = Refused("read_only", "this page only shows the chat")


class Answers:
    """Sends answers in the order of their connection."""

    def __init__(self, steps: LocalSteps, counters: Counters) -> None:
        self._steps, self._counters = steps, counters

    def send(
        self, connection: Connection, event: PrivateEvent, room: RoomName | None = None
    ) -> None:
        """Send an answer; the next line waits if too many answers are undelivered."""
        self._steps.add(SendPrivate(connection.id, event, room))
        if self._steps.undelivered(connection.id) >= MAX_WAITING_ANSWERS:
            connection.awaits_answer = True

    def refuse(self, connection: Connection, why: Refused) -> None:
        """Tell a connection why its command is not carried out."""
        self._counters.refused += 1
        self.send(connection, why, why.room)

    def refuse_about_room(self, connection: Connection, why: Refused) -> None:
        """Refuse a command about a room; the next line waits until this is delivered.

        That line may enter the room, whose events are not in order with those of the
        other rooms of the connection.
        """
        connection.awaits_answer = True
        self.refuse(connection, why)

    def ask(
        self, connection: Connection, step: AskHistory | AskUsers | AskRooms
    ) -> None:
        """Ask for an answer; the next line waits until it is delivered."""
        connection.awaits_answer = True
        if connection.bucket is not None:
            connection.bucket.spend(LINES_PER_QUERY - 1)
        self._steps.add(step)
