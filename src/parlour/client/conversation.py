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

from .exit_status import ExitCode, ExitStatus
from .input_lines import InputLines
from .protocol.acknowledgements import PARTING, Patience
from .protocol.connection import Connection
from .protocol.display_items import Disconnected, DisplayItem
from .protocol.display_queue import DisplayQueue
from .protocol.outbox import MAX_AGE, Outbox
from .protocol.reconnect import Reconnect
from .shutdown import Shutdown, State
from .terminal.commands import EmptyLine, InvalidCommand, Leave, ShowHelp
from .unconfirmed_lines import UnconfirmedLines

MAX_UNSENT: Final = 256 << 10  # bytes; beyond, nothing more is read from the input


class Conversation:
    """One client's side of the chat, over one connection or, if it *returns*, many.

    A *person* is asked when in doubt and forgiven slips; in a pipe the exit code
    tells of them. With a *token* it asks for the session dialect. *roll* gives
    numbers from 0 to 1, which spread the attempts to come back. Input that is not
    UTF-8 is in *encoding*, or no text at all. A pipe whose *name* is refused says
    nothing, or goes on with *any_name*.

    It is what both carriers talk to, and hence has more than a dozen methods.
    """

    def __init__(
        self,
        *,
        person: bool,
        name: str | None = None,
        token: str = "",
        returns: bool = False,
        completes: bool = False,
        now: float = 0.0,
        roll: Callable[[], float] = random.random,
        encoding: str | None = None,
        any_name: bool = False,
    ) -> None:
        self._person, self._returns = person, returns
        self._view = view = DisplayQueue()
        outbox = Outbox()
        self._patience = Patience(PARTING) if person else Patience()
        self._comeback = Reconnect(roll)
        self._faults = faults = ExitStatus(view, person=person)
        self._keyboard = InputLines(
            view, faults, outbox, person=person, encoding=encoding
        )
        self._aside = UnconfirmedLines(outbox, view, faults, person=person)
        self._link = Connection(
            view,
            outbox,
            person=person,
            name=self._keyboard.name(name or ""),
            token=token,
            returns=returns,
            completes=completes,
            any_name=any_name,
            now=now,
        )
        self._parting = Shutdown(
            self._link, self._aside, faults, self._patience, person=person
        )

    @property
    def state(self) -> State:
        """Who may still speak."""
        return self._parting.state

    @property
    def exit_code(self) -> ExitCode:
        """The gravest of what went wrong."""
        if self._link.hearing.has_refusal:
            self._faults.blame(ExitCode.REFUSED)
        return self._faults.gravest

    @property
    def is_offline(self) -> bool:
        """Whether there is no connection, and is to be one again."""
        return self._comeback.is_away

    @property
    def unsent(self) -> int:
        """How many bytes the network has not taken yet."""
        return self._link.outgoing.unsent

    def bye(self) -> bytes:
        """Return what is still to be said if all ends here, between two lines."""
        is_over = self.state in (State.CLOSING, State.CLOSED)
        if is_over or self.is_offline or self.unsent:
            return b""
        self._link.goodbye()
        return self.data_to_send()

    @property
    def wants_input(self) -> bool:
        """Whether more may be read from the input now."""
        has_room = self.unsent < MAX_UNSENT and self._link.outbox.has_room
        return self.state is State.OPEN and has_room

    @property
    def wants_data(self) -> bool:
        """Whether more may be read from the server now."""
        return self._link.outgoing.has_room

    @property
    def deadline(self) -> float | None:
        """When :meth:`tick` is due."""
        if self.state is State.CLOSING:
            return self._parting.deadline
        if self.is_offline:
            return self._comeback.at
        times = self._link.deadline, self._parting.deadline
        return min((time for time in times if time is not None), default=None)

    @property
    def wants_connection(self) -> bool:
        """Whether the carrier is to connect again, from now on."""
        return self.is_offline and self._comeback.is_due

    def status(self, now: float) -> str:
        """Return what the prompt says before the line that is typed."""
        status = self._comeback.status(now) or self._link.silence.status
        return "" if self.state is State.CLOSED else status

    def data_to_send(self) -> bytes:
        """Return the bytes to write next, and forget them."""
        return self._link.outgoing.take()

    def written(self, unwritten: int, now: float) -> None:
        """Learn how many of the bytes handed out are still *unwritten*."""
        if self._link.outgoing.written(unwritten):
            self._patience.progressed(now)

    def items_to_show(self) -> list[DisplayItem]:
        """Return what to show next, and forget it."""
        return self._view.take()

    def receive_input(self, data: bytes, now: float) -> None:
        """Take in bytes of the input, cut anywhere; ``b""`` is its end."""
        for line in self._keyboard.lines(data):
            self.submit_line(line, now)
        if not data:
            self._end_input(now)

    def submit_line(self, line: str, now: float) -> bool:
        """Take in a line; False if a person has to press Enter again, or mend it."""
        if self.state is not State.OPEN:
            return True
        is_pending = self.is_offline or self._link.silence.is_late
        found = self._keyboard.read(line, is_offline=is_pending)
        if found is None:
            return False
        match found:
            case ShowHelp(text):
                self._view.note(text)
            case InvalidCommand(reason):
                self._faults.slip(ExitCode.BAD_COMMAND, reason)
            case Leave():
                self.leave(now)
            case EmptyLine():
                self._press_on(now)
            case _:
                is_pending &= self._person  # nobody sees it in a pipe
                self._link.outbox.put(found, now, is_pending=is_pending)
                self._pump(now)
        return True

    def input_failed(self, reason: str, now: float) -> None:
        """Record that the input could not be read to its end; leave."""
        self._faults.fail(f"Cannot read the input: {reason}")
        self.leave(now)

    def edited(self) -> None:
        """Learn that what Enter was to be pressed for again is being changed."""
        self._keyboard.edited()

    def leave(self, now: float) -> None:
        """Say no more, after the last answers; a person waits for lines alone."""
        if self.state is State.OPEN:
            self._parting.begin(now, is_offline=self.is_offline)

    def receive(self, data: bytes, now: float) -> None:
        """Take in bytes from the server, cut anywhere. Never raises for any."""
        self._patience.heard(now)
        if self._link.receive(data, now):
            self._patience.progressed(now)
        self._pump(now)
        self._parting.settle(now)

    def disconnected(self, now: float = 0.0) -> None:
        """Learn that the server sends no more, whether it said so or was cut off."""
        if self.state is State.CLOSED or self.is_offline:
            return
        if self._link.is_within_line:
            self._view.note("The connection ended in the middle of a line")
        if self.state is State.CLOSING:
            self._parting.end()
        elif self._link.ended(now) and not self._parting.is_hasty:
            self._go_offline(now)
            self._comeback.hurry(now)
        elif self._may_return:
            self._tell_absence()
            self._go_offline(now)
        else:
            self._view.show(Disconnected())
            self._parting.give_up()

    def begin_attempt(self) -> None:
        """Learn that the carrier tries to connect."""
        self._comeback.begun()

    def connected(self, now: float) -> None:
        """Learn that there is a connection again; nothing of the old one is left."""
        self._comeback.connected(now)
        self._patience.begin(now)
        self._link.begin(now)
        self._aside.take_stale(now)
        self._pump(now)

    def connect_failed(self, reason: str, now: float) -> None:
        """Learn that no connection could be made, and why."""
        if self._returns:
            self._tell_absence()
            self._link.unreachable()
            self._set_doubtful_aside()
            self._comeback.failed(now)
            return
        self._view.note(reason)
        self._view.show(Disconnected())
        self._parting.give_up()

    def tick(self, now: float) -> None:
        """Learn the time; give up what has been waited for long enough."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return
        if self.state is State.CLOSING:
            self._parting.tick(now)
        elif self.is_offline:
            self._tick_offline(now)
        elif not self._link.tick(now):
            self.disconnected(now)
        else:
            self._pump(now)
            self._parting.tick(now)

    def _tick_offline(self, now: float) -> None:
        if self.state is State.FINISHING and now > self._comeback.since + MAX_AGE:
            self._parting.give_up()
        else:
            self._comeback.tick(now)

    @property
    def _may_return(self) -> bool:
        is_wanted = self._returns and not self._parting.is_hasty
        return is_wanted and not self._link.hearing.is_over_for_good

    def _pump(self, now: float) -> None:
        if not self.is_offline and self.state is not State.CLOSED:
            self._set_doubtful_aside()
            self._link.pump(now)
            for news in self._link.outbox.waited.news():
                self._view.note(news)

    def _end_input(self, now: float) -> None:
        if self._person or self._keyboard.was_used:
            self.leave(now)
        elif self.state is State.OPEN:
            self._parting.listen()
            note = "No input: only listening until the server disconnects (or Ctrl-C)"
            self._view.note(note)

    def _press_on(self, now: float) -> None:
        """Do what an empty line asks for: try at once, or send what is too old."""
        if not self._person:
            return
        if self.is_offline:
            self._comeback.hurry(now)
            self._comeback.tick(now)
        elif self._aside.send(now):
            self._pump(now)

    def _set_doubtful_aside(self) -> None:
        doubtful, self._link.doubtful = self._link.doubtful, []
        self._aside.take_doubtful(doubtful)

    def _tell_absence(self) -> None:
        if self._view.absence.begin(self._link.heard_at):
            self._view.show(Disconnected(is_last=False))

    def _go_offline(self, now: float) -> None:
        if missing := self._link.cut_off():
            self._faults.lose(f"{missing:,} of the lines did not come back")
        bye = self._link.hearing.bye
        self._comeback.lost(now, bye.retry_after if bye is not None else 0.0)
