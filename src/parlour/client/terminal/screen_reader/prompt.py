"""The terminal for a screen reader: lines are written, and never drawn again.

Only what was typed is on the last row. Messages wait until it is empty, and a moment
longer, so that many of them become a count.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from prompt_toolkit.output import DummyOutput, Output

from ...io.ports import PromptHandler
from ...protocol.display_items import Disconnected, Note
from ..look import Look
from ..prompt import Prompt
from ..prompt_status import PromptStatus
from ..resizing import PromptRenderer
from ..shown_items import ShownItem
from .held_items import HeldItems
from .renderer import TypedLineRenderer

GATHER_TIME: Final = 0.2  # seconds in which messages are counted together


class ScreenReaderPrompt(Prompt):
    """A prompt that never moves the cursor. Any thread may call `show`."""

    def __init__(self, handler: PromptHandler, look: Look) -> None:
        self._held = HeldItems()
        self._is_gathering = False  # items that are released later
        super().__init__(handler, look)

    async def run(self) -> None:
        """Show the prompt until :meth:`stop` is called, then display the rest."""
        await super().run()
        self._release(is_end=True)

    def show(self, items: Sequence[ShownItem]) -> None:
        """Show *items* when nothing is being typed."""
        is_end = any(isinstance(item, Disconnected) and item.is_last for item in items)
        with self._lock:
            self._held.add(items, self._status.name)
            loop, is_first = self._loop, not self._is_gathering
            self._is_gathering = True
        if loop is None or is_end:
            self._release(is_end=True)
        elif is_first:
            loop.call_soon_threadsafe(self._release_later)

    def set_status(self, status: PromptStatus) -> None:
        """Say which other rooms have unread messages, once for each visit."""
        with self._lock:
            before = {each.label for each in self._status.unread}
        super().set_status(status)
        for each in status.unread:
            if each.label not in before:
                self.show([Note(f"New messages in {each.label}")])

    def submit_line(self, text: str) -> bool:
        """Process a typed line, and show what waited for its end."""
        self._typed_line.write_typed(text)  # a key and Enter may come together
        self._typed_line.erase_prompt()
        is_accepted = super().submit_line(text)
        if not is_accepted:
            self._session.app.invalidate()  # it is still in the prompt
        asyncio.get_running_loop().call_soon(self._release)
        return is_accepted

    def _release_later(self) -> None:
        asyncio.get_running_loop().call_later(GATHER_TIME, self._release)

    def _release(self, *, is_end: bool = False) -> None:
        """Show what waits, unless a line is being typed."""
        if self._session.default_buffer.text and not is_end:
            return  # `line_edited` follows
        with self._lock:
            items, self._is_gathering = self._held.take(), False
        if items:
            super().show(items)

    def line_edited(self) -> None:
        """Process a change of the typed line, and show what waited if it is empty."""
        super().line_edited()
        self._release()

    def _new_output(self) -> Output:
        return DummyOutput()

    def _new_renderer(self) -> PromptRenderer:
        style = self._session.app.renderer.style
        self._typed_line = TypedLineRenderer(style, self._write, self.asks_secret)
        return self._typed_line

    def _write(self, text: str) -> None:
        with suppress(OSError):  # the terminal was closed
            self._stream.write(text)
            self._stream.flush()
