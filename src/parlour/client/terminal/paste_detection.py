"""Detect pastes that the terminal does not mark (without bracketed paste mode).

GNU screen 4, serial consoles and Emacs pass a paste on as if it was typed: each line
break is an Enter, which would send every line at once. Typed keys arrive one by one,
so several lines in one read are treated as a paste.

Only lines that end in CR count, since the Enter key and pastes send CR. Programs that
drive a terminal end their lines with LF, and may send any number of lines at once.
"""

import select
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, TextIO

from prompt_toolkit.input.vt100 import Vt100Input
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

PASTE_IDLE: Final = 0.1  # seconds without input that end a paste

ENTER: Final = KeyPress(Keys.ControlM, "\r")
_BREAKS: Final = {Keys.ControlM: "\r", Keys.ControlJ: "\n"}


class PasteDetector:
    """A detector of unmarked pastes, whose keys it merges into one bracketed paste."""

    def __init__(self) -> None:
        self._ends_at = float("-inf")
        self._ends_in_enter = False  # whether the last paste does

    def merge_paste(self, keys: list[KeyPress], now: float) -> list[KeyPress]:
        """Return the *keys* of one read, merged if they begin or continue a paste."""
        if not keys or not all(map(_is_text, keys)):
            return keys
        if now >= self._ends_at and not _has_several_lines(keys):
            return keys
        self._ends_at = now + PASTE_IDLE
        self._ends_in_enter = keys[-1].key in _BREAKS
        return [KeyPress(Keys.BracketedPaste, "".join(map(_text, keys)))]

    def seconds_to_end(self, now: float) -> float:
        """Return the seconds until the last paste ends if no more input arrives."""
        return max(0.0, self._ends_at - now)

    def take_enter(self) -> bool:
        """Return whether the last paste ended in Enter, and reset this to False."""
        ends_in_enter, self._ends_in_enter = self._ends_in_enter, False
        return ends_in_enter


class PasteInput(Vt100Input):
    """The keys of a terminal; *on_paste* is called after each read of a paste."""

    def __init__(self, stdin: TextIO, on_paste: Callable[[], None]) -> None:
        super().__init__(stdin)
        self.pastes = PasteDetector()
        self._on_paste = on_paste
        self._has_typeahead = False  # the next keys were typed before the prompt

    def attach(
        self, input_ready_callback: Callable[[], None]
    ) -> AbstractContextManager[None]:
        self._has_typeahead = self._has_more()
        return super().attach(input_ready_callback)

    def read_keys(self) -> list[KeyPress]:
        self.vt100_parser.feed(self._read())
        found, self._buffer = self._buffer, []
        keys = self._without_reports(found)
        if self._has_typeahead:
            self._has_typeahead = self._has_more()
            return keys
        merged = self.pastes.merge_paste(keys, time.monotonic())
        if merged is not keys:
            self._on_paste()
        return merged

    def _read(self) -> str:
        """Return what was typed, and what the terminal reports."""
        return self.stdin_reader.read()

    def _without_reports(self, keys: list[KeyPress]) -> list[KeyPress]:
        """Return the keys of the user, without what the terminal reports."""
        return keys

    def _has_more(self) -> bool:
        """Return whether there is more input to read."""
        if self.closed:
            return False
        ready, _, _ = select.select([self.fileno()], [], [], 0)
        return bool(ready)


def _has_several_lines(keys: list[KeyPress]) -> bool:
    """Return whether *keys* are at least two lines with text, separated by CR.

    Several commands are not a paste: none of them sends a message by mistake.
    """
    lines = [line for line in "".join(map(_text, keys)).split("\r") if line.strip()]
    return len(lines) > 1 and not all(line.startswith("/") for line in lines)


def _is_text(press: KeyPress) -> bool:
    is_letter = not isinstance(press.key, Keys)
    return is_letter or press.key in _BREAKS or press.key == Keys.ControlI


def _text(press: KeyPress) -> str:
    return press.data
