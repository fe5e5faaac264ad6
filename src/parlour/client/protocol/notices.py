"""The notices of a plain server, which come as text, as events.

Our servers word them as `core.protocol.plain` does, and most others likewise.
"""

import re
from typing import Final

from parlour.core.events import LOBBY, Joined, Left, Renamed

_JOINED: Final = re.compile(r"(.+) has entered the chat")
_LEFT: Final = re.compile(r"(.+) has left the chat")
_RENAMED: Final = re.compile(r"(.+) renamed to (.+)")


def notice(text: str) -> Joined | Left | Renamed | None:
    """Return the event that *text* of a server tells, None if it is no such event."""
    if found := _JOINED.fullmatch(text):
        return Joined(LOBBY, found[1])
    if found := _LEFT.fullmatch(text):
        return Left(LOBBY, found[1], "")
    if found := _RENAMED.fullmatch(text):
        return Renamed(LOBBY, found[1], found[2])
    return None
