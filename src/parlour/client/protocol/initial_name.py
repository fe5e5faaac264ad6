"""Whether a pipe may send lines: only under the name given on the command line.

A session server sends the client its name. A plain server answers `set-name` with text,
if at all: a notice of the rename, or the reason of a refusal. All lines of the input
wait for that answer, for :data:`NAME_TIMEOUT` at most.
"""

import re
from enum import Enum, auto
from math import inf
from typing import Final

from parlour.core.events import Joined, Left, Renamed

from .display_queue import DisplayQueue
from .nickname import Nickname, trimmed
from .notices import notice

NAME_TIMEOUT: Final = 3.0  # seconds for a server to grant or refuse the name

_ABOUT_NAMES: Final = re.compile(r"\b(?:nick|user)?name\b", re.IGNORECASE)
_REFUSAL: Final = re.compile(
    r"\b(?:taken|in use|already|exists?|reserved|invalid|refused|denied|forbidden"
    r"|not|has no|at most|too|cannot|can't|must|mixes|characters)\b",
    re.IGNORECASE,
)


class NameStatus(Enum):
    """The answer of the server to the initial name."""

    AWAITED = auto()
    GRANTED = auto()  # or it timed out, or there is no name to wait for
    REFUSED = auto()


class InitialName:
    """The answer to the initial name, on one connection after another.

    Only a pipe waits for it: an interactive user sees the answer. With *any_name*, a
    pipe continues after a refusal.
    """

    def __init__(
        self,
        nickname: Nickname,
        display: DisplayQueue,
        *,
        interactive: bool,
        any_name: bool,
    ) -> None:
        self._nickname, self._display, self._any_name = nickname, display, any_name
        self.name = "" if interactive else trimmed(nickname.wanted)
        self.begin()

    def begin(self) -> None:
        """Start on a new connection: wait again, unless the user changed the name."""
        is_wanted = self.name and trimmed(self._nickname.wanted) == self.name
        self._status = NameStatus.AWAITED if is_wanted else NameStatus.GRANTED
        self.deadline = inf
        """The end of the wait, which starts with the first line that is held back."""
        self._address: str | None = None  # the client's first name, its address

    @property
    def blocks_sending(self) -> bool:
        """Whether nothing may be sent now."""
        return self._status is not NameStatus.GRANTED

    @property
    def is_refused(self) -> bool:
        """Whether nothing may be sent on this connection at all."""
        return self._status is NameStatus.REFUSED

    def wait(self, now: float) -> None:
        """Start the timeout, as a line is held back."""
        if self._status is NameStatus.AWAITED:
            self.deadline = min(self.deadline, now + NAME_TIMEOUT)

    def check_session(self) -> None:
        """Check the answer of a session server, which the nickname has processed."""
        if self._status is not NameStatus.AWAITED:
            return
        if self._nickname.current == self.name:
            self._grant()
        elif self._nickname.was_refused:
            self._refuse()

    def check_notice(self, text: str) -> None:
        """Check a notice of a plain server, which may be about anything."""
        event = notice(text)
        if isinstance(event, Joined):
            self._address = self._address or event.name
        is_awaited = self._status is NameStatus.AWAITED
        if not is_awaited or not self._nickname.is_announced:
            return
        match event:
            case Joined(_, name):
                is_granted = name == self.name
            case Renamed(_, name, to):
                is_granted = not self._is_other(name) and self._mentions_name(to)
            case Left():
                is_granted = False
            case None:
                self._check_other_text(text)
                return
        if is_granted:
            self._grant()

    def _check_other_text(self, text: str) -> None:
        """Check a line that is none of the usual notices."""
        mentions_name = self._mentions_name(text)
        if text == f"you are {self.name} already":
            self._grant()
        elif (mentions_name or _ABOUT_NAMES.search(text)) and _REFUSAL.search(text):
            self._refuse()
        elif mentions_name:
            self._grant()

    def _mentions_name(self, text: str) -> bool:
        """Return whether *text* contains the name as a separate word."""
        return re.search(rf"(?<!\w){re.escape(self.name)}(?!\w)", text) is not None

    def tick(self, now: float, *, is_session: bool) -> None:
        """Stop waiting at the deadline.

        A session server that uses another name until then has refused this one. A
        plain server counts as having granted it.
        """
        if now >= self.deadline and self._status is NameStatus.AWAITED:
            if is_session and self._nickname.current != self.name:
                self._refuse()
            else:
                self._grant()

    def _grant(self) -> None:
        self._status, self.deadline = NameStatus.GRANTED, inf

    def _refuse(self) -> None:
        if self._any_name:
            note = f"The name {self.name} was refused: continuing without it"
            self._display.note(note)
            self._grant()
        else:
            self._status, self.deadline = NameStatus.REFUSED, inf

    def _is_other(self, name: str) -> bool:
        return self._address is not None and name.strip("'\"") != self._address
