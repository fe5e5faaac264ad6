"""What goes wrong: said at once, and told to the shell in the end."""

from enum import IntEnum

from .protocol.display_queue import DisplayQueue


class ExitCode(IntEnum):
    """Why the program ends, for the shell."""

    FINE = 0
    FAILED = 1
    BAD_COMMAND = 2
    NO_CONNECTION = 3
    LOST = 5  # lines of ours were not sent, or did not come back
    REFUSED = 6  # a line was too long to be sent
    INTERRUPTED = 130
    READER_GONE = 141


GRAVE = (ExitCode.FAILED, ExitCode.LOST, ExitCode.REFUSED, ExitCode.BAD_COMMAND)
"""What a conversation may have to answer for, the gravest first."""


class ExitStatus:
    """What went wrong so far. A *person* is forgiven slips, having seen them."""

    def __init__(self, view: DisplayQueue, *, person: bool) -> None:
        self._view, self._person = view, person
        self._codes: set[ExitCode] = set()

    @property
    def gravest(self) -> ExitCode:
        """What the program ends with."""
        return next((code for code in GRAVE if code in self._codes), ExitCode.FINE)

    def slip(self, code: ExitCode, reason: str) -> None:
        """Say what is wrong; a person has then seen it, a pipe has not."""
        self._view.note(reason)
        self.blame(code)

    def blame(self, code: ExitCode) -> None:
        """Hold against a pipe what need not be said."""
        if not self._person:
            self._codes.add(code)

    def fail(self, reason: str) -> None:
        """Say that the program cannot do what it is for, to whomever."""
        self._view.note(reason)
        self._codes.add(ExitCode.FAILED)

    def lose(self, reason: str) -> None:
        """Say that something is lost, to whomever."""
        self._view.note(f"{reason}: they may be lost")
        self._codes.add(ExitCode.LOST)

    def lose_lines(self, count: int) -> None:
        """Say that *count* lines, if any, are not known to be kept."""
        if count and self._person:
            self._view.note(f"{yours(count)} not known to be kept")
            self._codes.add(ExitCode.LOST)
        elif count:
            self.lose(f"{count:,} of the lines did not come back")


def yours(count: int) -> str:
    """Return the beginning of what is to be said of *count* lines."""
    return "1 line of yours is" if count == 1 else f"{count:,} lines of yours are"
