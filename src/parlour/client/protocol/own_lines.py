"""The lines of the user from Enter until the server sends them back.

In the style `rich`, a line is shown once: below the messages while it is under way, and
then as the message that the server sends to everybody. A server may not send it to its
own sender. So a line that was sent, or is stored, and did not come back is shown by the
client after `ECHO_TIMEOUT`.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple

from .queued_request import QueuedRequest
from .requests import room_of

ECHO_TIMEOUT: Final = 3.0  # seconds


class TypedLine(NamedTuple):
    """A line of the user. Its room is "" for a direct message that opens a room."""

    text: str
    room: str


class OwnLines:
    """The lines by number, in the order of entry.

    It is used instead of `PendingLines`, where a line is echoed as it is typed.
    """

    def __init__(self) -> None:
        self._lines: dict[int, TypedLine] = {}
        self._settled: dict[int, float] = {}  # those sent or stored, and since when
        self._newly_settled: list[int] = []
        self._refused: list[TypedLine] = []

    @property
    def under_way(self) -> list[TypedLine]:
        """The lines that did not come back yet."""
        return list(self._lines.values())

    @property
    def deadline(self) -> float | None:
        """The time at which :meth:`tick` is due; None if there is none."""
        if self._newly_settled:
            return 0.0
        first = min(self._settled.values(), default=None)
        return None if first is None else first + ECHO_TIMEOUT

    def add(self, entered: QueuedRequest) -> None:
        """Record that the user has entered a line."""
        room = room_of(entered.request)
        self._lines[entered.number] = TypedLine(entered.text, room)

    def sent(self, number: int) -> None:
        """Record that a line was sent to a server that does not acknowledge lines."""
        if number in self._lines:
            self._newly_settled.append(number)

    def stored(self, number: int) -> None:
        """Record that a line is stored."""
        self.sent(number)

    def refused(self, number: int) -> None:
        """Record that the server has refused a line."""
        if (line := self._lines.get(number)) is not None:
            self._refused.append(line)

    def forget(self, number: int) -> None:
        """Drop a line that is reported in another way, unless it is to come back."""
        if number not in self._newly_settled and number not in self._settled:
            self._lines.pop(number, None)

    def notes(self) -> list[str]:
        """Return nothing: the lines themselves are shown."""
        return []

    def received(self, text: str) -> None:
        """Record that the server has sent a message of this client."""
        for number, line in self._lines.items():
            if line.text.strip() == text.strip():
                del self._lines[number]
                self._settled.pop(number, None)
                return

    def take_refused(self) -> list[TypedLine]:
        """Remove and return the refused lines."""
        refused, self._refused = self._refused, []
        return refused

    def tick(self, now: float) -> Iterable[TypedLine]:
        """Remove and return the lines that should have come back by *now*."""
        for number in self._newly_settled:
            if number in self._lines:
                self._settled.setdefault(number, now)
        self._newly_settled.clear()
        late = [n for n, since in self._settled.items() if now >= since + ECHO_TIMEOUT]
        for number in late:
            del self._settled[number]
        return [self._lines.pop(number) for number in late]
