"""The session of prompt_toolkit that reads the typed line and draws the prompt."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from prompt_toolkit import PromptSession
from prompt_toolkit.clipboard import (
    Clipboard,
    DummyClipboard,
    DynamicClipboard,
    InMemoryClipboard,
)
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import AnyFormattedText
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.layout import Dimension
from prompt_toolkit.output import ColorDepth as PromptDepth
from prompt_toolkit.output import Output

from .colors import ColorDepth
from .input_history import InputHistory
from .key_bindings import PromptActions, make_key_bindings
from .look import Look

RESIZE_POLL_INTERVAL: Final = 0.1  # seconds, outside the main thread
TYPED_SHARE: Final = 2  # rows of the screen for each row of the typed text

_DEPTHS: Final = {
    ColorDepth.NONE: PromptDepth.DEPTH_1_BIT,
    ColorDepth.BASE: PromptDepth.DEPTH_4_BIT,
    ColorDepth.INDEXED: PromptDepth.DEPTH_8_BIT,
    ColorDepth.TRUE: PromptDepth.DEPTH_24_BIT,
}


def make_session(
    prompt: PromptActions,
    look: Look,
    text: Callable[[], AnyFormattedText],
    input_: Input,
    output: Output,
) -> PromptSession[str]:
    """Return a session whose keys call *prompt*, with *text* before the typed line."""
    session: PromptSession[str] = PromptSession(
        text,
        placeholder=[("class:placeholder dim", look.placeholder)],
        is_password=Condition(prompt.asks_secret),
        multiline=True,  # for pastes; the key bindings redefine Enter
        complete_while_typing=False,
        search_ignore_case=True,
        enable_suspend=True,
        history=_history(look.history),
        clipboard=_clipboard(prompt),
        reserve_space_for_menu=0,
        input=input_,
        output=output,
        color_depth=_DEPTHS[look.formatter.names.depth],
    )
    session.key_bindings = make_key_bindings(prompt, session.default_buffer)
    session.layout.current_window.height = lambda: _typed_height(output)
    session.app.terminal_size_polling_interval = RESIZE_POLL_INTERVAL
    return session


def _clipboard(prompt: PromptActions) -> Clipboard:
    """Return what keeps deleted text for Ctrl-Y, except that of a password."""
    kept, nothing = InMemoryClipboard(), DummyClipboard()
    return DynamicClipboard(lambda: nothing if prompt.asks_secret() else kept)


def _history(path: Path | None) -> History:
    return InMemoryHistory() if path is None else InputHistory(path)


def _typed_height(output: Output) -> Dimension:
    """Limit the rows of the typed text; the part around the cursor is shown.

    Text taller than the screen could not be erased completely: each message would leave
    a copy of it behind.
    """
    return Dimension(max=max(1, output.get_size().rows // TYPED_SHARE))
