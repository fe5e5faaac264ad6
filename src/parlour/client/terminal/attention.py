"""Whether the user looks at the terminal, and how to call for attention. Pure."""

from collections.abc import Mapping
from enum import Enum
from typing import Final

from .safe_text import make_safe, shorten

IDLE: Final = 60.0  # seconds without a key after which the user counts as away
MAX_NOTIFICATION: Final = 200  # columns

BELL: Final = "\a"
REPORT_FOCUS: Final = "\x1b[?1004h"
NO_FOCUS_REPORTS: Final = "\x1b[?1004l"
FOCUS_IN: Final = "\x1b[I"
FOCUS_OUT: Final = "\x1b[O"

OSC_9_PROGRAMS: Final = {"iTerm.app", "WezTerm", "ghostty"}
"""TERM_PROGRAM of the terminals that show a notification for OSC 9."""

OSC_777_TERMS: Final = ("foot", "rxvt")
"""Prefixes of TERM of the terminals that show a notification for OSC 777."""

OSC_99_TERMS: Final = ("xterm-kitty",)


class BellMode(Enum):
    """For which messages the bell rings while the user is away."""

    ON = "on"  # those for the user: mentions and direct messages
    ALL = "all"  # every message of somebody else
    OFF = "off"


class Attention:
    """Whether the user looks at the terminal.

    A terminal that reports its focus knows. In any other, a user who presses no key for
    a minute counts as away.
    """

    def __init__(self, now: float) -> None:
        self._is_focused: bool | None = None  # None: the terminal did not report it
        self._last_key = now

    def key_pressed(self, now: float) -> None:
        """Record that the user has pressed a key."""
        self._last_key = now

    def focused(self, *, is_focused: bool, now: float) -> None:
        """Record that the terminal has gained or lost the focus."""
        self._is_focused = is_focused
        if is_focused:
            self._last_key = now

    def is_away(self, now: float) -> bool:
        """Return whether the user does not look at the terminal."""
        if self._is_focused is not None:
            return not self._is_focused
        return now - self._last_key > IDLE


def notification(environ: Mapping[str, str], title: str, text: str) -> str:
    """Return the sequence for a notification of the desktop, or "" if none is known.

    Other terminals might print a part of it. In tmux it is passed through to the
    terminal outside, if tmux allows that.
    """
    title, text = _plain(title), _plain(text)
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if "TMUX" in environ or term.startswith(("tmux", "screen")):
        if "TMUX" not in environ:
            return ""  # GNU screen
        inner = f"\x1b\x1b]777;notify;{title};{text}\a"
        return f"\x1bPtmux;{inner}\x1b\\"
    if program in OSC_9_PROGRAMS:
        return f"\x1b]9;{title}: {text}\a"
    if term.startswith(OSC_777_TERMS):
        return f"\x1b]777;notify;{title};{text}\a"
    if term.startswith(OSC_99_TERMS):
        return f"\x1b]99;;{title}: {text}\x1b\\"
    return ""


def _plain(text: str) -> str:
    """Return one line without the separator of the parts of a notification."""
    return shorten(make_safe(text).replace(";", ","), MAX_NOTIFICATION)
