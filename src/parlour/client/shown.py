"""What a person gets to see, in order, as values.

Every dialect of the wire, and everything the client says by itself, becomes
these. How they look is the printer's business.
"""

from typing import NamedTuple

SERVER = "[Server]"
"""The source of a plain server's own lines."""


class Said(NamedTuple):
    """Somebody said something. Both texts are as they came: unsafe to print."""

    source: str
    text: str
    line: bytes  # the line of the wire, without its LF


class Strange(NamedTuple):
    """The server sent a line that is not a message."""

    line: bytes
    is_told: bool  # the first one is told to the person, the others are not


class Typed(NamedTuple):
    """The person's own line, accepted. Only a prompt has to print it."""

    text: str


class Note(NamedTuple):
    """The client itself has something to say, in one line or more."""

    text: str


class Disconnected(NamedTuple):
    """The server is gone."""


Shown = Said | Strange | Typed | Note | Disconnected
