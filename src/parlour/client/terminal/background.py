"""Whether the background of a terminal is light or dark, as the terminal reports it.

A terminal answers `QUERY` with the colour of its background (OSC 11 of xterm), as if
that was typed, or not at all.
"""

import re
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

QUERY: Final = "\x1b]11;?\x07"
REPLY_TIMEOUT: Final = 0.05  # seconds for which the first messages wait for it

_REPLY: Final = re.compile(
    r"\x1b\]11;rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})"
    r"(?:/[0-9a-fA-F]{1,4})?(?:\x07|\x1b\\)"
)
_BEGUN: Final = re.compile(r"\x1b\]11;[rgba:0-9a-fA-F/]{0,30}\x1b?\Z")
_BRIGHT: Final = 0.5  # of the luma of a light background, from 0 to 1
_LIGHT_NUMBERS: Final = {"7", "15"}  # of the colours in COLORFGBG


class Background(Enum):
    """The background of a terminal."""

    UNKNOWN = auto()
    LIGHT = auto()
    DARK = auto()


def background_of(environ: Mapping[str, str]) -> Background:
    """Return the background that some terminals put into the environment."""
    found = environ.get("COLORFGBG", "").rpartition(";")[2]
    if not found.isdecimal():
        return Background.UNKNOWN
    return Background.LIGHT if found in _LIGHT_NUMBERS else Background.DARK


class BackgroundReply:
    """Finds the reply in what is read from the terminal."""

    def __init__(self) -> None:
        self.background = Background.UNKNOWN
        self._asked_at: float | None = None  # until there is a reply
        self._begun = ""

    def asked(self, now: float) -> None:
        """Record that `QUERY` was written."""
        self._asked_at = now

    def seconds_to_wait(self, now: float) -> float:
        """Return the seconds for which messages wait for the reply; 0 if not at all."""
        if self._asked_at is None:
            return 0.0
        return max(0.0, self._asked_at + REPLY_TIMEOUT - now)

    def without_reply(self, text: str) -> str:
        """Return what was read, without the reply; the beginning of one is kept."""
        text, self._begun = self._begun + text, ""
        if self._asked_at is None:
            return text
        if found := _REPLY.search(text):
            self._asked_at = None
            self.background = _background(*found.groups())
            return text[: found.start()] + text[found.end() :]
        if begun := _BEGUN.search(text):
            self._begun = begun[0]
            return text[: begun.start()]
        return text


def _background(*levels: str) -> Background:
    """Return what a colour is, given as hexadecimal levels of red, green and blue."""
    red, green, blue = (int(level, 16) / (16 ** len(level) - 1) for level in levels)
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return Background.LIGHT if luma > _BRIGHT else Background.DARK
