"""What we would be called, what we are called, and which answer to that is news."""

import unicodedata

from . import plain
from .requests import Rename


class Nickname:
    """Our name, over one connection after the other.

    It is in hello, and goes as a set-name besides to one who may have made nothing of
    that. Who understood both answers twice; a person need not see that.

    A name that was *asked* for is wanted until it is refused, also on the next
    connection. Answers come in the order of what was asked; hello is the first.
    """

    def __init__(self, wanted: str) -> None:
        self._sure = self._is_called = wanted
        self._asked = ""  # the last one without an answer
        self.begin()

    @property
    def wanted(self) -> str:
        """What we would be called, empty if we do not mind."""
        return self._asked or self._sure

    @property
    def is_called(self) -> str:
        """What the server calls us, as far as it says so."""
        return self._is_called

    @property
    def has_fault(self) -> bool:
        """Whether a name was refused on this connection."""
        return bool(self._fault)

    @property
    def is_told(self) -> bool:
        """Whether the server was told our name in the words of the plain dialect."""
        return self._is_told

    def begin(self) -> None:
        """Know that a new connection has been told nothing, or hello alone."""
        self._is_told = self._is_told_twice = False
        self._fault = ""  # the code of what was wrong with the name in hello
        self._greeted = self.wanted  # the name in hello, until it is answered
        self._unanswered = 1 if self._greeted else 0
        self._is_in_vain = False  # hello had a newer name, which was refused

    def tell(self) -> bytes:
        """Return the line that says our name, nothing if there is no need of one."""
        is_needed = self.wanted and not self._is_told
        self._is_told_twice |= bool(is_needed)
        self._is_told = True
        return plain.encode(Rename(self.wanted)) if is_needed else b""

    def asked(self, name: str) -> None:
        """Note that *name* is asked for; a plain server never tells if we have it."""
        self._asked, self._is_told = name, True
        self._unanswered += 1

    def welcomed(self, name: str) -> None:
        """Learn what the server calls us. We go on to want what we wanted."""
        self._is_called = name
        if self._greeted and name == trimmed(self._greeted):
            self._got(name)

    def renamed(self, name: str, to: str) -> None:
        """Learn that somebody, perhaps we, has another name now."""
        if name == self._is_called:
            self._is_called = to
            self._got(to)

    def refused(self, code: str) -> bool:
        """Learn that a name was refused; False if that only repeats another answer."""
        if self._is_told_twice and code in ("same_name", self._fault):
            self._is_told_twice = False
            return False
        self._fault = code
        self._is_in_vain = self._greeted not in ("", self._sure)
        self._answered()
        return True

    def fall_back(self) -> bytes:
        """Return the line that asks for the name of before, if hello's was refused."""
        is_needed = self._is_in_vain and self._sure not in ("", self._is_called)
        self._is_in_vain = False
        self._unanswered += is_needed
        return plain.encode(Rename(self._sure)) if is_needed else b""

    def _got(self, name: str) -> None:
        self._sure = name
        self._answered()

    def _answered(self) -> None:
        self._greeted = ""
        self._unanswered = max(0, self._unanswered - 1)
        if not self._unanswered:
            self._asked = ""


def trimmed(name: str) -> str:
    """Return *name* as a server has it that bears it."""
    return unicodedata.normalize("NFC", " ".join(name.split()))
