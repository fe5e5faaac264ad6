"""The text before the typed line: the connection, unread rooms, the current room. Pure.

In a narrow terminal, the unread rooms are left out first, and then the end of the
name of the current room.
"""

from typing import Final, NamedTuple

from .safe_text import shorten, width

PROMPT_SHARE: Final = 2  # columns of the terminal for each column of the prompt
MAX_COUNT: Final = 999  # unread messages that are spelled out
SEPARATOR: Final = " · "
END_OF_UNREAD: Final = " | "
END: Final = "> "


class RoomCount(NamedTuple):
    """The unread messages of a room; the *label* is safe to print."""

    label: str
    unread: int
    for_you: int  # of them, mentions of the user, and all in a direct room
    number: int = 0  # of the room, for Alt and for /room; 0 if it is not known

    @property
    def text(self) -> str:
        """The room and its count."""
        count = f"{MAX_COUNT}+" if self.unread > MAX_COUNT else str(self.unread)
        return f"{self.label} {count}"


class BarColors(NamedTuple):
    """The colours of a status row, as styles of prompt_toolkit."""

    background: str
    quiet: str  # of what is dim elsewhere
    urgent: str  # of what is for the user
    trouble: str  # of a connection that is lost or slow


class PromptStatus(NamedTuple):
    """What the prompt shows before the typed line."""

    connection: str = ""  # the state of a connection that is lost or slow
    room: str = ""  # the label of the current room; empty if there is only one
    unread: tuple[RoomCount, ...] = ()  # the other rooms with unread messages
    name: str = ""  # of the user, as far as it is known
    users: int = 0  # in the current room, if that is known
    under_way: tuple[str, ...] = ()  # the lines that did not come back yet
    topic: str = ""  # of the current room: unsafe to print
    bar: BarColors | None = None  # of the status, if it has a background of its own
    is_away: bool = False  # the user does not look at the terminal
    question: str = ""  # what is asked for, in place of the prompt, and not shown
    is_encrypted: bool = False  # with TLS
    place: str = ""  # the label of the current room, also if there is only one

    def text(self, columns: int) -> str:
        """Return the prompt for a terminal with this number of columns."""
        if self.question:
            return f"{shorten(self.question, max(1, columns // PROMPT_SHARE))}{END}"
        if not self.room:
            return self.connection
        room_for_rooms = columns // PROMPT_SHARE - width(self.connection) - len(END)
        counts = self._counts(room_for_rooms - width(self.room))
        label = shorten(self.room, max(1, room_for_rooms - width(counts)))
        return f"{self.connection}{counts}{label}{END}"

    def _counts(self, columns: int) -> str:
        """Return as many of the counts as fit, the urgent ones first."""
        texts = [each.text for each in self.unread]
        by_urgency = sorted(range(len(texts)), key=self._is_not_urgent)
        used = sum(map(width, texts)) + len(SEPARATOR) * (len(texts) - 1)
        omitted, rest = 0, ""
        while by_urgency and used + len(rest) + len(END_OF_UNREAD) > columns:
            used -= width(texts[by_urgency.pop()]) + len(SEPARATOR)
            omitted += 1
            rest = f"{SEPARATOR}+{omitted}"
        named = [texts[index] for index in sorted(by_urgency)]
        parts = [*named, f"+{omitted}"] if omitted else named
        return SEPARATOR.join(parts) + END_OF_UNREAD if parts else ""

    def _is_not_urgent(self, index: int) -> bool:
        return not self.unread[index].for_you
