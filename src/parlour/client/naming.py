"""What we would be called, what we are called, and which answer to that is news."""

from . import plain
from .commands import Rename


class Naming:
    """Our name, over one connection after the other.

    It is in hello, and goes as a set-name besides to one who may have made nothing of
    that. Who understood both answers twice; a person need not see that.
    """

    def __init__(self, wanted: str) -> None:
        self.wanted = self._is_called = wanted
        self.begin()

    def begin(self) -> None:
        """Know that a new connection has been told nothing, or hello alone."""
        self._is_told = False
        self._fault = ""  # the code of what was wrong with the name in hello

    def tell(self) -> bytes:
        """Return the line that says our name, nothing if there is no need of one."""
        is_needed = self.wanted and not self._is_told
        self._is_told = True
        return plain.encode(Rename(self.wanted)) if is_needed else b""

    def asked(self, name: str) -> None:
        """Note that *name* is asked for; whether we have it then is not told."""
        self.wanted, self._is_told = name, True

    def welcomed(self, name: str) -> None:
        """Learn what the server calls us. We go on to want what we wanted."""
        self._is_called = name

    def renamed(self, name: str, to: str) -> None:
        """Learn that somebody, perhaps we, has another name now."""
        if name == self._is_called:
            self.wanted = self._is_called = to

    def is_repeated(self, code: str) -> bool:
        """Tell whether the refusal *code* only repeats the answer to hello."""
        if self._is_told and code in ("same_name", self._fault):
            self._is_told = False
            return True
        self._fault = code
        return False
