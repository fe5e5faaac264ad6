"""The input of the user, carried out: lines for a room, commands, and answers."""

from collections.abc import Callable
from typing import Final

from .exit_status import ExitCode, ExitStatus
from .input_lines import InputLines
from .outages import Outages
from .password_dialog import PasswordDialog, SignInOptions
from .protocol.connection import Connection
from .protocol.display_queue import DisplayQueue
from .protocol.invitation_links import parse_link
from .protocol.local_commands import LocalCommand
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
from .unsent_lines import UnsentLines

NO_INPUT: Final = "No input: only listening until the server disconnects (or Ctrl-C)"


class EnteredLines:
    """The lines that the user enters, each carried out at once.

    *encoding* is that of :class:`~.input_lines.InputLines`. *sign_in* is what the
    client signs in with. *suffix* makes the name of a new private room one that nobody
    guesses.
    """

    def __init__(
        self,
        connection: Connection,
        rooms: RoomViews,
        lines: ShownLines,
        unconfirmed: UnconfirmedLines,
        sending: Sending,
        outages: Outages,
        display: DisplayQueue,
        status: ExitStatus,
        shutdown: Shutdown,
        *,
        interactive: bool,
        encoding: str | None,
        sign_in: SignInOptions,
        suffix: Callable[[str], str],
    ) -> None:
        self._input = InputLines(
            *(display, status, connection.outbox),
            interactive=interactive,
            encoding=encoding,
        )
        self._unsent = UnsentLines(status)
        self._passwords = PasswordDialog(display, status, connection, sign_in)
        self._connection, self._rooms, self._lines = connection, rooms, lines
        self._unconfirmed, self._sending, self._outages = unconfirmed, sending, outages
        self._display, self._status, self._shutdown = display, status, shutdown
        self._interactive, self._suffix = interactive, suffix

    @property
    def secret_question(self) -> str:
        """What the prompt asks for without showing what is typed; "" for nothing."""
        return self._passwords.question

    def receive(self, data: bytes, now: float) -> None:
        """Process a piece of the input; ``b""`` is its end."""
        for line in self._input.lines(data):
            self.submit(line, now, room=None)
        if not data:
            self._end(now)

    def end(self, rest: bytes, now: float, *, has_more: bool) -> None:
        """Count the lines in the *rest* of the input, and report all not sent.

        There is a rest if the server has ended the conversation before the input ended.
        """
        if self._shutdown.is_cut_short and not self._interactive:
            self.receive(rest, now)
            self.receive(b"", now)
        self._unsent.report(self._shutdown.cleared_lines, has_more=has_more)

    def _end(self, now: float) -> None:
        self._passwords.end_of_input()
        if self._interactive or self._input.was_used:
            self.leave(now)
        elif self._shutdown.state is State.OPEN:
            self._shutdown.receive_only()
            self._display.note(NO_INPUT)

    def line_edited(self) -> None:
        """Record that the user edits the line, which needs another confirmation."""
        self._input.line_edited()

    def submit(self, line: str, now: float, room: str | None) -> bool:
        """Process a line for *room*, by default the current one. It keeps its room.

        Returns False if the user must confirm or correct it.
        """
        is_answer = bool(self._passwords.question)
        if self._shutdown.is_cut_short:
            self._unsent.add(line, is_answer=is_answer)
            return is_answer  # other lines stay in the prompt, and on the screen
        if self._shutdown.state is not State.OPEN:
            return True
        if is_answer:
            self._passwords.answer(line.rstrip("\r\n"), now)
            self._sending.flush(now)
            return True
        is_overdue = self._connection.overdue_answer.is_overdue
        is_pending = self._outages.is_offline or is_overdue
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
            if (command := self._rooms.memberships.to_leave(command.target)) is None:
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

    def update(self) -> None:
        """Ask the user for what an answer of the server needs."""
        self._passwords.update()

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
            case LeaveRoom() if self._rooms.memberships.leave_closed(command):
                pass
            case _ if isinstance(command, PasswordCommand):
                is_offline = self._outages.is_offline
                self._passwords.begin(command, now, is_offline=is_offline)
                self._sending.flush(now)
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

    def _submit_empty_line(self, now: float) -> None:
        """Reconnect at once, or send the lines that wait for a confirmation."""
        if not self._interactive:
            return
        if self._outages.is_offline:
            self._outages.retry_now(now)
        elif self._unconfirmed.confirm(now):
            self._sending.flush(now)
