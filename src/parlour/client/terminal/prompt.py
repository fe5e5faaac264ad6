"""The interactive terminal: messages above, and the typed line below them.

Imported only when standard input and output are terminals. One prompt lasts as long as
the program: Enter submits the line and empties it, but does not end the prompt. So no
message or key can arrive between two prompts.
"""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from prompt_toolkit.data_structures import Size
from prompt_toolkit.formatted_text import AnyFormattedText, FormattedText
from prompt_toolkit.output import Output
from prompt_toolkit.output.vt100 import Vt100_Output

from ..io.ports import PromptHandler
from ..protocol.display_items import Disconnected, Note
from .alerts import Alerts
from .background import QUERY, Background, background_of
from .colors import ColorDepth
from .completion import Completions
from .focus_input import FocusInput
from .look import Look
from .output_stream import OutputStream
from .painter import Painter
from .paste_detection import ENTER
from .prompt_session import make_session
from .prompt_status import PromptStatus
from .resizing import PromptRenderer, ResizableRenderer, terminal_reflows
from .shown_items import ShownItem
from .size import screen_size


class Prompt:
    """One prompt for a whole conversation.

    Any thread may call :meth:`show`, :meth:`set_status` and :meth:`stop`; everything
    else happens in the event loop of :meth:`run`.
    """

    def __init__(self, handler: PromptHandler, look: Look) -> None:
        self._handler, self._look = handler, look
        self._alerts = Alerts() if look.is_attentive else None
        self._lock = threading.RLock()  # guards the status, the loop and the end
        self._status = PromptStatus()
        self._loop: asyncio.AbstractEventLoop | None = None  # while the prompt runs
        self._is_stopping = False
        self._stream = OutputStream(self._output_drained)
        self._input = FocusInput(
            sys.stdin, self._finish_paste, self._focused, self._key_pressed
        )
        self._session = make_session(
            self, look, self._prompt_text, self._input, self._new_output()
        )
        app = self._session.app
        self._renderer = app.renderer = self._new_renderer()
        self._painter = Painter(
            *(look, app, self._renderer, self._stream),
            *(self._input.background, self._alerts),
        )

    async def run(self) -> None:
        """Show the prompt until :meth:`stop` is called, then display the rest."""
        with suppress(EOFError):  # the terminal was closed
            await self._session.prompt_async(
                pre_run=self._begin, set_exception_handler=False, handle_sigint=False
            )
        with self._lock:
            self._loop = None
        self._report_focus(is_on=False)
        self._painter.end()

    @property
    def is_full(self) -> bool:
        """Whether the terminal is slow, so that nothing should be displayed for now."""
        return self._painter.is_full

    def on_change(self, changed: Callable[[], object]) -> None:
        """Have *changed* called, in any thread, once the display has drained."""
        self._painter.on_change(changed)

    def check(self) -> None:
        """Do nothing: the prompt ends by itself when the terminal is closed."""

    def close(self, timeout: float | None) -> None:
        """Display the rest, for at most *timeout* seconds."""
        self._stream.finish(timeout)

    def show(self, items: Sequence[ShownItem]) -> None:
        """Display *items* above the prompt, or below it once it has ended."""
        if any(isinstance(item, Disconnected) and item.is_last for item in items):
            self.stop()  # the last items are displayed below the typed line
        self._painter.add(items)

    def stop(self) -> None:
        """End :meth:`run` soon; an unfinished line stays on the screen."""
        with self._lock:
            is_stopping, self._is_stopping = self._is_stopping, True
            loop = self._loop
        if is_stopping:
            return
        self._painter.stop()
        if loop is not None:
            loop.call_soon_threadsafe(self._exit)

    def set_status(self, status: PromptStatus) -> None:
        """Set the text before the typed line."""
        with self._lock:
            loop, has_changed = self._loop, status != self._status
            self._status = status
        self._painter.set_own_name(status.name)
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
        self._painter.clear_screen()

    def _new_output(self) -> Output:
        return Vt100_Output(
            self._stream,
            _size,
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

    def _prompt_text(self) -> AnyFormattedText:
        status = self._status
        if self._alerts is not None:
            is_away = self._alerts.attention.is_away(time.monotonic())
            bar = self._look.formatter.names.bar
            status = status._replace(is_away=is_away, bar=bar)
        status = status._replace(question=self._handler.secret_question())
        found = self._look.prompt(status, screen_size().columns)
        return found if isinstance(found, str) else FormattedText(found)

    def _begin(self) -> None:
        """Start to paint, since the application is running now."""
        with self._lock:
            self._loop = loop = asyncio.get_running_loop()
            is_stopping = self._is_stopping
        self._report_focus(is_on=True)
        if is_stopping:
            loop.call_soon(self._exit)
        else:
            self._query_background()
        self._painter.begin(loop)

    def _query_background(self) -> None:
        """Ask the terminal for its background, on which the colours of names depend."""
        names = self._look.formatter.names
        names.background = background_of(os.environ)
        is_known = names.background is not Background.UNKNOWN
        if is_known or names.depth < ColorDepth.INDEXED:
            return
        self._input.background.asked(time.monotonic())
        with suppress(OSError):  # the terminal was closed
            self._renderer.write(QUERY)

    def _report_focus(self, *, is_on: bool) -> None:
        """Let the terminal report its focus, or no more."""
        if self._alerts is None:
            return
        if sequence := self._alerts.report_focus(is_on=is_on):
            with suppress(OSError):  # the terminal was closed
                self._renderer.write(sequence)

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

    def _output_drained(self) -> None:
        self._painter.drained()  # in the writer's thread


def _size() -> Size:
    columns, rows = screen_size()
    return Size(rows=rows, columns=columns)
