"""The keys of a terminal that reports whether it has the focus."""

from collections.abc import Callable
from typing import Final, TextIO

from prompt_toolkit.input.ansi_escape_sequences import ANSI_SEQUENCES
from prompt_toolkit.key_binding import KeyPress
from prompt_toolkit.keys import Keys

from .attention import FOCUS_IN, FOCUS_OUT
from .background import BackgroundReply
from .paste_detection import PasteInput

_REPORTS: Final = {FOCUS_IN: True, FOCUS_OUT: False}

for _sequence in _REPORTS:  # otherwise the parser returns the single characters
    ANSI_SEQUENCES.setdefault(_sequence, Keys.Ignore)


class FocusInput(PasteInput):
    """The keys of a terminal.

    *on_focus* is called with True or False when the terminal has gained or lost the
    focus, and *on_key* after each read of keys.
    """

    def __init__(
        self,
        stdin: TextIO,
        on_paste: Callable[[], None],
        on_focus: Callable[[bool], None],
        on_key: Callable[[], None],
    ) -> None:
        super().__init__(stdin, on_paste)
        self._on_focus, self._on_key = on_focus, on_key
        self.background = BackgroundReply()

    def _read(self) -> str:
        return self.background.without_reply(super()._read())

    def _without_reports(self, keys: list[KeyPress]) -> list[KeyPress]:
        typed = [key for key in keys if key.data not in _REPORTS]
        for key in keys:
            if key.data in _REPORTS:
                self._on_focus(_REPORTS[key.data])
        if typed:
            self._on_key()
        return typed
