"""What is on the screen already, so that it is not repeated. Pure."""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

SAME_SPEAKER: Final = timedelta(minutes=5)  # in which a name is not repeated


class Speaker(NamedTuple):
    """Who spoke at a time, in another room than the current one if there is a label."""

    source: str
    label: str
    moment: datetime


class OnScreen:
    """The last day, minute and speaker."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._minute = ""
        self._speaker: Speaker | None = None
        self.room = ""
        """The label of the room that the last row is the divider of, if it is one."""

    def interrupt(self, room: str = "") -> None:
        """Record that the last row is not of a person, or is the divider of *room*."""
        self._speaker, self.room = None, room

    def new_day(self, moment: datetime) -> str:
        """Return the day of *moment*, if it is not that of the row above."""
        day = moment.date()
        if day == self._day:
            return ""
        self._day, self._minute = day, ""
        return f"{day:%A} {day.day} {day:%B}"

    def time(self, moment: datetime, *, always: bool = False) -> str:
        """Return the time to show.

        It is "" if the row above is of the same minute, unless it is shown *always*.
        """
        minute = f"{moment:%H:%M}"
        if minute == self._minute and not always:
            return ""
        self._minute = minute
        return minute

    def speaks(self, speaker: Speaker) -> bool:
        """Record the next speaker; return whether it is the last one, and recent."""
        last, self._speaker = self._speaker, speaker
        self.room = ""
        if last is None or last[:2] != speaker[:2]:
            return False
        return abs(speaker.moment - last.moment) < SAME_SPEAKER
