"""The lines of the input that come after the server has ended the conversation."""

from .exit_status import ExitStatus
from .protocol.local_commands import LocalCommand
from .terminal.commands import Leave, ShowHelp, parse_line


class UnsentLines:
    """The number of lines that have come too late to be sent.

    Lines that are never sent do not count, and neither does what follows /quit.
    """

    def __init__(self, status: ExitStatus) -> None:
        self._status = status
        self._count = 0
        self._has_left = False
        self._latest: str | None = None

    def add(self, line: str, *, is_answer: bool) -> None:
        """Count a *line*, unless nothing of it would be sent.

        It *is_answer* to a question for a password, whatever it looks like. An
        interactive user, whose line stays in the prompt, may enter it again.
        """
        if not line.strip():
            return
        is_again = self._status.is_interactive and line == self._latest
        self._latest = line
        command = None if is_answer else parse_line(line)
        is_local = isinstance(command, ShowHelp | LocalCommand)
        self._has_left |= isinstance(command, Leave)
        self._count += not (self._has_left or is_local or is_again)

    def report(self, earlier: int, *, has_more: bool) -> None:
        """Report them and *earlier* ones; with *has_more*, there may be others."""
        count = earlier + self._count
        self._status.report_unsent_lines(count, has_more=has_more)
