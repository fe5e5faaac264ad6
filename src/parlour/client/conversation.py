"""The whole client, without the network, the terminal and the clock.

A driver passes in the input, the data of the server and the time, and acts on the
results: it writes :meth:`~Conversation.data_to_send` to the network and shows
:meth:`~Conversation.items_to_show`. When :attr:`~Conversation.state` is ``CLOSING``
and nothing is unsent, it shuts down the writing side; at ``CLOSED`` it stops. It
calls :meth:`~Conversation.tick` at :attr:`~Conversation.deadline`.
"""

import random
from collections.abc import Callable
from typing import Final

from parlour.core.events import LOBBY

from .exit_status import ExitCode, ExitStatus, not_acknowledged
from .input_lines import InputLines
from .password_dialog import PasswordDialog, SignInOptions
from .protocol.connection import Connection
from .protocol.display_items import Disconnected, LocalCommand
from .protocol.display_queue import DisplayQueue
from .protocol.invitation_links import parse_link
from .protocol.outbox import MAX_AGE, Outbox
from .protocol.own_lines import OwnLines
from .protocol.private_names import random_suffix
from .protocol.reconnect import Reconnect
from .protocol.requests import Join, LeaveRoom, Request
from .protocol.sign_in import KeyChange
from .room_views.screen import RoomDisplay
from .room_views.views import RoomViews
from .shown_lines import ShownLines
from .shutdown import NO_CHAT, Shutdown, State
from .terminal.account_commands import PasswordCommand
from .terminal.commands import (
    Command,
    EmptyLine,
    InvalidCommand,
    Leave,
    LeaveOther,
    ShowHelp,
)
from .terminal.completion import Completions
from .terminal.prompt_status import PromptStatus
from .terminal.shown_items import ShownItem
from .unconfirmed_lines import UnconfirmedLines

MAX_UNSENT: Final = 256 << 10  # bytes; with more, no input is read


class Conversation:
    """The chat of one client, over one connection or, if it *reconnects*, several.

    An *interactive* user confirms ambiguous lines, and sees mistakes as notes; in a
    pipe, mistakes set the exit code. A *token* selects the session dialect. *jitter*
    returns numbers from 0 to 1, which spread the attempts to reconnect. Input that is
    not UTF-8 is decoded with *encoding*, or refused without one. A pipe whose *name* is
    refused sends nothing, unless *any_name* is set. The client enters *rooms*, the
    first of which is the current one; *room_display* says which rooms are shown, and
    *labels_all* puts the room in front of every line. *tracks_own_lines* shows a line
    of the user when the server sends it back, and as under way until then. *sign_in*
    is what the client signs in with, on each connection that *is_secure*. *address* is
    that of the server in links, and *suffix* makes the name of a new private room one
    that nobody guesses.

    It has more than a dozen methods and 300 lines, since both drivers use all of it.
    """

    def __init__(
        self,
        *,
        interactive: bool,
        name: str | None = None,
        token: str = "",
        reconnects: bool = False,
        completes_names: bool = False,
        now: float = 0.0,
        jitter: Callable[[], float] = random.random,
        encoding: str | None = None,
        any_name: bool = False,
        rooms: tuple[str, ...] = (LOBBY,),
        room_display: RoomDisplay = RoomDisplay.EXACT,
        labels_all: bool = False,
        tracks_own_lines: bool = False,
        sign_in: SignInOptions | None = None,
        is_secure: bool = False,
        address: str = "",
        suffix: Callable[[str], str] = random_suffix,
    ) -> None:
        sign_in = sign_in if sign_in is not None else SignInOptions()
        self._interactive, self._reconnects = interactive, reconnects
        self._suffix = suffix
        self._display = display = DisplayQueue()
        self._status = status = ExitStatus(display, interactive=interactive)
        own_lines = OwnLines() if tracks_own_lines else None
        outbox = Outbox(own_lines)
        self._reconnect = Reconnect(jitter)
        self._input = InputLines(
            display, status, outbox, interactive=interactive, encoding=encoding
        )
        self._unconfirmed = UnconfirmedLines(
            outbox, display, status, interactive=interactive
        )
        self._connection = Connection(
            display,
            outbox,
            interactive=interactive,
            name=self._input.checked_name(name or ""),
            token=token,
            reconnects=reconnects,
            completes_names=completes_names,
            any_name=any_name,
            rooms=rooms,
            credentials=sign_in.credentials,
            is_secure=is_secure,
            now=now,
        )
        self._passwords = PasswordDialog(display, status, self._connection, sign_in)
        self._rooms = RoomViews(
            status,
            rooms,
            room_display,
            labels_all=labels_all,
            is_script=not interactive,
            own_name=lambda: self._connection.name,
            address=address,
        )
        self._lines = ShownLines(own_lines, self._connection, self._rooms)
        self._shutdown = Shutdown(
            self._connection,
            self._unconfirmed,
            status,
            interactive=interactive,
            now=now,
        )
        self._shutdown.check_refusals(now)

    @property
    def state(self) -> State:
        """The state of the conversation."""
        return self._shutdown.state

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of the most severe failure so far."""
        if self._connection.has_refused_line:
            self._status.record(ExitCode.REFUSED)
        if self._connection.is_shut_out:
            self._status.record_shut_out()
        return self._status.code

    @property
    def is_offline(self) -> bool:
        """Whether there is no connection, and the client will reconnect."""
        return self._reconnect.is_offline

    @property
    def wants_connection(self) -> bool:
        """Whether the driver should start to connect now."""
        return self._reconnect.is_due

    @property
    def wants_input(self) -> bool:
        """Whether to read more input now."""
        has_room = self.unsent < MAX_UNSENT and self._connection.outbox.has_room
        return self.state is State.OPEN and has_room

    @property
    def wants_data(self) -> bool:
        """Whether to read more from the server now."""
        return self._connection.send_buffer.has_room

    @property
    def unsent(self) -> int:
        """The number of bytes that the network has not taken yet."""
        return self._connection.send_buffer.unsent

    @property
    def deadline(self) -> float | None:
        """The time at which :meth:`tick` is due."""
        if self.state is State.CLOSING:
            return self._shutdown.deadline
        if self.is_offline:
            return self._reconnect.attempt_at
        times = (
            self._connection.deadline,
            self._shutdown.deadline,
            self._lines.deadline,
            self._connection.reads.deadline(self._rooms.shown),
        )
        return min((time for time in times if time is not None), default=None)

    def status(self, now: float) -> PromptStatus:
        """Return what the prompt shows before the typed line."""
        if self.state is State.CLOSED:
            return PromptStatus()
        connection = self._reconnect.status(now)
        status = self._rooms.prompt(
            connection or self._connection.overdue_answer.status
        )
        under_way = tuple(line.text for line in self._lines.under_way)
        return status._replace(name=self._connection.name, under_way=under_way)

    @property
    def secret_question(self) -> str:
        """What the prompt asks for without showing what is typed; "" for nothing."""
        return self._passwords.question

    def key_changes(self) -> list[KeyChange]:
        """Remove and return the changes of the stored keys."""
        return self._connection.sign_in.take_key_changes()

    def keys_not_stored(self, reason: str) -> None:
        """Report that a change of the stored keys has failed."""
        self._display.note(f"The key of this device is not stored: {reason}")

    @property
    def completions(self) -> Completions:
        """The names that Tab completes."""
        return self._rooms.completions

    def data_to_send(self) -> bytes:
        """Remove and return the bytes to write next."""
        return self._connection.send_buffer.take()

    def items_to_show(self) -> list[ShownItem]:
        """Remove and return the items to show next."""
        self._lines.feed(self._display.take())
        return self._rooms.take()

    def switch_room(self, number: int | None) -> None:
        """Switch to the room with this *number*, or to the next unread one."""
        self._lines.feed(self._display.take())
        self._rooms.select(number)

    def bye(self) -> bytes:
        """Return the bye to send on an interrupt, if it can be sent between lines."""
        is_leaving = self.state.is_ending
        if is_leaving or self.is_offline or self.unsent:
            return b""
        self._connection.send_bye()
        return self.data_to_send()

    def receive_input(self, data: bytes, now: float) -> None:
        """Process a piece of the input; ``b""`` is its end."""
        for line in self._input.lines(data):
            self.submit_line(line, now)
        if not data:
            self._end_input(now)

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

    def submit_line(self, line: str, now: float, room: str | None = None) -> bool:
        """Process a line for *room*, by default the current one. It keeps its room.

        Returns False if the user must confirm or correct it.
        """
        if self.state is not State.OPEN:
            return True
        if self.secret_question:
            self._passwords.answer(line.rstrip("\r\n"), now)
            self._flush_secret(now)
            return True
        is_pending = self.is_offline or self._connection.overdue_answer.is_overdue
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
            self._lines.feed(self._display.take())
            if (command := self._rooms.to_leave(command.target)) is None:
                return True
        self._execute(command, now, is_pending=is_pending)
        return True

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
                self._lines.feed(self._display.take())  # for the next line
            case LeaveRoom() if self._rooms.leave_closed(command):
                pass
            case _ if isinstance(command, PasswordCommand):
                self._passwords.begin(command, now, is_offline=self.is_offline)
                self._flush_secret(now)
            case _:
                assert isinstance(command, Request)
                if isinstance(command, Join) and command.is_private:
                    command = command._replace(room=self._suffix(command.room))
                request = self._rooms.requested(command)
                is_shown = self._lines.are_tracked or (is_pending and self._interactive)
                self._connection.submit(request, now, is_pending=is_shown)
                self._flush(now)

    def _flush_secret(self, now: float) -> None:
        """Send what the dialog has submitted, or leave if that is not possible."""
        self._flush(now)
        self._shutdown.check_refusals(now)

    def line_edited(self) -> None:
        """Record that the user edits the line, which needs another confirmation."""
        self._input.line_edited()

    def input_failed(self, reason: str, now: float) -> None:
        """Report that the input could not be read to its end, and leave."""
        self._status.report_failure(f"Cannot read the input: {reason}")
        self.leave(now)

    def leave(self, now: float) -> None:
        """Accept no more input, and leave after the last answers.

        An interactive user waits only for lines to be recorded.
        """
        if self.state is State.OPEN:
            self._shutdown.begin(now, is_offline=self.is_offline)

    def _end_input(self, now: float) -> None:
        self._passwords.end_of_input()
        if self._interactive or self._input.was_used:
            self.leave(now)
        elif self.state is State.OPEN:
            self._shutdown.receive_only()
            note = "No input: only listening until the server disconnects (or Ctrl-C)"
            self._display.note(note)

    def _submit_empty_line(self, now: float) -> None:
        """Reconnect at once, or send the lines that wait for a confirmation."""
        if not self._interactive:
            return
        if self.is_offline:
            self._reconnect.retry_now(now)
            self._reconnect.tick(now)
        elif self._unconfirmed.confirm(now):
            self._flush(now)

    def written(self, unwritten: int, now: float) -> None:
        """Record the number of bytes of :meth:`data_to_send` still *unwritten*."""
        if self._connection.send_buffer.written(unwritten):
            self._shutdown.timer.progressed(now)

    def receive(self, data: bytes, now: float) -> None:
        """Process the next bytes from the server. Never raises."""
        self._shutdown.timer.received(now)
        if self._connection.receive(data, now):
            self._shutdown.timer.progressed(now)
        self._flush(now)
        self._shutdown.settle(now)

    def disconnected(self, now: float = 0.0) -> None:
        """Record that the connection ended, whether it was closed or lost."""
        if self.state is State.CLOSED or self.is_offline:
            return
        if self._connection.is_within_line:
            self._display.note("The connection ended in the middle of a line")
        if self.state is State.CLOSING:
            self._shutdown.end()
        elif self._connection.ended(now) and not self._shutdown.forbids_reconnect:
            self._go_offline(now)
            self._reconnect.retry_now(now)
        elif self._may_reconnect:
            self._report_outage()
            self._go_offline(now)
        else:
            self._disconnect(now)

    def begin_attempt(self) -> None:
        """Record that the driver starts to connect."""
        self._reconnect.attempt_started()

    def connected(self, now: float, *, is_secure: bool = False) -> None:
        """Record that the driver has connected again, with a new socket."""
        self._reconnect.connected(now)
        self._shutdown.timer.begin(now)
        self._unconfirmed.take_stale(now)
        self._connection.begin(now, is_secure=is_secure)
        self._flush(now)
        self._shutdown.check_refusals(now)

    def connect_failed(self, reason: str, now: float) -> None:
        """Record that the driver could not connect, and why."""
        if self._reconnects:
            self._report_outage()
            self._connection.connect_failed()
            self._unconfirmed.take_possibly_recorded()
            self._reconnect.failed(now)
            return
        self._display.note(reason)
        self._disconnect(now)

    def _disconnect(self, now: float) -> None:
        """End, since the server has closed the connection, or is not there."""
        self._display.show(Disconnected())
        if self._shutdown.is_no_chat(now):
            self._display.note(NO_CHAT)
        self._shutdown.abandon()

    @property
    def _may_reconnect(self) -> bool:
        is_wanted = self._reconnects and not self._shutdown.forbids_reconnect
        return is_wanted and not self._connection.forbids_reconnect

    def _report_outage(self) -> None:
        if self._display.outage.begin(self._connection.received_at):
            self._display.show(Disconnected(is_last=False))

    def _go_offline(self, now: float) -> None:
        if lost := self._connection.go_offline():
            self._status.report_loss(not_acknowledged(lost))
        bye = self._connection.bye
        self._reconnect.lost(now, bye.retry_after if bye is not None else 0.0)

    def _flush(self, now: float) -> None:
        """Send what may be sent, unless there is no connection."""
        if not self.is_offline and self.state is not State.CLOSED:
            self._unconfirmed.take_possibly_recorded()
            if room := self._rooms.take_missing():
                self._connection.show_recent(room, now)
            self._connection.reads.tell(self._rooms.shown, now)
            self._connection.flush(now)
            for note in self._connection.outbox.pending.notes():
                self._display.note(note)

    def tick(self, now: float) -> None:
        """Process expired timers."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return
        if self.state is State.CLOSING:
            self._shutdown.tick(now)
        elif self.is_offline:
            self._tick_offline(now)
        elif not self._connection.tick(now):
            self.disconnected(now)
        else:
            self._lines.tick(now)
            self._flush(now)
            self._shutdown.tick(now)

    def _tick_offline(self, now: float) -> None:
        is_too_old = now > self._reconnect.lost_at + MAX_AGE
        if self.state is State.FINISHING and is_too_old:
            self._shutdown.abandon()
        else:
            self._reconnect.tick(now)
