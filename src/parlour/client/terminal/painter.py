"""Paints messages above the prompt.

The prompt is erased, the messages are written, and the prompt is drawn again, in one
step of the event loop and at most once in :data:`PAINT_INTERVAL`. Unlike
prompt_toolkit's ``run_in_terminal``, this never leaves raw mode, in which the terminal
echoes no keys and Ctrl-C is not a signal.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import Enum, auto
from typing import Final

from prompt_toolkit.application import Application

from ..protocol.local_commands import ClearScreen
from .alerts import Alerts
from .background import Background, BackgroundReply
from .look import Look
from .output_stream import OutputStream
from .paint_queue import PaintQueue
from .resizing import PromptRenderer
from .shown_items import ShownItem
from .size import screen_size

PAINT_INTERVAL: Final = 0.016  # seconds
MAX_PENDING: Final = 256 << 10  # characters to paint; with more, the prompt is full


class _State(Enum):
    ACTIVE = auto()  # items are painted above the prompt
    STOPPING = auto()  # the prompt is about to end; items wait for that
    ENDED = auto()  # items are written below the last prompt


class Painter:
    """The items above one prompt, and below it once it has ended.

    They wait while the terminal is slow or is being resized. Any thread may call
    :meth:`add`, :meth:`stop` and :meth:`drained`; everything else happens in the event
    loop of *app*.
    """

    def __init__(
        self,
        look: Look,
        app: Application[str],
        renderer: PromptRenderer,
        stream: OutputStream,
        background: BackgroundReply,
        alerts: Alerts | None,
    ) -> None:
        self._app, self._renderer, self._stream = app, renderer, stream
        self._names, self._background = look.formatter.names, background
        self._alerts = alerts
        self._lock = threading.RLock()  # guards what follows, alerts and names
        self._queue = PaintQueue(
            look.formatter,
            lambda: screen_size().columns,
            look.clock_format,
            look.may_wait,
            autowrap=look.autowrap,
        )
        self._changed: Callable[[], object] = lambda: None
        self._state = _State.ACTIVE
        self._loop: asyncio.AbstractEventLoop | None = None  # while the prompt runs
        self._is_paint_due = False
        self._is_held = False  # a paint is due later
        self._painted_at = 0.0

    @property
    def is_full(self) -> bool:
        """Whether the terminal is slow, so that nothing should be displayed for now."""
        with self._lock:
            return self._queue.size > MAX_PENDING or self._stream.is_full

    def on_change(self, changed: Callable[[], object]) -> None:
        """Have *changed* called, in any thread, once the terminal has drained."""
        self._changed = changed

    def set_own_name(self, name: str) -> None:
        """Set the name of the user, which has a style of its own."""
        with self._lock:
            self._names.own_name = name

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Start to paint in *loop*, since the prompt is running now."""
        with self._lock:
            self._loop = loop
        self._schedule()

    def add(self, items: Sequence[ShownItem]) -> None:
        """Paint *items* soon, or write them at once if the prompt has ended."""
        is_clear = any(isinstance(item, ClearScreen) for item in items)
        with self._lock:
            if self._alerts is not None:
                items = self._alerts.add(items, self._names.own_name)
            self._queue.add(items)
            loop, state = self._loop, self._state
            if loop is not None and not self._is_paint_due:
                self._is_paint_due = True
                loop.call_soon_threadsafe(self._schedule)
        if is_clear and loop is not None:
            loop.call_soon_threadsafe(self._paint_and_clear)
        if state is _State.ENDED:
            self._write_rest()

    def stop(self) -> None:
        """Keep what follows until the prompt has ended."""
        with self._lock:
            if self._state is _State.ACTIVE:
                self._state = _State.STOPPING

    def end(self) -> None:
        """Write the rest, and from now on everything, below the prompt."""
        with self._lock:
            self._loop = None
            self._state = _State.ENDED
        self._write_rest()

    def clear_screen(self) -> None:
        """Move the prompt to the top of an empty screen; the rest scrolls off."""
        if self._stream.is_full:
            return
        output = self._app.output
        self._renderer.erase_prompt()
        output.write_raw("\n" * output.get_size().rows)
        output.cursor_goto(0, 0)
        output.flush()
        self._app.invalidate()

    def drained(self) -> None:
        """Paint and draw again after the terminal was full."""
        with self._lock:
            loop = self._loop
            self._is_paint_due = self._is_paint_due or loop is not None
        if loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the prompt has ended
                loop.call_soon_threadsafe(self._schedule)
                loop.call_soon_threadsafe(self._app.invalidate)
        self._changed()

    def _schedule(self) -> None:
        """Paint now, or after the paint interval and a resize of the window."""
        with self._lock:
            hold = self._queue.seconds_to_wait(time.monotonic())
        if hold and self._loop is not None:
            self._is_paint_due = False  # something else may come that must not wait
            if not self._is_held:
                self._is_held = True
                self._loop.call_later(hold, self._end_hold)
            return
        now = time.monotonic()
        wait = max(
            self._painted_at + PAINT_INTERVAL - now,
            self._background.seconds_to_wait(now),
            self._renderer.seconds_until_stable(),
        )
        if wait <= 0 or self._loop is None:
            self._paint()
        else:
            self._loop.call_later(wait, self._schedule)

    def _end_hold(self) -> None:
        self._is_held = False
        self._schedule()

    def _paint_and_clear(self) -> None:
        """Clear the screen, after everything that was shown before."""
        self._paint()
        self.clear_screen()

    def _paint(self) -> None:
        with self._lock:
            self._is_paint_due = False
            if self._state is not _State.ACTIVE or self._stream.is_full:
                return
            was_full = self._queue.size > MAX_PENDING
            if self._background.background is not Background.UNKNOWN:
                self._names.background = self._background.background
            text = self._queue.take()
            alert = self._alerts.take() if self._alerts is not None else ""
        if text:
            self._renderer.erase_prompt()
            self._renderer.write(text + alert)
            self._app.invalidate()
            self._painted_at = time.monotonic()
        if was_full:
            self._changed()

    def _write_rest(self) -> None:
        with self._lock:
            text = self._queue.take()
        with suppress(OSError):  # the terminal was closed
            self._renderer.write(text)
