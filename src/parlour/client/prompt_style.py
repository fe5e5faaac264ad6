"""The prompt in the style of the options: rich, classic, or for a screen reader."""

import gc
import os
import sys
from collections.abc import Callable
from typing import Final

from .io.ports import InteractiveDisplay, PromptHandler
from .options import Options
from .state_directory import state_file
from .terminal.colors import ColorDepth
from .terminal.formatter import Formatter
from .terminal.look import Look, classic_prompt
from .terminal_setup import delayed_interrupts, is_terminal

PLACEHOLDER: Final = "a message, or /help"
INPUT_HISTORY: Final = "input-history"
"""The file of the typed lines, in the directory for state."""


def has_prompt(options: Options) -> bool:
    """Return whether input and output are terminals that can move the cursor."""
    if options.plain or options.json:
        return False
    if not options.screen_reader and os.environ.get("TERM", "dumb") == "dumb":
        return False
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def has_rich_style(options: Options) -> bool:
    """Return whether there is a prompt, in the style with columns."""
    is_wanted = options.style == "rich" and not options.screen_reader
    return is_wanted and has_prompt(options)


def make_prompt(
    formatter: Formatter, options: Options, color: ColorDepth
) -> Callable[[PromptHandler], InteractiveDisplay]:
    """Import what the prompt needs, and return the function that makes it."""
    if options.screen_reader:
        return _screen_reader_prompt(options)
    with delayed_interrupts():
        from .terminal.prompt import Prompt  # noqa: PLC0415  (slow, and not needed in a pipe)

    gc.freeze()  # the modules stay: no collection has to visit their objects
    look = _look(formatter, options, color=color)
    return lambda handler: Prompt(handler, look)


def _screen_reader_prompt(
    options: Options,
) -> Callable[[PromptHandler], InteractiveDisplay]:
    with delayed_interrupts():
        from .terminal.screen_reader.formatter import SpokenFormatter  # noqa: PLC0415
        from .terminal.screen_reader.prompt import ScreenReaderPrompt  # noqa: PLC0415

    look = Look(
        SpokenFormatter(echo=True),
        "%H:%M " if options.timestamps else "",
        classic_prompt,
        history=state_file(options, INPUT_HISTORY),
        autowrap=True,
    )
    return lambda handler: ScreenReaderPrompt(handler, look)


def _look(formatter: Formatter, options: Options, *, color: ColorDepth) -> Look:
    if options.style == "classic":
        clock_format = "%H:%M " if options.timestamps else ""
        return Look(formatter, clock_format, classic_prompt)
    from .terminal.rich.formatter import CLOCK, RichFormatter  # noqa: PLC0415
    from .terminal.rich.presence import is_presence  # noqa: PLC0415
    from .terminal.rich.status import prompt_fragments  # noqa: PLC0415

    rich = RichFormatter(color=color, has_styles=True)
    return Look(
        rich,
        CLOCK,
        prompt_fragments,
        is_attentive=True,
        placeholder=PLACEHOLDER,
        history=state_file(options, INPUT_HISTORY),
        may_wait=is_presence,
    )
