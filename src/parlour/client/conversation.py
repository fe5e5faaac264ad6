"""The whole client, minus the network, the terminal and the clock.

A carrier tells it what was typed, what came from the server and what time it is,
and carries out what follows: :meth:`~Conversation.data_to_send` goes to the
network, :meth:`~Conversation.shown` to the person; when :attr:`~Conversation.state`
is ``LEAVING`` and nothing is unsent the writing side is shut down, and ``ENDED``
is the end. At :attr:`~Conversation.deadline` it wants a :meth:`~Conversation.tick`.
"""

import random
from collections.abc import Callable
from enum import Enum, IntEnum, auto
from typing import Final

from parlour.core.lines import OVERLONG, Lines

from . import plain
from .comeback import Comeback
from .commands import (
    Explain,
    Hold,
    Leave,
    Meaning,
    Nothing,
    Rename,
    Say,
    Wire,
    Wrong,
    meaning,
)
from .link import Link
from .outbox import MAX_AGE, Entry, lines
from .shown import Disconnected, Note, Shown, Typed
from .view import View
from .waits import LATE, PARTING, Patience

MAX_SERVER_LINE: Final = 16 << 20  # bytes; old servers send a history as one line
MAX_UNSENT: Final = 256 << 10  # bytes; beyond, nothing more is read from the input
DRAIN: Final = 1.0  # seconds given to the server to finish after we have


class State(Enum):
    """Who may still speak."""

    OPEN = auto()  # both
    LISTENING = auto()  # the server: our input ended before it had begun
    LINGERING = auto()  # the server: our input is over, its answers are awaited
    LEAVING = auto()  # nobody: our side is shut, last words are read
    ENDED = auto()  # nobody: the connection may be closed


class Exit(IntEnum):
    """Why the program ends, for the shell."""

    FINE = 0
    FAILED = 1
    BAD_COMMAND = 2
    NO_CONNECTION = 3
    LOST = 5  # lines of ours were not sent, or did not come back
    REFUSED = 6  # a line was too long to be sent
    INTERRUPTED = 130
    READER_GONE = 141


class Conversation:
    """One client's side of the chat, over one connection or, if it *returns*, many.

    A *person* is asked when in doubt and forgiven slips; in a pipe the exit code
    tells of them. With a *token* it asks for the session dialect. *roll* gives
    numbers from 0 to 1, which spread the attempts to come back.

    It is what both carriers talk to, and hence has more than a dozen methods.
    """

    def __init__(
        self,
        *,
        person: bool,
        name: str | None = None,
        token: str = "",
        returns: bool = False,
        now: float = 0.0,
        roll: Callable[[], float] = random.random,
    ) -> None:
        self.state = State.OPEN
        self.is_offline = False
        self._person, self._returns = person, returns
        self._held: str | None = None  # a line that waits for a second Enter
        self._has_input = False
        self._typing, self._lines = Lines(plain.MAX_LINE), Lines(MAX_SERVER_LINE)
        self._view = View()
        self._faults: set[Exit] = set()
        self._unwritten = 0
        self._patience = Patience(PARTING) if person else Patience()
        self._comeback = Comeback(roll)
        self._ends_at = 0.0  # when LEAVING is over at the latest
        self._offline_since = 0.0
        self._is_attempt_due = False
        self._aside: list[Entry] = []  # not to be sent without being asked
        name = self._sendable(name)
        self._link = Link(
            self._view,
            person=person,
            name=name,
            token=token,
            returns=returns,
            now=now,
        )

    @property
    def exit_code(self) -> Exit:
        """The gravest of what went wrong."""
        if self._link.hearing.has_refusal and not self._person:
            self._faults.add(Exit.REFUSED)
        grave = (Exit.LOST, Exit.REFUSED, Exit.BAD_COMMAND)
        return next((code for code in grave if code in self._faults), Exit.FINE)

    @property
    def unsent(self) -> int:
        """How many bytes the network has not taken yet."""
        return len(self._link.outgoing) + self._unwritten

    @property
    def wants_input(self) -> bool:
        """Whether more may be read from the input now."""
        has_room = self.unsent < MAX_UNSENT and self._link.outbox.has_room
        return self.state is State.OPEN and has_room

    @property
    def deadline(self) -> float | None:
        """When :meth:`tick` is due."""
        if self.state is State.LEAVING:
            return self._ends_at
        if self.is_offline:
            return self._comeback.at
        times = [self._link.deadline]
        if self.state is State.LINGERING:
            times.append(self._patience.deadline(pending=self._is_pending))
        return min((time for time in times if time is not None), default=None)

    @property
    def wants_connection(self) -> bool:
        """Whether the carrier is to connect again, from now on."""
        return self.is_offline and self._is_attempt_due

    def status(self, now: float) -> str:
        """Return what the prompt says before the line that is typed."""
        if not self.is_offline or self.state is State.ENDED:
            return ""
        if self._comeback.at is None:
            return "(offline, trying) "
        return f"(offline, retry in {max(0, round(self._comeback.at - now))}s) "

    def data_to_send(self) -> bytes:
        """Return the bytes to write next, and forget them."""
        data = bytes(self._link.outgoing)
        self._link.outgoing.clear()
        self._unwritten += len(data)
        return data

    def written(self, unwritten: int, now: float) -> None:
        """Learn how many of the bytes handed out are still *unwritten*."""
        if unwritten != self._unwritten:
            self._unwritten = unwritten
            self._patience.progressed(now)

    def shown(self) -> list[Shown]:
        """Return what to show next, and forget it."""
        return self._view.take()

    def hear(self, data: bytes, now: float) -> None:
        """Take in bytes of the input, cut anywhere; ``b""`` is its end."""
        is_cut = not data and self._typing.begun  # a last line without its LF
        lines = self._typing.feed(b"\n" if is_cut else data)
        for line in lines:
            if line is OVERLONG:
                self._has_input = True
                self._fault(Exit.REFUSED, f"Not sent: {plain.TOO_LONG}")
            else:
                text = line.removesuffix(b"\r").decode("utf-8", "replace")
                self.typed(text or self._held or "", now)
        if not data:
            self._end_input(now)

    def typed(self, line: str, now: float) -> bool:
        """Take in a line; False if a person has to press Enter again, or mend it.

        The line break that comes along when a whole line is copied is not meant.
        """
        if self.state is not State.OPEN:
            return True
        self._has_input = True
        line = line.rstrip("\r\n") if self._person else line
        is_sure = line == self._held  # Enter was pressed again
        self._held = None
        found = Say(line) if is_sure else meaning(line, careful=self._person)
        try:
            _check(Say(line) if isinstance(found, Hold) else found)
        except plain.TooLong as exc:
            self._fault(Exit.REFUSED, f"Not sent: {exc}")
            return not self._person
        if self._person and not self._link.outbox.has_room and isinstance(found, Wire):
            self._view.show(Note("Not sent: too much waits to be sent already"))
            return False
        if isinstance(found, Hold):
            self._held = line
            self._view.show(Note(found.question))
            return False
        if isinstance(found, Nothing):
            self._press_on(now)
        else:
            is_unsent = self.is_offline and isinstance(found, Wire)
            self._view.show(Typed(line, is_unsent=is_unsent))
        self._obey(found, now)
        return True

    def edited(self) -> None:
        """Learn that what Enter was to be pressed for again is being changed."""
        self._held = None

    def leave(self, now: float) -> None:
        """Say no more, after the last answers; a person waits for lines alone."""
        if self.state is not State.OPEN:
            return
        self.state = State.LINGERING
        self._patience.begin(now)
        if self.is_offline and (self._person or not self._link.outbox.unsettled):
            self._lose_lines()
            self._end()
        elif self._is_settled:
            self._finish(now)

    def receive(self, data: bytes, now: float) -> None:
        """Take in bytes from the server, cut anywhere. Never raises for any."""
        self._patience.heard(now)
        for line in self._lines.feed(data):
            if line is OVERLONG:
                self._view.strange(line)
            elif self._link.receive(line, now):
                self._patience.progressed(now)
        self._pump(now)
        if self.state is State.LINGERING and self._is_settled:
            self._finish(now)

    def disconnected(self, now: float = 0.0) -> None:
        """Learn that the server sends no more, whether it said so or was cut off."""
        if self.state is State.ENDED or self.is_offline:
            return
        if self._lines.begun:
            self._view.show(Note("The connection ended in the middle of a line"))
        is_parting = self._person and self.state is State.LINGERING
        if self.state is State.LEAVING:
            self._end()
        elif self._link.ended(now) and not is_parting:
            self._go_offline(now)
            self._comeback.hurry(now)
        elif (
            self._returns and not self._link.hearing.is_over_for_good and not is_parting
        ):
            if self._view.absence.begin(now):
                self._view.show(Disconnected(is_last=False))
            if missing := self._link.outbox.bare.forget():
                self._lose(f"{missing:,} of the lines did not come back")
            self._link.outbox.cut_off()
            self._go_offline(now)
        else:
            self._view.show(Disconnected())
            self._lose_lines()
            self._end()

    def begin_attempt(self) -> None:
        """Learn that the carrier tries to connect."""
        self._is_attempt_due = False
        self._comeback.begun()

    def connected(self, now: float) -> None:
        """Learn that there is a connection again; nothing of the old one is left."""
        self.is_offline, self._unwritten = False, 0
        self._lines = Lines(MAX_SERVER_LINE)
        self._comeback.connected(now)
        self._patience.begin(now)
        self._link.begin(now)
        self._set_stale_aside(now)
        self._pump(now)

    def unreachable(self, reason: str, now: float) -> None:
        """Learn that no connection could be made, and why."""
        if self._returns:
            if self._view.absence.begin(now):
                self._view.show(Disconnected(is_last=False))
            self._link.unreachable()
            self._set_doubtful_aside()
            self._comeback.failed(now)
            return
        self._view.show(Note(reason))
        self._view.show(Disconnected())
        self._lose_lines()
        self._end()

    def tick(self, now: float) -> None:
        """Learn the time; give up what has been waited for long enough."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return
        if self.state is State.LEAVING:
            self._end()
        elif self.is_offline:
            self._tick_offline(now)
        elif not self._link.tick(now):
            self.disconnected(now)
        else:
            self._pump(now)
            if self.state is State.LINGERING:
                self._tick_lingering(now)

    def _tick_offline(self, now: float) -> None:
        if self.state is State.LINGERING and now > self._offline_since + MAX_AGE:
            self._lose_lines()
            self._end()
        else:
            self._is_attempt_due = True

    def _tick_lingering(self, now: float) -> None:
        deadline = self._patience.deadline(pending=self._is_pending)
        if now > deadline + LATE:
            self._patience.begin(now)  # not the server was late: we were stopped
        elif now >= deadline:
            self._finish(now)

    @property
    def _is_pending(self) -> bool:
        return bool(self.unsent) or not self._link.outbox.is_empty

    @property
    def _is_settled(self) -> bool:
        """Whether nothing more can come that we wait for, as far as one can know."""
        if self._person:
            return not self._link.outbox.unsettled
        return self._link.speaks_session and not self._is_pending

    def _pump(self, now: float) -> None:
        if not self.is_offline and self.state is not State.ENDED:
            self._set_doubtful_aside()
            self._link.pump(now)

    def _end_input(self, now: float) -> None:
        if self._person or self._has_input:
            self.leave(now)
        elif self.state is State.OPEN:
            self.state = State.LISTENING
            note = "No input: only listening until the server disconnects (or Ctrl-C)"
            self._view.show(Note(note))

    def _sendable(self, name: str | None) -> str:
        try:
            _check(Rename(name or ""))
        except plain.TooLong as exc:
            self._view.show(Note(f"Not sent: {exc}"))
            if not self._person:
                self._faults.add(Exit.REFUSED)
            return ""
        return name or ""

    def _obey(self, found: Meaning, now: float) -> None:
        match found:
            case Explain(text):
                self._view.show(Note(text))
            case Wrong(reason):
                self._fault(Exit.BAD_COMMAND, reason)
            case Leave():
                self.leave(now)
            case Nothing() | Hold():
                pass
            case _:
                self._link.outbox.put(found, now)
                self._pump(now)

    def _press_on(self, now: float) -> None:
        """Do what an empty line asks for: try at once, or send what is too old."""
        if not self._person:
            return
        if self.is_offline:
            self._comeback.hurry(now)
            self._is_attempt_due = self._comeback.at is not None
        elif self._aside:
            self._link.outbox.again(self._aside, now)
            self._aside.clear()
            self._pump(now)

    def _set_stale_aside(self, now: float) -> None:
        """Do not send without being asked what was typed long ago."""
        stale = self._link.outbox.take_out(typed_by=now - MAX_AGE)
        self._set_aside(stale, "older than 5 minutes and not sent")

    def _set_doubtful_aside(self) -> None:
        """Nor what may be kept, where nobody could tell a second from the first."""
        doubtful, self._link.doubtful = self._link.doubtful, []
        self._set_aside(doubtful, "perhaps kept already and not sent again")

    def _set_aside(self, entries: list[Entry], why: str) -> None:
        self._aside += entries
        if count := lines(entries):
            ask = ": press Enter to send, or leave" if self._person else ""
            self._view.show(Note(f"{_yours(count)} {why}{ask}"))
        if not self._person and entries:
            self._aside.clear()
            if count:
                self._faults.add(Exit.LOST)

    def _go_offline(self, now: float) -> None:
        self.is_offline, self._unwritten = True, 0
        self._link.outgoing.clear()
        self._offline_since = now
        bye = self._link.hearing.bye
        self._comeback.lost(now, bye.retry_after if bye is not None else 0.0)

    def _fault(self, code: Exit, reason: str) -> None:
        """Say what is wrong; a person has then seen it, a pipe has not."""
        self._view.show(Note(reason))
        if not self._person:
            self._faults.add(code)

    def _lose_lines(self) -> None:
        count = self._link.outbox.unsettled + lines(self._aside)
        if count and self._person:
            self._faults.add(Exit.LOST)
            self._view.show(Note(f"{_yours(count)} not known to be kept"))
        elif count:
            self._lose(f"{count:,} of the lines did not come back")

    def _lose(self, reason: str) -> None:
        self._faults.add(Exit.LOST)
        self._view.show(Note(f"{reason}: they may be lost"))

    def _finish(self, now: float) -> None:
        """Leave, and say what is lost by that."""
        self._lose_lines()
        self.state = State.LEAVING
        self._ends_at = now + DRAIN
        self._link.goodbye()

    def _end(self) -> None:
        if self.unsent and not self._link.speaks_session:
            self._lose(f"{self.unsent:,} bytes were not sent")
        self.state = State.ENDED


def _yours(count: int) -> str:
    return "1 line of yours is" if count == 1 else f"{count:,} lines of yours are"


def _check(found: Meaning) -> None:
    """Raise TooLong for what does not fit on a line of the wire."""
    if isinstance(found, Wire):
        plain.encode(found)
