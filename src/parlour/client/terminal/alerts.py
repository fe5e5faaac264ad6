"""What a prompt does for a user who is away: a divider, the bell, a notification."""

import os
import time
from collections.abc import Sequence
from typing import Final

from parlour.core.events import SERVER

from ..protocol.display_items import ChatMessage
from ..protocol.local_commands import SetBell
from .attention import (
    BELL,
    NO_FOCUS_REPORTS,
    REPORT_FOCUS,
    Attention,
    BellMode,
    notification,
)
from .shown_items import Divider, DividerKind, ShownItem, unlabelled

NEW: Final = "new"


class Alerts:
    """The alerts of one terminal. Each absence has one divider."""

    def __init__(self) -> None:
        self.attention = Attention(time.monotonic())
        self._mode = BellMode.ON
        self._has_divider = False  # above the first message of this absence
        self._reports_focus = False  # the terminal does
        self._pending = ""

    def report_focus(self, *, is_on: bool) -> str:
        """Return the sequence after which the terminal reports its focus, or no more.

        It is "" if that is so already.
        """
        if is_on == self._reports_focus:
            return ""
        self._reports_focus = is_on
        return REPORT_FOCUS if is_on else NO_FOCUS_REPORTS

    def add(self, items: Sequence[ShownItem], own_name: str) -> list[ShownItem]:
        """Return *items*, with a divider above what is new to a user who is away.

        Note the alerts for them, which `take` returns.
        """
        is_away = self.attention.is_away(time.monotonic())
        if not is_away:
            self._has_divider = False
        silent = {SERVER, own_name}
        shown: list[ShownItem] = []
        for each in items:
            item, _, is_for_user = unlabelled(each)
            if isinstance(item, SetBell):
                self._mode = BellMode(item.mode)
            if is_away and isinstance(item, ChatMessage) and item.source not in silent:
                if not self._has_divider:
                    self._has_divider = True
                    shown.append(Divider(NEW, DividerKind.NEW))
                self._note(item, is_for_user=is_for_user)
            shown.append(each)
        return shown

    def take(self) -> str:
        """Remove and return the sequences that alert the user."""
        pending, self._pending = self._pending, ""
        return pending

    def _note(self, item: ChatMessage, *, is_for_user: bool) -> None:
        is_wanted = is_for_user or self._mode is BellMode.ALL
        if self._mode is not BellMode.OFF and is_wanted:
            # One for all messages that are painted together.
            shown = notification(os.environ, item.source, item.text)
            self._pending = BELL + shown
