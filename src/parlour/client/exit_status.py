"""The failures of a run, the notes about them, and the exit code."""

from enum import IntEnum
from typing import Final

from .protocol.display_queue import DisplayQueue
from .terminal.safe_text import make_safe, safe_name


class ExitCode(IntEnum):
    """Why the program ends, for the shell."""

    SUCCESS = 0
    FAILED = 1
    BAD_COMMAND = 2
    NO_CONNECTION = 3
    SIGN_IN_REFUSED = 4  # or the server has ended the session: banned, revoked
    LOST = 5  # lines were not sent, or not acknowledged
    REFUSED = 6  # a line was too long, or the server refused a line or the name
    UNTRUSTED = 7  # the server has not proved who it is
    INTERRUPTED = 130
    BROKEN_PIPE = 141


_BY_SEVERITY: Final = (
    ExitCode.FAILED,
    ExitCode.UNTRUSTED,
    ExitCode.NO_CONNECTION,
    ExitCode.SIGN_IN_REFUSED,
    ExitCode.LOST,
    ExitCode.REFUSED,
    ExitCode.BAD_COMMAND,
)
"""The codes that a conversation may end with, the most severe first."""


class ExitStatus:
    """The failures so far, and the exit code that follows from them.

    Mistakes of an *interactive* user, who has seen the note, do not count.
    """

    def __init__(self, display: DisplayQueue, *, interactive: bool) -> None:
        self._display, self.is_interactive = display, interactive
        self._codes: set[ExitCode] = set()

    @property
    def code(self) -> ExitCode:
        """The exit code of the most severe failure so far."""
        found = (code for code in _BY_SEVERITY if code in self._codes)
        return next(found, ExitCode.SUCCESS)

    def record(self, code: ExitCode) -> None:
        """Record a mistake without showing it."""
        if not self.is_interactive:
            self._codes.add(code)

    def report_mistake(self, code: ExitCode, reason: str) -> None:
        """Show and record a mistake."""
        self._display.note(reason)
        self.record(code)

    def report_failure(self, reason: str) -> None:
        """Show and record that the program cannot do its work, in any mode."""
        self._display.note(reason)
        self._codes.add(ExitCode.FAILED)

    def report_no_service(self, reason: str) -> None:
        """Show and record that the server lacks what the options need, in any mode."""
        self._display.note(reason)
        self._codes.add(ExitCode.NO_CONNECTION)

    def report_untrusted(self, reason: str) -> None:
        """Show and record that the server has not proved who it is, in any mode."""
        for line in reason.splitlines():
            self._display.note(line)
        self._codes.add(ExitCode.UNTRUSTED)

    def report_no_sign_in(self, account: str, reason: str) -> None:
        """Show and record why the client could not sign in to *account*."""
        name = f" as {safe_name(account)}" if account else ""
        self._display.note(f"Not signed in{name}: {make_safe(reason)}")
        self._codes.add(ExitCode.SIGN_IN_REFUSED)

    def record_shut_out(self) -> None:
        """Record that the server has ended the session and would do so again."""
        self._codes.add(ExitCode.SIGN_IN_REFUSED)

    def report_loss(self, reason: str) -> None:
        """Show and record that something may be lost, in any mode."""
        self._display.note(f"{reason} and may be lost")
        self._codes.add(ExitCode.LOST)

    def report_lost_lines(self, count: int) -> None:
        """Show and record that *count* lines, if any, are not known to be recorded."""
        if count and self.is_interactive:
            self._display.note(f"{your_lines(count)} not known to be stored")
            self._codes.add(ExitCode.LOST)
        elif count:
            self.report_loss(not_acknowledged(count))

    def report_unsent_lines(self, count: int, *, has_more: bool) -> None:
        """Show and record that *count* lines, if any, were not sent.

        If the input *has_more*, there may be others.
        """
        if count:
            at_least = "at least " if has_more else ""
            lines = "1 line" if count == 1 else f"{count:,} lines"
            self._display.note(f"Not sent: {at_least}{lines} of the input")
            self._codes.add(ExitCode.LOST)

    def report_lost_commands(self, *, unsent: int, unanswered: int = 0) -> None:
        """Show and record how many commands, if any, may not be carried out."""
        if unsent:
            commands = "1 command" if unsent == 1 else f"{unsent:,} commands"
            self._display.note(f"Not sent: {commands}")
            self._codes.add(ExitCode.LOST)
        if unanswered:
            verb = "was" if unanswered == 1 else "were"
            self.report_loss(f"{unanswered:,} of the commands {verb} not answered")


def your_lines(count: int, what: str = "lines") -> str:
    """Return the beginning of a note about *count* lines of the user, or *what*."""
    return f"1 of your {what} is" if count == 1 else f"{count:,} of your {what} are"


def not_acknowledged(count: int) -> str:
    """Return the reason for a loss of *count* lines."""
    verb = "was" if count == 1 else "were"
    return f"{count:,} of the lines {verb} not acknowledged"
