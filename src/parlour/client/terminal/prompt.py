"""The interactive terminal: messages above, and the typed line below them.

Imported only when standard input and output are terminals. One prompt lasts as long as
the program: Enter submits the line and empties it, but does not end the prompt. So no
message or key can arrive between two prompts.

To paint messages, the prompt is erased, the messages are written, and the prompt is
drawn again, in one step of the event loop and at most once in :data:`PAINT_INTERVAL`.
Unlike prompt_toolkit's ``run_in_terminal``, this never leaves raw mode, in which the
terminal echoes no keys and Ctrl-C is not a signal.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum, auto
from pathlib import Path
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.data_structures import Size
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import AnyFormattedText, FormattedText
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.layout import Dimension
from prompt_toolkit.output import ColorDepth as PromptDepth
from prompt_toolkit.output import Output
from prompt_toolkit.output.vt100 import Vt100_Output

from ..io.ports import PromptHandler
from ..protocol.display_items import ClearScreen, Disconnected, Note
from .alerts import Alerts
from .background import QUERY, Background, background_of
from .colors import ColorDepth
from .completion import Completions
from .focus_input import FocusInput
from .input_history import InputHistory
from .key_bindings import make_key_bindings
from .look import Look
from .output_stream import OutputStream
from .paint_queue import PaintQueue
from .paste_detection import ENTER
from .prompt_status import PromptStatus
from .resizing import PromptRenderer, ResizableRenderer, terminal_reflows
from .shown_items import ShownItem
from .size import COLUMNS, ROWS, size

PAINT_INTERVAL: Final = 0.016  # seconds
MAX_PENDING: Final = 256 << 10  # characters to paint; with more, the prompt is full
RESIZE_POLL_INTERVAL: Final = 0.1  # seconds, outside the main thread
TYPED_SHARE: Final = 2  # rows of the screen for each row of the typed text

_DEPTHS: Final = {
    ColorDepth.NONE: PromptDepth.DEPTH_1_BIT,
    ColorDepth.BASE: PromptDepth.DEPTH_4_BIT,
    ColorDepth.INDEXED: PromptDepth.DEPTH_8_BIT,
    ColorDepth.TRUE: PromptDepth.DEPTH_24_BIT,
}


class _State(Enum):
    ACTIVE = auto()  # items are painted above the prompt
    STOPPING = auto()  # the prompt is about to end; items wait for that
    ENDED = auto()  # items are written below the last prompt


class Prompt:
    """One prompt for a whole conversation.

    Any thread may call :meth:`show`, :meth:`set_status` and :meth:`stop`; everything
    else happens in the event loop of :meth:`run`.
    """

    def __init__(self, handler: PromptHandler, look: Look) -> None:
        self._handler, self._look = handler, look
        self._alerts = Alerts() if look.is_attentive else None
        self._lock = threading.RLock()  # guards everything but the session
        self._changed: Callable[[], object] = lambda: None
        self._stream = OutputStream(self._output_drained)
        self._paint_queue = PaintQueue(
            look.formatter,
            lambda: _terminal_size().columns,
            look.clock_format,
            look.may_wait,
            autowrap=look.autowrap,
        )
        self._status = PromptStatus()
        self._state = _State.ACTIVE
        self._loop: asyncio.AbstractEventLoop | None = None  # while the prompt runs
        self._painted_at = 0.0
        self._is_paint_due = False
        self._is_held = False  # a paint is due later
        self._input = FocusInput(
            sys.stdin, self._finish_paste, self._focused, self._key_pressed
        )
        self._session = self._new_session()
        self._renderer = self._new_renderer()
        self._session.app.renderer = self._renderer

    async def run(self) -> None:
        """Show the prompt until :meth:`stop` is called, then display the rest."""
        with suppress(EOFError):  # the terminal was closed
            await self._session.prompt_async(
                pre_run=self._begin, set_exception_handler=False, handle_sigint=False
            )
        with self._lock:
            self._loop = None
            self._state = _State.ENDED
        self._report_focus(is_on=False)
        self._write_rest()

    @property
    def is_full(self) -> bool:
        """Whether the terminal is slow, so that nothing should be displayed for now."""
        with self._lock:
            return self._paint_queue.size > MAX_PENDING or self._stream.is_full

    def on_change(self, changed: Callable[[], object]) -> None:
        """Have *changed* called, in any thread, once the display has drained."""
        self._changed = changed

    def check(self) -> None:
        """Do nothing: the prompt ends by itself when the terminal is closed."""

    def close(self, timeout: float | None) -> None:
        """Display the rest, for at most *timeout* seconds."""
        self._stream.finish(timeout)

    def show(self, items: Sequence[ShownItem]) -> None:
        """Display *items* above the prompt, or below it once it has ended."""
        if any(isinstance(item, Disconnected) and item.is_last for item in items):
            self.stop()  # the last items are displayed below the typed line
        is_clear = any(isinstance(item, ClearScreen) for item in items)
        with self._lock:
            if self._alerts is not None:
                items = self._alerts.add(items, self._status.name)
            self._paint_queue.add(items)
            loop, state = self._loop, self._state
            if loop is not None and not self._is_paint_due:
                self._is_paint_due = True
                loop.call_soon_threadsafe(self._schedule)
        if is_clear and loop is not None:
            loop.call_soon_threadsafe(self._paint_and_clear)
        if state is _State.ENDED:
            self._write_rest()

    def stop(self) -> None:
        """End :meth:`run` soon; an unfinished line stays on the screen."""
        with self._lock:
            if self._state is not _State.ACTIVE:
                return
            self._state = _State.STOPPING
            loop = self._loop
        if loop is not None:
            loop.call_soon_threadsafe(self._exit)

    def set_status(self, status: PromptStatus) -> None:
        """Set the text before the typed line."""
        with self._lock:
            loop, has_changed = self._loop, status != self._status
            self._status = status
            self._look.formatter.names.own_name = status.name
        if loop is not None and has_changed:
            loop.call_soon_threadsafe(self._session.app.invalidate)

    def submit_line(self, text: str) -> bool:
        """Process a typed line; return False if it must stay in the prompt."""
        return self._handler.submit_line(text)

    def line_edited(self) -> None:
        """Process a change of the line that is being typed."""
        self._session.placeholder = None  # it is for those who have typed nothing yet
        self._handler.line_edited()

    def leave(self) -> None:
        """Leave the chat."""
        self._handler.leave()

    def asks_secret(self) -> bool:
        """Return whether what is typed is a password, and not shown."""
        return bool(self._handler.secret_question())

    def completions(self) -> Completions:
        """Return the names that Tab completes."""
        return self._handler.completions()

    def switch_room(self, number: int | None) -> None:
        """Switch to the room with this *number*, or to the next unread one."""
        self._handler.switch_room(number)

    def show_note(self, text: str) -> None:
        """Show a note of the client."""
        self.show([Note(text)])

    def suspend(self) -> None:
        """Stop the program until it is continued: the shell gets the terminal."""
        self._report_focus(is_on=False)  # a shell would show the reports as text
        self._session.app.suspend_to_background()

    def clear_screen(self) -> None:
        """Move the prompt to the top of an empty screen; the rest scrolls off."""
        app, output = self._session.app, self._session.output
        if self._stream.is_full:
            return
        self._renderer.erase_prompt()
        output.write_raw("\n" * output.get_size().rows)
        output.cursor_goto(0, 0)
        output.flush()
        app.invalidate()

    def _new_output(self) -> Output:
        return Vt100_Output(
            self._stream,
            _terminal_size,
            term=os.environ.get("TERM"),
            enable_bell=False,
            enable_cpr=False,  # not needed, and not supported by every terminal
        )

    def _new_renderer(self) -> PromptRenderer:
        return ResizableRenderer(
            self._session.app.renderer.style,
            self._session.output,
            reflows=terminal_reflows(os.environ),
            is_stuck=lambda: self._stream.is_full,
        )

    def _new_session(self) -> PromptSession[str]:
        session: PromptSession[str] = PromptSession(
            self._prompt_text,
            placeholder=[("class:placeholder dim", self._look.placeholder)],
            is_password=Condition(self.asks_secret),
            multiline=True,  # for pastes; the key bindings redefine Enter
            complete_while_typing=False,
            search_ignore_case=True,
            enable_suspend=True,
            history=_history(self._look.history),
            reserve_space_for_menu=0,
            input=self._input,
            output=self._new_output(),
            color_depth=_DEPTHS[self._look.formatter.names.depth],
        )
        session.key_bindings = make_key_bindings(self, session.default_buffer)
        session.layout.current_window.height = self._typed_height
        session.app.terminal_size_polling_interval = RESIZE_POLL_INTERVAL
        return session

    def _prompt_text(self) -> AnyFormattedText:
        status = self._status
        if self._alerts is not None:
            is_away = self._alerts.attention.is_away(time.monotonic())
            bar = self._look.formatter.names.bar
            status = status._replace(is_away=is_away, bar=bar)
        status = status._replace(question=self._handler.secret_question())
        found = self._look.prompt(status, _terminal_size().columns)
        return found if isinstance(found, str) else FormattedText(found)

    def _typed_height(self) -> Dimension:
        """Limit the rows of the typed text; the part around the cursor is shown.

        Text taller than the screen could not be erased completely: each message would
        leave a copy of it behind.
        """
        rows = self._session.output.get_size().rows
        return Dimension(max=max(1, rows // TYPED_SHARE))

    def _begin(self) -> None:
        """Start to paint, since the application is running now."""
        with self._lock:
            self._loop = loop = asyncio.get_running_loop()
            is_active = self._state is _State.ACTIVE
        self._report_focus(is_on=True)
        if is_active:
            self._query_background()
            self._schedule()
        else:
            loop.call_soon(self._exit)

    def _query_background(self) -> None:
        """Ask the terminal for its background, on which the colours of names depend."""
        names = self._look.formatter.names
        names.background = background_of(os.environ)
        is_known = names.background is not Background.UNKNOWN
        if is_known or names.depth < ColorDepth.INDEXED:
            return
        self._input.background.asked(time.monotonic())
        with suppress(OSError):  # the terminal was closed
            self._write(QUERY)

    def _report_focus(self, *, is_on: bool) -> None:
        """Let the terminal report its focus, or no more."""
        if self._alerts is None:
            return
        if sequence := self._alerts.report_focus(is_on=is_on):
            with suppress(OSError):  # the terminal was closed
                self._write(sequence)

    def _focused(self, is_focused: bool) -> None:
        if self._alerts is not None:
            now = time.monotonic()
            self._alerts.attention.focused(is_focused=is_focused, now=now)
            self._session.app.invalidate()

    def _key_pressed(self) -> None:
        if self._alerts is not None:
            self._alerts.attention.key_pressed(time.monotonic())
            self._report_focus(is_on=True)  # again, after the program was suspended

    def _finish_paste(self) -> None:
        """Process the Enter at the end of a paste once the paste has ended.

        The user is then asked to confirm the lines.
        """
        pastes, loop = self._input.pastes, self._loop
        wait = pastes.seconds_to_end(time.monotonic())
        if wait > 0:
            if loop is not None:
                loop.call_later(wait, self._finish_paste)
        elif pastes.take_enter():
            self._session.app.key_processor.feed(ENTER)
            self._session.app.key_processor.process_keys()

    def _exit(self) -> None:
        app = self._session.app
        if app.is_running and not app.is_done:
            app.erase_when_done = not app.current_buffer.text
            app.exit(result="")

    def _schedule(self) -> None:
        """Paint now, or after the paint interval and a resize of the window."""
        with self._lock:
            hold = self._paint_queue.seconds_to_wait(time.monotonic())
        if hold and self._loop is not None:
            self._is_paint_due = False  # something else may come that must not wait
            if not self._is_held:
                self._is_held = True
                self._loop.call_later(hold, self._end_hold)
            return
        now = time.monotonic()
        wait = max(
            self._painted_at + PAINT_INTERVAL - now,
            self._input.background.seconds_to_wait(now),
            self._renderer.seconds_until_stable(),
        )
        if wait <= 0 or self._loop is None:
            self._paint()
        else:
            self._loop.call_later(wait, self._schedule)

    def _paint_and_clear(self) -> None:
        """Clear the screen, after everything that was shown before."""
        self._paint()
        self.clear_screen()

    def _end_hold(self) -> None:
        self._is_held = False
        self._schedule()

    def _paint(self) -> None:
        with self._lock:
            self._is_paint_due = False
            if self._state is not _State.ACTIVE or self._stream.is_full:
                return
            was_full = self._paint_queue.size > MAX_PENDING
            reported = self._input.background.background
            if reported is not Background.UNKNOWN:
                self._look.formatter.names.background = reported
            text = self._paint_queue.take()
            alert = self._alerts.take() if self._alerts is not None else ""
        if text:
            self._renderer.erase_prompt()
            self._write(text + alert)
            self._session.app.invalidate()
            self._painted_at = time.monotonic()
        if was_full:
            self._changed()

    def _output_drained(self) -> None:
        """Paint and draw again after the terminal was full (writer's thread)."""
        with self._lock:
            loop = self._loop
            self._is_paint_due = self._is_paint_due or loop is not None
        if loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the prompt has ended
                loop.call_soon_threadsafe(self._schedule)
                loop.call_soon_threadsafe(self._session.app.invalidate)
        self._changed()

    def _write_rest(self) -> None:
        with self._lock:
            text = self._paint_queue.take()
        with suppress(OSError):  # the terminal was closed
            self._write(text)

    def _write(self, text: str) -> None:
        self._session.output.write_raw(text)
        self._session.output.flush()


def _history(path: Path | None) -> History:
    return InMemoryHistory() if path is None else InputHistory(path)


def _terminal_size() -> Size:
    try:
        columns, rows = size(sys.stdout)
    except OSError:
        columns, rows = COLUMNS, ROWS
    return Size(rows=rows, columns=columns)
