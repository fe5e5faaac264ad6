"""The interactive terminal: messages above, the typed line below, undisturbed.

Imported only when standard input and output are terminals. One prompt lives as
long as the program: Enter does not end it, it hands the line on and empties it.
So there is no moment between two prompts in which a message or a key could fall.

Messages are painted by taking the prompt away, writing, and drawing it again, in
one step of the loop and at most once in :data:`PAINT_INTERVAL`; unlike prompt_toolkit's
``run_in_terminal`` this never leaves raw mode, in which no key is echoed by the
terminal itself and no Ctrl-C becomes a signal.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.data_structures import Size
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.layout import Dimension
from prompt_toolkit.output.vt100 import Vt100_Output

from ..io.ports import PromptHandler
from ..protocol.display_items import (
    ChatMessage,
    Disconnected,
    DisplayItem,
    Note,
    UserList,
)
from .completion import KnownNames
from .key_bindings import make_key_bindings
from .output_stream import OutputStream
from .paint_queue import PaintQueue
from .paste_detection import ENTER, PasteInput
from .printer import Printer
from .resizing import ResizableRenderer, terminal_reflows
from .size import COLUMNS, ROWS, size

PAINT_INTERVAL: Final = 0.016  # seconds
MAX_PENDING: Final = 256 << 10  # characters; beyond, it counts as full
RESIZE_POLL_INTERVAL: Final = (
    0.1  # seconds between looks at the size, outside the main thread
)
TYPED_SHARE: Final = 2  # the typed text takes one row in so many of the screen


class Prompt:
    """One prompt for a whole conversation.

    :meth:`show` and :meth:`stop` may be called by any thread; everything else
    happens in the loop that :meth:`run` runs in.
    """

    def __init__(
        self, typist: PromptHandler, printer: Printer, *, timestamps: bool = False
    ) -> None:
        self._typist = typist
        self._turn = threading.Condition()  # guards all but the session
        self._changed: Callable[[], object] = lambda: None
        self._stream = OutputStream(self._drained)
        self._pending = PaintQueue(
            printer, lambda: _terminal_size().columns, timestamps=timestamps
        )
        self._status = ""
        self._names = KnownNames()
        self._is_stopping = self._is_over = False
        self._loop: asyncio.AbstractEventLoop | None = None  # while there is a prompt
        self._painted_at = 0.0
        self._is_paint_due = False
        self._input = PasteInput(sys.stdin, self._pasted)
        self._session = self._new_session()
        self._frame = ResizableRenderer(
            self._session.app.renderer.style,
            self._session.output,
            reflows=terminal_reflows(os.environ),
            is_stuck=lambda: self._stream.is_full,
        )
        self._session.app.renderer = self._frame

    async def run(self) -> None:
        """Prompt until :meth:`stop`, then show what is left to be shown."""
        with suppress(EOFError):  # the terminal is gone
            await self._session.prompt_async(
                pre_run=self._begin, set_exception_handler=False, handle_sigint=False
            )
        with self._turn:
            self._loop = None
            self._is_stopping = self._is_over = True
        self._write_rest()

    @property
    def is_full(self) -> bool:
        """Whether the terminal is slow, and nothing more should be shown for now."""
        with self._turn:
            return self._pending.size > MAX_PENDING or self._stream.is_full

    def on_change(self, changed: Callable[[], object]) -> None:
        """Call *changed*, in any thread, when it is full no more."""
        self._changed = changed

    def check(self) -> None:
        """Raise nothing: that the terminal is gone ends the prompt by itself."""

    def close(self, seconds: float | None) -> None:
        """Show what waits, for at most so many *seconds*."""
        self._stream.finish(seconds)

    def show(self, shown: Sequence[DisplayItem]) -> None:
        """Show everything above the prompt, or below it once it is over."""
        if any(isinstance(item, Disconnected) and item.is_last for item in shown):
            self.stop()  # the last words come below what was being typed
        with self._turn:
            for item in shown:
                match item:
                    case ChatMessage(source, text):
                        self._names.add_from_message(source, text)
                    case UserList(names, is_first):
                        self._names.add_present(names, is_first=is_first)
            self._pending.add(shown)
            loop, is_over = self._loop, self._is_over
            if loop is not None and not self._is_paint_due:
                self._is_paint_due = True
                loop.call_soon_threadsafe(self._schedule)
        if is_over:
            self._write_rest()

    def stop(self) -> None:
        """End :meth:`run` soon; a line that was being typed stays on the screen."""
        with self._turn:
            loop, was_stopping = self._loop, self._is_stopping
            self._is_stopping = True
        if loop is not None and not was_stopping:
            loop.call_soon_threadsafe(self._exit)

    def status(self, text: str) -> None:
        """Put *text* before the line that is typed."""
        with self._turn:
            loop, has_changed = self._loop, text != self._status
            self._status = text
        if loop is not None and has_changed:
            loop.call_soon_threadsafe(self._session.app.invalidate)

    def submit_line(self, text: str) -> bool:
        """Hand on a line; False if it has to stay where it was typed."""
        return self._typist.submit_line(text)

    def line_edited(self) -> None:
        """Learn that what is being typed has changed."""
        self._typist.line_edited()

    def leave(self) -> None:
        """Leave the chat."""
        self._typist.leave()

    def completion_names(self) -> list[str]:
        """Return the names to complete, the one heard last first."""
        with self._turn:
            return self._names.by_recency()

    def show_note(self, text: str) -> None:
        """Tell the person something."""
        self.show([Note(text)])

    def clear_screen(self) -> None:
        """Give the prompt an empty screen; what was on it scrolls away."""
        app, output = self._session.app, self._session.output
        if self._stream.is_full:
            return
        self._frame.erase_prompt()
        output.write_raw("\n" * output.get_size().rows)
        output.cursor_goto(0, 0)
        output.flush()
        app.invalidate()

    def _new_session(self) -> PromptSession[str]:
        output = Vt100_Output(
            self._stream,
            _terminal_size,
            term=os.environ.get("TERM"),
            enable_bell=False,
            enable_cpr=False,  # nothing needs it, and not every terminal answers
        )
        session: PromptSession[str] = PromptSession(
            lambda: self._status,
            multiline=True,  # a paste may bring lines; Enter is ours (keys)
            complete_while_typing=False,
            search_ignore_case=True,
            enable_suspend=True,
            history=InMemoryHistory(),
            reserve_space_for_menu=0,
            input=self._input,
            output=output,
        )
        session.key_bindings = make_key_bindings(self, session.default_buffer)
        session.layout.current_window.height = self._typed_height
        session.app.terminal_size_polling_interval = RESIZE_POLL_INTERVAL
        return session

    def _typed_height(self) -> Dimension:
        """Bound the rows of the typed text; the part at the cursor is shown.

        What is taller than the screen could not be taken off it again: each message
        would leave a copy of it behind.
        """
        rows = self._session.output.get_size().rows
        return Dimension(max=max(1, rows // TYPED_SHARE))

    def _begin(self) -> None:
        """Start to paint: the application runs from here on."""
        with self._turn:
            self._loop = loop = asyncio.get_running_loop()
            is_over = self._is_stopping
        loop.call_soon(self._exit if is_over else self._paint)

    def _pasted(self) -> None:
        """Press the Enter at the end of a paste that is whole: the person is asked."""
        pastes, loop = self._input.pastes, self._loop
        wait = pastes.seconds_to_end(time.monotonic())
        if wait > 0:
            if loop is not None:
                loop.call_later(wait, self._pasted)
        elif pastes.take_enter():
            self._session.app.key_processor.feed(ENTER)
            self._session.app.key_processor.process_keys()

    def _exit(self) -> None:
        app = self._session.app
        if app.is_running and not app.is_done:
            app.erase_when_done = not app.current_buffer.text
            app.exit(result="")

    def _schedule(self) -> None:
        """Paint now, or, if that was done a moment ago, when the moment is over.

        A window that is being resized has to rest first.
        """
        wait = self._painted_at + PAINT_INTERVAL - time.monotonic()
        wait = max(wait, self._frame.seconds_until_stable())
        if wait <= 0 or self._loop is None:
            self._paint()
        else:
            self._loop.call_later(wait, self._schedule)

    def _paint(self) -> None:
        with self._turn:
            self._is_paint_due = False
            if self._is_stopping or self._stream.is_full:
                return
            was_full = self._pending.size > MAX_PENDING
            text = self._pending.take()
        if text:
            self._frame.erase_prompt()
            self._write(text)
            self._session.app.invalidate()
            self._painted_at = time.monotonic()
        if was_full:
            self._changed()

    def _drained(self) -> None:
        """Go on once the terminal has taken all (the writer's thread)."""
        with self._turn:
            loop = self._loop
            self._is_paint_due = self._is_paint_due or loop is not None
        if loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the prompt is over
                loop.call_soon_threadsafe(self._schedule)
                loop.call_soon_threadsafe(self._session.app.invalidate)
        self._changed()

    def _write_rest(self) -> None:
        with self._turn:
            text = self._pending.take()
        with suppress(OSError):  # the terminal is gone
            self._write(text)

    def _write(self, text: str) -> None:
        self._session.output.write_raw(text)
        self._session.output.flush()


def _terminal_size() -> Size:
    try:
        columns, rows = size(sys.stdout)
    except OSError:
        columns, rows = COLUMNS, ROWS
    return Size(rows=rows, columns=columns)
