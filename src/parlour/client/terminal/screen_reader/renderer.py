"""The typed line as it is typed: nothing on the screen is moved or written again."""

from collections.abc import Callable
from itertools import takewhile

from prompt_toolkit.application import Application
from prompt_toolkit.layout import Layout
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.styles import BaseStyle

from ..resizing import PromptRenderer
from ..safe_text import make_safe, width


class TypedLineRenderer(PromptRenderer):
    """A renderer that writes what was added to the typed line.

    Characters removed at its end are overwritten by blanks, as a terminal does for
    Backspace. After any other change, the new line is written on a row of its own. A
    line that *is_secret* is not written.
    """

    def __init__(
        self,
        style: BaseStyle,
        write: Callable[[str], object],
        is_secret: Callable[[], bool] = lambda: False,
    ) -> None:
        super().__init__(style, DummyOutput())
        self._write, self._is_secret = write, is_secret
        self._written = ""  # of the typed line, on the current row

    def render(
        self,
        app: Application[object],
        layout: Layout,  # noqa: ARG002 -- as in the class above
        is_done: bool = False,  # noqa: ARG002
    ) -> None:
        self.write_typed(app.current_buffer.text)

    def write_typed(self, text: str) -> None:
        """Write what has changed in the typed line, which is *text* now.

        A secret is not written.
        """
        if self._is_secret():
            return
        typed = make_safe(text.replace("\n", " "))
        pairs = zip(self._written, typed, strict=False)
        common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        removed, added = self._written[common:], typed[common:]
        if not removed:
            self._write(added)
        elif common or len(removed) == 1:
            back = "\b" * width(removed)
            self._write(f"{back}{' ' * len(back)}{back}{added}")
        else:
            self._write(f"\n{typed}")
        self._written = typed

    def erase_prompt(self) -> None:
        """Leave what was typed, and begin a row unless the current one is empty."""
        if self._written:
            self._write("\n")
            self._written = ""

    def write(self, text: str) -> None:
        """Write *text* where the cursor is."""
        self._write(text)

    def erase(self, leave_alternate_screen: bool = True) -> None:
        """Do nothing: what was written stays."""
