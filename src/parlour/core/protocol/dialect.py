"""What a dialect is: how an event becomes bytes, and a line a command."""

from typing import Protocol

from ..events import Event, Refused
from .commands import Command


class Dialect(Protocol):
    """One way to spell the words. It keeps no state of its own."""

    name: str
    resumes: bool
    """Whether members know sequences, and hear what they missed from the history."""

    def decode(self, line: bytes) -> Command | Refused | None:
        """Return what *line* (without its LF) says; never raise.

        A line that says nothing that is allowed is `Refused`; a blank one is None.
        """
        ...

    def encode(self, event: Event) -> bytes:
        """Return *event* as whole lines, each with its LF; none is ``b""``."""
        ...
