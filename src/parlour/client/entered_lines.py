"""Carries out what the user enters: lines for a room, commands, and answers."""

from collections.abc import Callable

from .exit_status import ExitCode, ExitStatus
from .input_lines import InputLines
from .outages import Outages
from .password_dialog import PasswordDialog
from .protocol.connection import Connection
from .protocol.display_items import LocalCommand
from .protocol.display_queue import DisplayQueue
from .protocol.invitation_links import parse_link
from .protocol.requests import Join, LeaveRoom, Request
from .room_views.views import RoomViews
from .sending import Sending
from .shown_lines import ShownLines
from .shutdown import Shutdown, State
from .terminal.account_commands import PasswordCommand
from .terminal.commands import (
    Command,
    EmptyLine,
    InvalidCommand,
    Leave,
    LeaveOther,
    ShowHelp,
)
from .unconfirmed_lines import UnconfirmedLines


class EnteredLines:
    """The lines that the user enters, each carried out at once.

    *suffix* makes the name of a new private room one that nobody guesses.
    """

    def __init__(
        self,
        input_lines: InputLines,
        connection: Connection,
        rooms: RoomViews,
        lines: ShownLines,
        passwords: PasswordDialog,
        unconfirmed: UnconfirmedLines,
        sending: Sending,
        outages: Outages,
        display: DisplayQueue,
        status: ExitStatus,
        shutdown: Shutdown,
        *,
        interactive: bool,
        suffix: Callable[[str], str],
    ) -> None:
        self._input, self._connection = input_lines, connection
        self._rooms, self._lines, self._passwords = rooms, lines, passwords
        self._unconfirmed, self._sending, self._outages = unconfirmed, sending, outages
        self._display, self._status, self._shutdown = display, status, shutdown
        self._interactive, self._suffix = interactive, suffix

    def submit(self, line: str, now: float, room: str | None) -> bool:
        """Process a line for *room*, by default the current one. It keeps its room.

        Returns False if the user must confirm or correct it.
        """
        if self._shutdown.state is not State.OPEN:
            return True
        if self._passwords.question:
            self._passwords.answer(line.rstrip("\r\n"), now)
            self._flush_secret(now)
            return True
        is_offline = self._outages.is_offline
        is_pending = is_offline or self._connection.overdue_answer.is_overdue
        room = self._rooms.writes_to if room is None else room
        command = self._input.parse(
            line,
            room,
            is_pending=is_pending,
            closed=self._rooms.closed,
            needs_sign_in=self._connection.sign_in.is_refused,
        )
        if command is None:
            return False
        if isinstance(command, LeaveOther):
            self._lines.update()  # which may change whom the command means
            if (command := self._rooms.to_leave(command.target)) is None:
                return True
        self._execute(command, now, is_pending=is_pending)
        return True

    def use_invitation(self, link: str, now: float) -> None:
        """Enter the room of a link, or keep its code for a registration."""
        found = parse_link(link)
        if found is None:
            return
        if found.room:
            join = Join(found.room, invite=found.code)
            self._execute(join, now, is_pending=False)
        elif found.code is not None:
            self._passwords.use_invite(found.code)

    def leave(self, now: float) -> None:
        """Accept no more lines, and leave after the last answers."""
        if self._shutdown.state is State.OPEN:
            self._shutdown.begin(now, is_offline=self._outages.is_offline)

    def _execute(self, command: Command, now: float, *, is_pending: bool) -> None:
        match command:
            case ShowHelp(text):
                self._display.note(text)
            case InvalidCommand(reason):
                self._status.report_mistake(ExitCode.BAD_COMMAND, reason)
            case Leave():
                self.leave(now)
            case EmptyLine():
                self._submit_empty_line(now)
            case _ if isinstance(command, LocalCommand):
                self._display.show(command)
                self._lines.update()  # which the next command may be about
            case LeaveRoom() if self._rooms.leave_closed(command):
                pass
            case _ if isinstance(command, PasswordCommand):
                is_offline = self._outages.is_offline
                self._passwords.begin(command, now, is_offline=is_offline)
                self._flush_secret(now)
            case _:
                assert isinstance(command, Request)
                self._request(command, now, is_pending=is_pending)

    def _request(self, request: Request, now: float, *, is_pending: bool) -> None:
        if isinstance(request, Join) and request.is_private:
            request = request._replace(room=self._suffix(request.room))
        request = self._rooms.requested(request)
        is_shown = self._lines.are_tracked or (is_pending and self._interactive)
        self._connection.submit(request, now, is_pending=is_shown)
        self._sending.flush(now)

    def _flush_secret(self, now: float) -> None:
        """Send what the dialog has submitted, or leave if that is not possible."""
        self._sending.flush(now)
        self._shutdown.check_refusals(now)

    def _submit_empty_line(self, now: float) -> None:
        """Reconnect at once, or send the lines that wait for a confirmation."""
        if not self._interactive:
            return
        if self._outages.is_offline:
            self._outages.retry_now(now)
        elif self._unconfirmed.confirm(now):
            self._sending.flush(now)
