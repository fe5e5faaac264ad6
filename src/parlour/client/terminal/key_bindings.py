"""The keys of the prompt that differ from prompt_toolkit's defaults."""

import time
from typing import Final, Protocol

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, Filter, has_focus
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from .account_commands import may_hold_secret
from .completion import CompletionCycle, Completions

ROOM_KEYS: Final = 9  # Alt-1 to Alt-9
QUIT_WINDOW: Final = 2.0  # seconds in which a second Ctrl-C leaves


class PromptActions(Protocol):
    """The methods of the prompt that its keys call."""

    def submit_line(self, text: str) -> bool:
        """Process a typed line; return False if it must stay in the prompt."""
        ...

    def asks_secret(self) -> bool:
        """Return whether what is typed is a password, and not shown."""
        ...

    def completions(self) -> Completions:
        """Return the names that Tab completes."""
        ...

    def switch_room(self, number: int | None) -> None:
        """Switch to the room with this *number*, or to the next unread one."""
        ...

    def show_note(self, text: str) -> None:
        """Show a note of the client."""
        ...

    def line_edited(self) -> None:
        """Process a change of the line that is being typed."""
        ...

    def leave(self) -> None:
        """Leave the chat."""
        ...

    def suspend(self) -> None:
        """Stop the program until it is continued."""
        ...

    def clear_screen(self) -> None:
        """Move the prompt to the top of an empty screen; the rest scrolls off."""
        ...


def make_key_bindings(prompt: PromptActions, line: Buffer) -> KeyBindings:
    """Return the key bindings of *prompt*, whose typed line is in the buffer *line*.

    Ctrl-J acts as Enter, since programs that drive a terminal end their lines with LF.
    """
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)  # not searching the input history
    _bind_line_keys(keys, prompt, typing)
    _bind_tab(keys, prompt, typing)
    _bind_room_keys(keys, prompt)
    _bind_quit_keys(keys, prompt, line, typing)
    return keys


def _bind_line_keys(keys: KeyBindings, prompt: PromptActions, typing: Filter) -> None:
    @keys.add("enter", filter=typing)
    def submit(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        is_kept = _is_remembered(prompt, buffer.text)
        if prompt.submit_line(buffer.text):
            buffer.reset(append_to_history=is_kept)
            buffer.load_history_if_not_yet_loaded()  # for an Up right after Enter

    @keys.add("escape", "enter", filter=typing)
    def insert_newline(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add("c-z")
    def suspend(_: KeyPressEvent) -> None:
        prompt.suspend()

    @keys.add("c-l")
    def clear_screen(_: KeyPressEvent) -> None:
        prompt.clear_screen()


def _is_remembered(prompt: PromptActions, text: str) -> bool:
    """Return whether Up shows *text* again: it is not empty, and holds no secret."""
    return bool(text) and not prompt.asks_secret() and not may_hold_secret(text)


def _bind_tab(keys: KeyBindings, prompt: PromptActions, typing: Filter) -> None:
    cycle = CompletionCycle()
    typing &= Condition(lambda: not prompt.asks_secret())

    def complete(buffer: Buffer, *, back: bool) -> None:
        before = buffer.document.text_before_cursor
        after = buffer.document.text_after_cursor
        completed = cycle.advance(before, prompt.completions(), back=back)
        if completed != before:
            buffer.document = Document(completed + after, len(completed))

    @keys.add("tab", filter=typing)
    def complete_next(event: KeyPressEvent) -> None:
        complete(event.current_buffer, back=False)

    @keys.add("s-tab", filter=typing)
    def complete_previous(event: KeyPressEvent) -> None:
        complete(event.current_buffer, back=True)


def _bind_room_keys(keys: KeyBindings, prompt: PromptActions) -> None:
    def bind(key: str, number: int | None) -> None:
        @keys.add("escape", key)
        def switch(_: KeyPressEvent) -> None:
            prompt.switch_room(number)

    bind("a", None)
    for number in range(1, ROOM_KEYS + 1):
        bind(str(number), number)


def _bind_quit_keys(
    keys: KeyBindings, prompt: PromptActions, line: Buffer, typing: Filter
) -> None:
    last_interrupt = float("-inf")  # of Ctrl-C on an empty line, without edits since

    def line_edited(_: Buffer) -> None:
        nonlocal last_interrupt
        last_interrupt = float("-inf")
        prompt.line_edited()

    line.on_text_changed += line_edited

    @keys.add("c-c", filter=typing)
    def interrupt(event: KeyPressEvent) -> None:
        nonlocal last_interrupt
        buffer, now = event.current_buffer, time.monotonic()
        if prompt.asks_secret():
            buffer.reset()
            prompt.submit_line("")  # nothing instead of a password
        elif buffer.text:
            is_kept = _is_remembered(prompt, buffer.text)
            buffer.reset(append_to_history=is_kept)  # Up shows it again
            buffer.load_history_if_not_yet_loaded()
            line_edited(buffer)  # a reset does not call on_text_changed
        elif now - last_interrupt < QUIT_WINDOW:
            prompt.leave()
        else:
            last_interrupt = now
            prompt.show_note("press Ctrl-C again or Ctrl-D to leave")

    is_empty = Condition(lambda: not get_app().current_buffer.text)

    @keys.add("c-d", filter=typing & is_empty)
    def leave(_: KeyPressEvent) -> None:
        prompt.leave()
