"""The interface of a dialect: events to bytes, and lines to commands."""

from typing import Protocol

from ..events import Event, Refused
from .commands import Command


class Dialect(Protocol):
    """One encoding of events and commands. A dialect has no state."""

    name: str
    can_resume: bool
    """Whether messages have sequences, so that a gap can be filled from the history."""

    def decode(self, line: bytes) -> Command | Refused | None:
        """Return the command on *line* (without its LF).

        Return `Refused` for a line without a valid command, and None for a blank one.
        Never raises.
        """
        ...

    def encode(self, event: Event) -> bytes:
        """Return *event* as complete lines with their LF; ``b""`` if it has none."""
        ...
