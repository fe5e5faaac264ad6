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

from .entered_lines import EnteredLines
from .exit_status import ExitCode, ExitStatus
from .input_lines import checked_name
from .outages import Outages
from .password_dialog import GUEST, SignInOptions
from .protocol.connection import Connection
from .protocol.display_queue import DisplayQueue
from .protocol.outbox import Outbox
from .protocol.own_lines import OwnLines
from .protocol.private_names import random_suffix
from .protocol.sign_in import KeyChange
from .room_views.screen import RoomDisplay
from .room_views.views import RoomViews
from .sending import Sending
from .shown_lines import ShownLines
from .shutdown import Shutdown, State
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
    is what the client signs in with, on each connection that *is_secure*. All of
    them have TLS if the conversation *is_encrypted*. *address* is that of the server in
    links, and *suffix* makes the name of a new private room one
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
        sign_in: SignInOptions = GUEST,
        is_secure: bool = False,
        is_encrypted: bool = False,
        address: str = "",
        suffix: Callable[[str], str] = random_suffix,
    ) -> None:
        own_lines = OwnLines() if tracks_own_lines else None
        self._display = display = DisplayQueue()
        self._status = status = ExitStatus(display, interactive=interactive)
        self._connection = connection = Connection(
            display,
            Outbox(own_lines),
            interactive=interactive,
            name=checked_name(name or "", status),
            token=token,
            reconnects=reconnects,
            completes_names=completes_names,
            any_name=any_name,
            rooms=rooms,
            credentials=sign_in.credentials,
            is_secure=is_secure,
            now=now,
        )
        self._is_encrypted = is_encrypted
        self._rooms = RoomViews(
            status,
            rooms,
            room_display,
            labels_all=labels_all,
            is_script=not interactive,
            own_name=lambda: connection.name,
            address=address,
        )
        self._lines = ShownLines(own_lines, connection, display, self._rooms)
        unconfirmed = UnconfirmedLines(
            connection.outbox, display, status, interactive=interactive
        )
        self._shutdown = Shutdown(
            connection, unconfirmed, status, interactive=interactive, now=now
        )
        self._outages = Outages(
            *(connection, unconfirmed, display, status, self._shutdown),
            reconnects=reconnects,
            jitter=jitter,
        )
        self._sending = Sending(
            *(connection, self._outages, unconfirmed, self._rooms),
            *(display, self._shutdown),
        )
        self._entered = EnteredLines(
            connection,
            self._rooms,
            self._lines,
            unconfirmed,
            self._sending,
            self._outages,
            display,
            status,
            self._shutdown,
            interactive=interactive,
            encoding=encoding,
            sign_in=sign_in,
            suffix=suffix,
        )
        self._shutdown.check_refusals(now)

    @property
    def state(self) -> State:
        """The state of the conversation."""
        return self._shutdown.state

    @property
    def is_cut_short(self) -> bool:
        """Whether it has ended before the user left, or the input ended."""
        return self._shutdown.is_cut_short

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
        return self._outages.is_offline

    @property
    def wants_connection(self) -> bool:
        """Whether the driver should start to connect now."""
        return self._outages.attempts.is_due

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
            return self._outages.attempts.attempt_at
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
        connection = self._outages.attempts.status(now)
        status = self._rooms.prompt(
            connection or self._connection.overdue_answer.status
        )
        under_way = tuple(line.text for line in self._lines.under_way)
        return status._replace(
            name=self._connection.name,
            under_way=under_way,
            is_encrypted=self._is_encrypted,
        )

    @property
    def secret_question(self) -> str:
        """What the prompt asks for without showing what is typed; "" for nothing."""
        return self._entered.secret_question

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
        self._lines.update()
        return self._rooms.take()

    def switch_room(self, number: int | None) -> None:
        """Switch to the room with this *number*, or to the next unread one."""
        self._lines.update()
        self._rooms.memberships.select(number)

    def bye(self) -> bytes:
        """Return the bye to send on an interrupt, if it can be sent between lines."""
        is_leaving = self.state.is_ending
        if is_leaving or self.is_offline or self.unsent:
            return b""
        self._connection.send_bye()
        return self.data_to_send()

    def receive_input(self, data: bytes, now: float) -> None:
        """Process a piece of the input; ``b""`` is its end."""
        self._entered.receive(data, now)

    def end_input(self, rest: bytes, now: float, *, has_more: bool) -> None:
        """Report how many lines were not sent, of those that have not been reported.

        The driver calls it once, after the end, with the *rest* of the input if the
        chat :attr:`is_cut_short`. With *has_more*, that may not be all of it.
        """
        self._entered.end(rest, now, has_more=has_more)

    def use_invitation(self, link: str, now: float) -> None:
        """Enter the room of a link, or keep its code for a registration."""
        self._entered.use_invitation(link, now)

    def submit_line(self, line: str, now: float, room: str | None = None) -> bool:
        """Process a line for *room*, by default the current one. It keeps its room.

        Returns False if the user must confirm or correct it.
        """
        return self._entered.submit(line, now, room)

    def line_edited(self) -> None:
        """Record that the user edits the line, which needs another confirmation."""
        self._entered.line_edited()

    def input_failed(self, reason: str, now: float) -> None:
        """Report that the input could not be read to its end, and leave."""
        self._status.report_failure(f"Cannot read the input: {reason}")
        self.leave(now)

    def leave(self, now: float) -> None:
        """Accept no more input, and leave after the last answers.

        An interactive user waits only for lines to be recorded.
        """
        self._entered.leave(now)

    def written(self, unwritten: int, now: float) -> None:
        """Record the number of bytes of :meth:`data_to_send` still *unwritten*."""
        if self._connection.send_buffer.written(unwritten):
            self._shutdown.timer.progressed(now)

    def receive(self, data: bytes, now: float) -> None:
        """Process the next bytes from the server. Never raises."""
        self._shutdown.timer.received(now)
        if self._connection.receive(data, now):
            self._shutdown.timer.progressed(now)
        self._entered.update()
        self._sending.flush(now)
        self._shutdown.settle(now)

    def disconnected(self, now: float = 0.0) -> None:
        """Record that the connection ended, whether it was closed or lost."""
        self._outages.disconnected(now)

    def begin_attempt(self) -> None:
        """Record that the driver starts to connect."""
        self._outages.attempts.attempt_started()

    def connected(self, now: float, *, is_secure: bool = False) -> None:
        """Record that the driver has connected again, with a new socket."""
        self._outages.connected(now, is_secure=is_secure)
        self._sending.flush(now)

    def connect_failed(
        self, reason: str, now: float, *, is_final: bool = False
    ) -> None:
        """Record that the driver could not connect, and why.

        It *is_final* if the server has not proved who it is: then the client leaves.
        """
        self._outages.connect_failed(reason, now, is_final=is_final)

    def tick(self, now: float) -> None:
        """Process expired timers."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return
        if self.state is State.CLOSING:
            self._shutdown.tick(now)
        elif self.is_offline:
            self._outages.tick(now)
        elif not self._connection.tick(now):
            self.disconnected(now)
        else:
            self._lines.tick(now)
            self._sending.flush(now)
            self._shutdown.tick(now)
