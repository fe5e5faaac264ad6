"""Pastes that the terminal does not mark as such (no bracketed paste).

GNU screen 4, serial consoles and Emacs hand on a paste as if it was typed: each line
break is an Enter, and every line would be said at once. What a person types comes a
key at a time, so several lines that come together are taken for a paste.

Only lines that end in CR count, which is what the Enter key and a paste send. LF is
what programs end their lines with that drive a terminal: these may send as many as
they like.
"""

import select
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, TextIO

from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

PASTE_IDLE: Final = 0.1  # seconds without input after which a paste is over

ENTER: Final = KeyPress(Keys.ControlM, "\r")
_BREAKS: Final = {Keys.ControlM: "\r", Keys.ControlJ: "\n"}


class PasteDetector:
    """Which keys of those that came together are a paste."""

    def __init__(self) -> None:
        self._over_at = float("-inf")
        self._ends_in_enter = False  # the last paste does

    def merge_paste(self, keys: list[KeyPress], now: float) -> list[KeyPress]:
        """Return *keys*, or the one paste that they are or go on with."""
        if not keys or not all(map(_is_text, keys)):
            return keys
        if now >= self._over_at and not _has_lines(keys):
            return keys
        self._over_at = now + PASTE_IDLE
        self._ends_in_enter = keys[-1].key in _BREAKS
        return [KeyPress(Keys.BracketedPaste, "".join(map(_text, keys)))]

    def seconds_to_end(self, now: float) -> float:
        """Return the seconds until the last paste is over."""
        return max(0.0, self._over_at - now)

    def take_enter(self) -> bool:
        """Tell once whether the last paste ended in Enter."""
        ends, self._ends_in_enter = self._ends_in_enter, False
        return ends


class PasteInput(Vt100Input):
    """The keyboard of a terminal; *pasted* is called after each piece of a paste."""

    def __init__(self, stdin: TextIO, pasted: Callable[[], None]) -> None:
        super().__init__(stdin)
        self.pastes = PasteDetector()
        self._pasted = pasted
        self._is_ahead = False  # what is read next was typed before the prompt came

    def attach(
        self, input_ready_callback: Callable[[], None]
    ) -> AbstractContextManager[None]:
        self._is_ahead = self._has_more()
        return super().attach(input_ready_callback)

    def read_keys(self) -> list[KeyPress]:
        keys = super().read_keys()
        if self._is_ahead:
            self._is_ahead = self._has_more()
            return keys
        joined = self.pastes.merge_paste(keys, time.monotonic())
        if joined is not keys:
            self._pasted()
        return joined

    def _has_more(self) -> bool:
        """Tell whether there is more to be read."""
        if self.closed:
            return False
        ready, _, _ = select.select([self.fileno()], [], [], 0)
        return bool(ready)


def _has_lines(keys: list[KeyPress]) -> bool:
    """Tell whether there are two lines at least with text, and a CR between them.

    Commands alone are no paste: none of them says anything by mistake.
    """
    lines = [line for line in "".join(map(_text, keys)).split("\r") if line.strip()]
    return len(lines) > 1 and not all(line.startswith("/") for line in lines)


def _is_text(press: KeyPress) -> bool:
    is_letter = not isinstance(press.key, Keys)
    return is_letter or press.key in _BREAKS or press.key == Keys.ControlI


def _text(press: KeyPress) -> str:
    return press.data
