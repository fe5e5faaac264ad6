"""What the keys do at the prompt, where they do not do what they always do."""

import time
from typing import Final, Protocol

from prompt_toolkit.application import get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.enums import DEFAULT_BUFFER
from prompt_toolkit.filters import Condition, Filter, has_focus
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from .completion import CompletionCycle

QUIT_WINDOW: Final = 2.0  # seconds in which a second Ctrl-C leaves


class PromptActions(Protocol):
    """What the keys need from the prompt."""

    def submit_line(self, text: str) -> bool:
        """Hand on a line; False if it has to stay where it was typed."""
        ...

    def completion_names(self) -> list[str]:
        """Return the names to complete, the best first."""
        ...

    def show_note(self, text: str) -> None:
        """Tell the person something."""
        ...

    def line_edited(self) -> None:
        """Learn that what is being typed has changed."""
        ...

    def leave(self) -> None:
        """Leave the chat."""
        ...

    def clear_screen(self) -> None:
        """Give the prompt an empty screen; what was on it scrolls away."""
        ...


def make_key_bindings(desk: PromptActions, line: Buffer) -> KeyBindings:
    """Return the keys of the prompt on *desk*, in whose buffer the *line* is typed.

    Ctrl-J stays Enter: programs that drive a terminal end their lines with LF.
    """
    keys = KeyBindings()
    typing = has_focus(DEFAULT_BUFFER)  # not searching the input history
    _bind_lines(keys, desk, typing)
    _bind_tab(keys, desk, typing)
    _bind_ends(keys, desk, line, typing)
    return keys


def _bind_lines(keys: KeyBindings, desk: PromptActions, typing: Filter) -> None:
    @keys.add("enter", filter=typing)
    def enter(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if desk.submit_line(buffer.text):
            buffer.reset(append_to_history=bool(buffer.text))
            buffer.load_history_if_not_yet_loaded()  # or an Up at once finds nothing

    @keys.add("escape", "enter", filter=typing)
    def newline(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add("c-l")
    def clear_screen(_: KeyPressEvent) -> None:
        desk.clear_screen()


def _bind_tab(keys: KeyBindings, desk: PromptActions, typing: Filter) -> None:
    cycle = CompletionCycle()

    def turn(buffer: Buffer, *, back: bool) -> None:
        before = buffer.document.text_before_cursor
        after = buffer.document.text_after_cursor
        made = cycle.advance(before, desk.completion_names(), back=back)
        if made != before:
            buffer.document = Document(made + after, len(made))

    @keys.add("tab", filter=typing)
    def forward(event: KeyPressEvent) -> None:
        turn(event.current_buffer, back=False)

    @keys.add("s-tab", filter=typing)
    def back(event: KeyPressEvent) -> None:
        turn(event.current_buffer, back=True)


def _bind_ends(
    keys: KeyBindings, desk: PromptActions, line: Buffer, typing: Filter
) -> None:
    asked_at = float("-inf")

    def line_edited(_: Buffer) -> None:
        nonlocal asked_at
        asked_at = float("-inf")
        desk.line_edited()

    line.on_text_changed += line_edited

    @keys.add("c-c", filter=typing)
    def interrupt(event: KeyPressEvent) -> None:
        nonlocal asked_at
        buffer, now = event.current_buffer, time.monotonic()
        if buffer.text:
            buffer.reset(append_to_history=True)  # Up brings it back
            buffer.load_history_if_not_yet_loaded()
            line_edited(buffer)  # a reset tells nobody
        elif now - asked_at < QUIT_WINDOW:
            desk.leave()
        else:
            asked_at = now
            desk.show_note("press Ctrl-C again or Ctrl-D to leave")

    is_empty = Condition(lambda: not get_app().current_buffer.text)

    @keys.add("c-d", filter=typing & is_empty)
    def end(_: KeyPressEvent) -> None:
        desk.leave()
