"""Whether a pipe may speak: only under the name that its command line asked for.

A session server tells what we are called. A plain one answers `set-name` in words, if
at all: a line of the server that says who has the name, or why nobody may. Every line
of ours waits for that answer, and for no longer than :data:`NAME_WAIT`.
"""

import re
from enum import Enum, auto
from math import inf
from typing import Final

from parlour.core.events import Joined, Left, Renamed

from .display_queue import DisplayQueue
from .nickname import Nickname, trimmed
from .notices import notice

NAME_WAIT: Final = 3.0  # seconds for a server to say whether we have the name

_ABOUT_NAMES: Final = re.compile(r"\b(?:nick|user)?name\b", re.IGNORECASE)
_REFUSAL: Final = re.compile(
    r"\b(?:taken|in use|already|exists?|reserved|invalid|refused|denied|forbidden"
    r"|not|has no|at most|too|cannot|can't|must|mixes|characters)\b",
    re.IGNORECASE,
)


class Answer(Enum):
    """What is known of our name."""

    AWAITED = auto()
    GRANTED = auto()  # or nothing is known after so long, or it does not matter
    REFUSED = auto()


class InitialName:
    """The answer to our name, on one connection after the other.

    It matters to a pipe, for the name of its command line. A *person* sees it, and
    *any_name* lets a pipe go on after a refusal.
    """

    def __init__(
        self, naming: Nickname, view: DisplayQueue, *, person: bool, any_name: bool
    ) -> None:
        self._naming, self._view, self._any_name = naming, view, any_name
        self.name = "" if person else trimmed(naming.wanted)
        self.begin()

    def begin(self) -> None:
        """Wait anew on a new connection, unless another name was given meanwhile."""
        is_wanted = self.name and trimmed(self._naming.wanted) == self.name
        self.answer = Answer.AWAITED if is_wanted else Answer.GRANTED
        self.until = inf  # when to wait no longer
        self._address: str | None = None  # what the server called us first

    @property
    def is_shut(self) -> bool:
        """Whether nothing may be said now."""
        return self.answer is not Answer.GRANTED

    @property
    def is_refused(self) -> bool:
        """Whether nothing may be said on this connection."""
        return self.answer is Answer.REFUSED

    def ask(self, now: float, *, in_words: bool) -> bytes:
        """Begin to wait, as a line is held back; return the question *in words*."""
        if self.answer is Answer.AWAITED:
            self.until = min(self.until, now + NAME_WAIT)
        return self._naming.tell() if in_words else b""

    def check(self) -> None:
        """See what a session server calls us, and whether it refused a name."""
        if self.answer is not Answer.AWAITED:
            return
        if self._naming.is_called == self.name:
            self._grant()
        elif self._naming.has_fault:
            self._refuse()

    def told(self, text: str) -> None:
        """Process a line of a plain server, which may be about anything at all."""
        event = notice(text)
        if isinstance(event, Joined):
            self._address = self._address or event.name
        if self.answer is not Answer.AWAITED or not self._naming.is_told:
            return
        match event:
            case Joined(_, name):
                has_name = name == self.name
            case Renamed(_, name, to):
                has_name = not self._is_other(name) and self._has_name(to)
            case Left():
                has_name = False
            case None:
                self._hear(text)
                return
        if has_name:
            self._grant()

    def _hear(self, text: str) -> None:
        """Process a line that is none of the usual notices."""
        has_name = self._has_name(text)
        if text == f"you are {self.name} already":
            self._grant()
        elif (has_name or _ABOUT_NAMES.search(text)) and _REFUSAL.search(text):
            self._refuse()
        elif has_name:
            self._grant()

    def _has_name(self, text: str) -> bool:
        """Tell whether our name is in *text* as a word of its own."""
        return re.search(rf"(?<!\w){re.escape(self.name)}(?!\w)", text) is not None

    def tick(self, now: float, *, is_sure: bool) -> None:
        """Stop waiting, and speak, unless it *is sure* what the server calls us."""
        if now >= self.until and self.answer is Answer.AWAITED:
            if is_sure and self._naming.is_called != self.name:
                self._refuse()
            else:
                self._grant()

    def _grant(self) -> None:
        self.answer, self.until = Answer.GRANTED, inf

    def _refuse(self) -> None:
        if self._any_name:
            self._view.note(f"The name {self.name} was refused: going on without it")
            self._grant()
        else:
            self.answer, self.until = Answer.REFUSED, inf

    def _is_other(self, name: str) -> bool:
        return self._address is not None and name.strip("'\"") != self._address
