"""The look of a terminal: how messages are formatted, and what is below them."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from .colors import NameStyles
from .formatter import OutputLine, Widths
from .prompt_status import PromptStatus
from .shown_items import ShownItem

PromptText = str | list[tuple[str, str]]
"""Text, or texts with styles of prompt_toolkit."""


class ItemFormatter(Protocol):
    """A formatter of shown items, such as `Formatter` and `RichFormatter`."""

    names: NameStyles

    def lines(
        self, shown: Sequence[ShownItem], clock: str = "", widths: Widths = ...
    ) -> list[OutputLine]:
        """Return the lines of the items, which are shown at the time *clock*."""
        ...


class Look(NamedTuple):
    """How a prompt shows messages and its own state.

    An *attentive* look calls for the attention of a user who is away, and divides what
    is new from what they have seen.
    """

    formatter: ItemFormatter
    clock_format: str  # of the time that the formatter gets, as for strftime()
    prompt: Callable[[PromptStatus, int], PromptText]  # for a number of columns
    is_attentive: bool = False
    history: Path | None = None  # the file of the typed lines
    placeholder: str = ""  # dim, until something is typed
    autowrap: bool = False  # leave the terminal's own wrapping of long rows on
    may_wait: Callable[[ShownItem], bool] = lambda _: False
    """Whether others of the same kind may follow that share the row of an item."""


def classic_prompt(status: PromptStatus, columns: int) -> PromptText:
    """Return the prompt of the style `classic`."""
    return status.text(columns)
