"""The whole client, minus the network, the terminal and the clock.

A carrier tells it what was typed, what came from the server and what time it is,
and carries out what follows: :meth:`~Conversation.data_to_send` goes to the
network, :meth:`~Conversation.shown` to the person; when :attr:`~Conversation.state`
is ``LEAVING`` and nothing is unsent the writing side is shut down, and ``ENDED``
is the end. At :attr:`~Conversation.deadline` it wants a :meth:`~Conversation.tick`.
"""

from enum import Enum, IntEnum, auto
from typing import Final

from parlour.core.lines import OVERLONG, Lines

from . import plain
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
from .shown import SERVER, Disconnected, Note, Shown, Strange, Typed
from .waits import LATE, Echoes, Patience

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
    """One client's side of one connection, in the plain dialect.

    A *person* is asked when in doubt and forgiven slips; in a pipe the exit code
    tells of them.
    """

    def __init__(self, *, person: bool, name: str | None = None) -> None:
        self.state = State.OPEN
        self._person = person
        self._held: str | None = None  # a line that waits for a second Enter
        self._has_input = self._has_strange = False
        self._typing, self._lines = Lines(plain.MAX_LINE), Lines(MAX_SERVER_LINE)
        self._shown: list[Shown] = []
        self._faults: set[Exit] = set()
        self._outgoing, self._unwritten = bytearray(), 0
        self._echoes, self._patience = Echoes(), Patience()
        self._ends_at = 0.0  # when LEAVING is over at the latest
        if name is not None:
            self._rename(name)

    @property
    def exit_code(self) -> Exit:
        """The gravest of what went wrong."""
        grave = (Exit.LOST, Exit.REFUSED, Exit.BAD_COMMAND)
        return next((code for code in grave if code in self._faults), Exit.FINE)

    @property
    def unsent(self) -> int:
        """How many bytes the network has not taken yet."""
        return len(self._outgoing) + self._unwritten

    @property
    def wants_input(self) -> bool:
        """Whether more may be read from the input now."""
        return self.state is State.OPEN and self.unsent < MAX_UNSENT

    @property
    def deadline(self) -> float | None:
        """When :meth:`tick` is due."""
        if self.state is State.LINGERING:
            pending = bool(self.unsent or self._echoes.missing)
            return self._patience.deadline(pending=pending)
        return self._ends_at if self.state is State.LEAVING else None

    def data_to_send(self) -> bytes:
        """Return the bytes to write next, and forget them."""
        data = bytes(self._outgoing)
        self._outgoing.clear()
        self._unwritten += len(data)
        return data

    def written(self, unwritten: int, now: float) -> None:
        """Learn how many of the bytes handed out are still *unwritten*."""
        if unwritten != self._unwritten:
            self._unwritten = unwritten
            self._patience.progressed(now)

    def shown(self) -> list[Shown]:
        """Return what to show next, and forget it."""
        shown, self._shown = self._shown, []
        return shown

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
            wire = _encoded(Say(line) if isinstance(found, Hold) else found)
        except plain.TooLong as exc:
            self._fault(Exit.REFUSED, f"Not sent: {exc}")
            return not self._person
        if isinstance(found, Hold):
            self._held = line
            self._shown.append(Note(found.question))
            return False
        if not isinstance(found, Nothing):
            self._shown.append(Typed(line))
        self._outgoing += wire
        self._obey(found, now)
        return True

    def edited(self) -> None:
        """Learn that what Enter was to be pressed for again is being changed."""
        self._held = None

    def leave(self, now: float) -> None:
        """Say no more: at once for a person, in a pipe after the last answers."""
        if self.state is not State.OPEN:
            return
        self.state = State.LINGERING
        self._patience.begin(now)
        if self._person:
            self._finish(now)

    def receive(self, data: bytes, now: float) -> None:
        """Take in bytes from the server, cut anywhere. Never raises for any."""
        self._patience.heard(now)
        for line in self._lines.feed(data):
            said = None if line is OVERLONG else plain.decode(line)
            if said is None:
                self._shown.append(Strange(line, is_told=not self._has_strange))
                self._has_strange = True
                continue
            self._shown.append(said)
            if said.source != SERVER and self._echoes.heard(said.text):
                self._patience.progressed(now)

    def disconnected(self) -> None:
        """Learn that the server sends no more, whether it said so or was cut off."""
        if self.state is State.ENDED:
            return
        if self._lines.begun:
            self._shown.append(Note("The connection ended in the middle of a line"))
        if self.state is not State.LEAVING:
            self._shown.append(Disconnected())
            self._lose_echoes()
        self._end()

    def tick(self, now: float) -> None:
        """Learn the time; give up what has been waited for long enough."""
        deadline = self.deadline
        if deadline is None or now < deadline:
            return
        if self.state is State.LEAVING:
            self._end()
        elif now > deadline + LATE:
            self._patience.begin(now)  # not the server was late: we were stopped
        else:
            self._lose_echoes()
            self._finish(now)

    def _end_input(self, now: float) -> None:
        if self._person or self._has_input:
            self.leave(now)
        elif self.state is State.OPEN:
            self.state = State.LISTENING
            note = "No input: only listening until the server disconnects (or Ctrl-C)"
            self._shown.append(Note(note))

    def _rename(self, name: str) -> None:
        try:
            self._outgoing += plain.encode(Rename(name))
        except plain.TooLong as exc:
            self._fault(Exit.REFUSED, f"Not sent: {exc}")

    def _obey(self, found: Meaning, now: float) -> None:
        match found:
            case Explain(text):
                self._shown.append(Note(text))
            case Wrong(reason):
                self._fault(Exit.BAD_COMMAND, reason)
            case Leave():
                self.leave(now)
            case Say(text) if not self._person:
                self._echoes.expect(plain.whole(text))
            case _:
                pass  # it is on its way

    def _fault(self, code: Exit, reason: str) -> None:
        """Say what is wrong; a person has then seen it, a pipe has not."""
        self._shown.append(Note(reason))
        if not self._person:
            self._faults.add(code)

    def _lose_echoes(self) -> None:
        if count := self._echoes.missing:
            self._lose(f"{count:,} of the lines did not come back")

    def _lose(self, reason: str) -> None:
        self._faults.add(Exit.LOST)
        self._shown.append(Note(f"{reason}: they may be lost"))

    def _finish(self, now: float) -> None:
        self.state = State.LEAVING
        self._ends_at = now + DRAIN

    def _end(self) -> None:
        if self.unsent:
            self._lose(f"{self.unsent:,} bytes were not sent")
        self.state = State.ENDED


def _encoded(found: Meaning) -> bytes:
    """Return what goes to the server, if anything does; may raise TooLong."""
    return plain.encode(found) if isinstance(found, Wire) else b""
