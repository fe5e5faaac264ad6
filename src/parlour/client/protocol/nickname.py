"""The nickname: what the user wants, what the server uses, and duplicate answers."""

import unicodedata
from collections import deque
from typing import Final

from . import plain
from .requests import Rename

MAX_FORMER: Final = 16  # names that are still recognised


class Nickname:
    """The client's name, over one connection after another.

    It is sent in hello, and again as a `set-name` if the server may have ignored hello.
    A server that understands both sends two answers, of which the client shows one.

    A requested name stays wanted until it is refused, even on the next connection.
    The server answers in the order of the requests, hello first.
    """

    def __init__(self, wanted: str) -> None:
        self._confirmed = self._current = wanted
        self._requested = ""  # the last name without an answer
        self._former = deque[str](maxlen=MAX_FORMER)
        self.begin()

    @property
    def wanted(self) -> str:
        """The name that the client wants; empty if any name will do."""
        return self._requested or self._confirmed

    @property
    def current(self) -> str:
        """The name that the server uses, as far as the client knows."""
        return self._current

    def may_be(self, name: str) -> bool:
        """Return whether an event may call this client *name*.

        The events of a room may come after a rename in another one.
        """
        return name == self._current or name in self._former

    @property
    def was_refused(self) -> bool:
        """Whether a name was refused on this connection."""
        return bool(self._refusal)

    @property
    def is_announced(self) -> bool:
        """Whether the name was sent as a `set-name` on this connection."""
        return self._is_announced

    def begin(self, *, is_in_hello: bool = True) -> None:
        """Start on a new connection, on which at most hello is sent.

        A hello that signs in contains no name.
        """
        self._is_announced = self._is_sent_twice = False
        self._former.clear()
        self._refusal = ""  # the code of the last refusal
        # The name in hello, until it is answered.
        self._in_hello = self.wanted if is_in_hello else ""
        self._unanswered = 1 if self._in_hello else 0
        self._must_fall_back = False  # the refused name in hello was a new one

    def announce(self) -> bytes:
        """Return the `set-name` line for the wanted name, once for each connection.

        It is empty if no name is wanted.
        """
        is_needed = self.wanted and not self._is_announced
        self._is_sent_twice |= bool(is_needed)
        self._is_announced = True
        return plain.encode(Rename(self.wanted)) if is_needed else b""

    def requested(self, name: str) -> None:
        """Record that the user requested *name*. A plain server may never answer."""
        self._requested, self._is_announced = name, True
        self._unanswered += 1

    def welcomed(self, name: str) -> None:
        """Record the name in the welcome. The wanted name stays wanted."""
        self._current = name
        if self._in_hello and name == trimmed(self._in_hello):
            self._confirm(name)

    def requested_as_guest(self, name: str) -> None:
        """Record that the user, who is not admitted yet, wants to be called *name*.

        The answer is a welcome, as if the name had been in hello.
        """
        self._requested = self._in_hello = name
        self._unanswered = 1

    def signed_in(self, name: str) -> None:
        """Record the name of the account, which the client has from now on."""
        if name != self._current:
            self._former.append(self._current)
        self._current = self._confirmed = name

    def renamed(self, name: str, to: str) -> None:
        """Process the rename of a user, who may be this client."""
        if name == self._current:
            self._former.append(name)
            self._current = to
            self._confirm(to)

    def refused(self, code: str) -> bool:
        """Record that a name was refused; return False for a duplicate answer."""
        if self._is_sent_twice and code in ("same_name", self._refusal):
            self._is_sent_twice = False
            return False
        self._refusal = code
        self._must_fall_back = self._in_hello not in ("", self._confirmed)
        self._answered()
        return True

    def fall_back(self) -> bytes:
        """Return the `set-name` for the previous name if the one in hello was refused.

        It is empty if that is not needed.
        """
        is_needed = self._must_fall_back and self._confirmed not in ("", self._current)
        self._must_fall_back = False
        self._unanswered += is_needed
        return plain.encode(Rename(self._confirmed)) if is_needed else b""

    def _confirm(self, name: str) -> None:
        self._confirmed = name
        self._answered()

    def _answered(self) -> None:
        self._in_hello = ""
        self._unanswered = max(0, self._unanswered - 1)
        if not self._unanswered:
            self._requested = ""


def trimmed(name: str) -> str:
    """Return *name* as a server stores it: in NFC, with single spaces."""
    return unicodedata.normalize("NFC", " ".join(name.split()))
