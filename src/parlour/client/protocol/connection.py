"""The server's side of a conversation: what goes to it, and what comes from it.

A link lasts for one connection after the other. It says hello at the start of each,
and does not wait for the answer: until a welcome comes, or it is known that none will,
it sends what both dialects understand.
"""

from math import inf
from typing import Final

from parlour.core.events import SERVER
from parlour.core.protocol.lines import OVERLONG, LineSplitter

from . import plain, session_encoder
from .cursor import HistoryCursor
from .display_items import ProtocolLine
from .display_queue import DisplayQueue
from .early_lines import EarlyLines, refuses_hello, turns_away
from .event_handler import EventHandler, counted
from .heartbeat import Heartbeat
from .initial_name import InitialName
from .negotiation import DROPPED, Negotiation, Spoken
from .nickname import Nickname
from .outbox import Entry, Outbox
from .pending_lines import OverdueAnswer
from .requests import AskHistory, AskUsers, Rename, Say, Search
from .send_buffer import SendBuffer
from .session_decoder import decode
from .session_encoder import Failed, Welcome

MAX_SERVER_LINE: Final = 4 << 20  # bytes; old servers send a history as one line
RECENT: Final = 20  # messages that a person is shown on joining
UNKNOWN_WHERE: Final = "what was said meanwhile is not known here"


class Connection:
    """Send what is in the outbox, and make of what is heard something to show."""

    def __init__(
        self,
        view: DisplayQueue,
        outbox: Outbox,
        *,
        person: bool,
        name: str,
        token: str,
        returns: bool,
        completes: bool,
        any_name: bool,
        now: float,
    ) -> None:
        self.outbox, self.outgoing = outbox, SendBuffer()
        self.doubtful: list[Entry] = []  # lines that may be kept already
        self._view, self._person = view, person
        # Who never comes back has no use for a name that is held for it.
        self._token = token if returns else ""
        self._place, self._naming, self._completes = (
            HistoryCursor(),
            Nickname(name),
            completes,
        )
        self.gate = InitialName(self._naming, view, person=person, any_name=any_name)
        self._trial = Negotiation(self._place, can_greet=bool(token))
        self.hearing = EventHandler(
            view, outbox, self._place, self._naming, self.outgoing, returns=returns
        )
        self.begin(now)

    def begin(self, now: float) -> None:
        """Speak first on a new connection."""
        self._trial.begin(now)
        self.hearing.begin()
        self._naming.begin()
        self.gate.begin()
        self._lines = LineSplitter(MAX_SERVER_LINE)
        self._pulse, self._early = Heartbeat(now), EarlyLines()
        # Nothing is sent to who welcomed us before until it does so again.
        self.silence = OverdueAnswer(is_late=self._trial.is_slow)
        self._began = now
        self._view.absence.connected(now)
        self.outgoing.clear()
        if self._trial.greets:
            name, cursor = self._naming.wanted, self._place.cursor
            self.outgoing.add(session_encoder.hello(self._token, name, cursor))
        else:
            self._speak_plain()

    @property
    def heard_at(self) -> float:
        """When the server was heard last; if never, when the connection began."""
        return self._pulse.heard_at

    @property
    def speaks_session(self) -> bool:
        """Whether the server has welcomed us."""
        return self._trial.speech is Spoken.SESSION

    # -- to the server ------------------------------------------------------------

    def cut_off(self) -> int:
        """Let wait again what may be sent again, and return how many lines may not."""
        self.outgoing.clear()
        self.outbox.cut_off()
        return self.outbox.bare.forget()

    def pump(self, now: float) -> None:
        """Send what may be sent."""
        self._trial.look(now)
        if self.gate.is_shut:
            if self.outbox.first is not None and not self._trial.is_slow:
                self.outgoing.add(self.gate.ask(now, in_words=not self.speaks_session))
            return
        while (entry := self.outbox.first) is not None and self._may_go(entry):
            if self.speaks_session:
                self.silence.asked(now)
                self._send(entry)
            else:
                self._send_plain(entry)

    def goodbye(self) -> None:
        """Say that we leave."""
        if self.speaks_session:
            self.outgoing.add(session_encoder.bye())

    def _may_go(self, entry: Entry) -> bool:
        if self.speaks_session:
            return True
        if self._trial.speech is Spoken.UNDECIDED:
            # Who welcomed us before will again: what goes without an id may be lost.
            if self._trial.is_slow or not plain.can_ask(entry.command):
                return False
            if not isinstance(entry.command, Rename):
                self.outgoing.add(self._naming.tell())
        return self._trial.has_room

    def _send(self, entry: Entry) -> None:
        self.outgoing.add(session_encoder.encode(entry.command, entry.id))
        self.outbox.sent(is_answered=True)
        if isinstance(entry.command, Rename):
            self._naming.asked(entry.command.name)

    def _send_plain(self, entry: Entry) -> None:
        command = entry.command
        self.outbox.sent(is_answered=False)
        if isinstance(command, Search):
            self._view.note("This server cannot search")
            return
        if not plain.can_ask(command):
            self._view.note("This server gives the last messages only")
        self.outgoing.add(plain.encode(command))
        if isinstance(command, Rename):
            self._naming.asked(command.name)
        if isinstance(command, Say) and not self._person:
            self.outbox.bare.expect(plain.whole(command.text))
        self._trial.told(entry)

    def _speak_plain(self) -> None:
        """Begin to speak to one who has not heard a hello, or made nothing of it."""
        self.outgoing.add(self._naming.tell())
        self.doubtful += self.outbox.take_tried()

    # -- from the server ----------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """When :meth:`tick` is due."""
        if self.speaks_session:
            gate, silence = self.gate.until, self.silence.late_at
            return min(self._pulse.deadline, self._view.holds_until, gate, silence)
        is_undecided = self._trial.speech is Spoken.UNDECIDED
        is_waiting = is_undecided or self._view.absence.is_over
        decided_at = self._trial.decided_at if is_waiting else inf
        over_at = inf if self._trial.has_room else self._trial.over_at
        deadline = min(decided_at, over_at, self.gate.until)
        return None if deadline == inf else deadline

    def tick(self, now: float) -> bool:
        """Learn the time; False if the server is not there any more."""
        self.gate.tick(now, is_sure=self.speaks_session)
        if not self.speaks_session:
            if now < self._trial.decided_at:
                return True
            if self._trial.is_slow and self._trial.is_silent:
                return False
            self._decide_plain()
            return True
        self._view.tick(now)
        if self._pulse.is_lost(now):
            return False
        if self._pulse.asks(now):
            self.silence.asked(now)
            self.outgoing.add(session_encoder.ping("?"))
        self.silence.look(now)
        return True

    def ended(self, now: float) -> bool:
        """Know that the connection ended; True to come back at once, and speak plain.

        That is so where the server did not bear our hello. What it was told then is
        told again.
        """
        self._view.release()
        again = self._trial.spurned(now)
        if again is None:
            return False
        self.outbox.bare.forget()
        self.outbox.put_back(again)
        return True

    def unreachable(self) -> None:
        """Know that nobody is there, and what may be kept by who was there before."""
        self.doubtful += self.outbox.take(self._trial.unreachable())

    @property
    def is_within_line(self) -> bool:
        """Whether the server has sent a part of a line, and not its end."""
        return self._lines.begun

    def receive(self, data: bytes, now: float) -> bool:
        """Take in bytes, cut anywhere; True if they acknowledge something."""
        self._pulse.heard(now)
        self._view.absence.heard(now)
        is_progress = False
        for line in self._lines.feed(data):
            if line is OVERLONG:
                self._view.strange(line)
            else:
                is_progress |= self._hear(line, now)
        self.silence.heard(now, is_owed=self.outbox.is_owed)
        return is_progress

    def _hear(self, line: bytes, now: float) -> bool:
        """Take in a line; True if it acknowledges something."""
        if self.speaks_session:
            is_progress = self.hearing.hear(line)
            self.gate.check()
            self._show_early()
            return is_progress
        if self._trial.awaits_welcome:
            heard = decode(line)
            if isinstance(heard, Welcome):
                self._welcomed(heard, line, now)
                self.gate.check()
                return True
            if isinstance(heard, Failed):
                self._decide_plain()  # it is the answer to our hello
        return self._hear_plain(line, now)

    def _welcomed(self, welcome: Welcome, line: bytes, now: float) -> None:
        before = self._place.cursor
        is_replayed = self._place.is_before(welcome.epoch, welcome.sequence)
        self._naming.welcomed(welcome.you)
        asked = self._trial.welcomed()
        self.outbox.expect_answers(asked)
        self._view.hear(ProtocolLine(line))
        caught_up = self._place.welcomed(
            welcome.epoch, welcome.sequence, recovered=welcome.recovered
        )
        if caught_up is not None:  # else a gap is told first
            count = counted(caught_up)
            self._view.tell_return(f"{count} caught up" if caught_up else "")
        if is_replayed:  # what was said in the plain lines is told again
            self._show_early(notices=True)
        if self._completes and AskUsers not in {type(entry.command) for entry in asked}:
            self.outgoing.add(session_encoder.encode(AskUsers()))
            self.hearing.expect_names()
        older = welcome.sequence - self._early.messages
        if before is None and self._person and older > 0 and not asked:
            self.outgoing.add(session_encoder.encode(AskHistory(RECENT, older + 1)))
            self._view.hold(now + max(DROPPED, now - self._began))

    def _hear_plain(self, line: bytes, now: float) -> bool:
        said = plain.decode(line)
        if said is None:
            self._view.strange(line)
            return False
        is_first = self._trial.is_silent
        self._trial.heard(now)
        if is_first and turns_away(said):
            is_news = self._trial.turned_away(said.text)
            self._view.hear(said if is_news else ProtocolLine(line))
            return False
        if self._trial.is_slow:
            self._early.hold(said)
            if self._early.is_full or refuses_hello(said):
                self._decide_plain()
            return False
        is_echo = said.source != SERVER and self.outbox.bare.heard(said.text)
        if is_echo or refuses_hello(said):  # it has made nothing of our hello
            self._decide_plain()
        self.outgoing.add(self._naming.tell())
        self._view.tell_return(UNKNOWN_WHERE)
        self._early.show(said)
        self._view.hear(said)
        if said.source == SERVER:
            self.gate.told(said.text)
        return is_echo

    def _show_early(self, *, notices: bool = False) -> None:
        """Show what was held back until it was known what is spoken."""
        for said in self._early.take(notices=notices):
            self._view.hear(said)

    def _decide_plain(self) -> None:
        if self._trial.ignored():
            self._speak_plain()
        self._view.tell_return(UNKNOWN_WHERE)
        self._show_early()
