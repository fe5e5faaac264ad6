"""The result of a verification."""

from dataclasses import dataclass, field
from typing import Final

from parlour.core.events import RoomName

MAX_PROBLEMS: Final = 100  # reported; further ones add no information


@dataclass(slots=True)
class VerifiedRoom:
    """The number of stored messages of a room, from *first* to *head*."""

    first: int
    head: int
    messages: int = 0
    is_open: bool = True


@dataclass(slots=True)
class Report:
    """The content of a history's file, and the problems found in it.

    A file whose log was truncated has no problems, because nothing in it shows that
    messages are missing. Rooms are in order of their numbers.
    """

    epoch: str = ""
    rooms: dict[RoomName, VerifiedRoom] = field(default_factory=dict)
    keys: int = 0
    accounts: int = 0
    sanctions: int = 0
    invitations: int = 0
    acts: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def messages(self) -> int:
        """The number of stored messages of all rooms."""
        return sum(room.messages for room in self.rooms.values())

    def add(self, problem: str) -> None:
        """Add *problem*, unless there are `MAX_PROBLEMS` already."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
