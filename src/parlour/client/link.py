"""The server's side of a conversation: what goes to it, and what comes from it.

A link lasts for one connection after the other. It says hello at the start of each,
and does not wait for the answer: until a welcome comes, or a line that is none, it
sends what both dialects understand.
"""

from enum import Enum, auto
from math import inf
from typing import Final, assert_never

from parlour.core.events import LOBBY, SERVER, Joined, Kept, Left, Renamed, Unkept
from parlour.core.events import Missed as MissedEvent
from parlour.core.plain import said as words

from . import answers, plain, session
from .absence import Absence
from .commands import AskHistory, AskUsers, Question, Rename, Say, Search, Wire
from .cursor import Place
from .naming import Naming
from .outbox import Entry, Outbox
from .pulse import Pulse
from .session import (
    Bye,
    Failed,
    Message,
    Missed,
    Page,
    Ping,
    Pong,
    Present,
    Stored,
    Unknown,
    Welcome,
)
from .shown import Note, Said, Shown, Strange, Told

RECENT: Final = 20  # messages that a person is shown on joining
DROPPED: Final = 2.0  # seconds; who ends so soon after hello may not bear it
UNDECIDED: Final = 1.0  # seconds; who says nothing for so long knows no hello
SLOW: Final = 20.0  # seconds until one who knew it before counts as lost
MAX_TRIED: Final = 1_000  # commands sent before it is known whether it bears hello
UNKNOWN_WHERE: Final = "what was said meanwhile is not known here"
ABOUT_WORDS: Final = (
    *("message_", "empty_message", "bad_text", "bad_data", "line_too_long"),
    *("no_such_room", "storage_", "history_", "outcome_", "stopping"),
)
"""How the codes of errors begin that answer a line or a question, not a name."""

UNSURE: Final = {"outcome_unknown"}
"""Codes of errors that leave open whether a line is kept."""

LATER: Final = {"stopping"}
"""Codes of refusals of a line that is welcome on the next connection."""

FOR_GOOD: Final = {"replaced", "too_many_faults", "not_a_chat_client"}
"""Ends after which it is no use to come back."""


class Speech(Enum):
    """What is spoken on the connection."""

    UNDECIDED = auto()
    PLAIN = auto()
    SESSION = auto()


class Link:
    """Send what is in the outbox, and make of what is heard something to show."""

    def __init__(
        self, *, person: bool, name: str, token: str, returns: bool, now: float
    ) -> None:
        self.outbox, self.place = Outbox(), Place()
        self.outgoing = bytearray()
        self.shown: list[Shown] = []
        self.has_refusal = False
        self.doubtful: list[Entry] = []  # lines that may be kept already
        self.absence, self._naming = Absence(), Naming(name)
        self._person, self._token, self._returns = person, token, returns
        self._is_spurned = False  # the server ended for our hello, as it seems
        self._again: list[Entry] = []  # what it was told then, and is to be told again
        self._has_strange = False
        self.begin(now)

    def begin(self, now: float) -> None:
        """Speak first on a new connection."""
        self._said_hello = bool(self._token) and not self._is_spurned
        self.speech = Speech.UNDECIDED if self._said_hello else Speech.PLAIN
        self.bye: Bye | None = None
        self._naming.begin()
        self._again.clear()
        self._pulse, self._began, self._heard = Pulse(now), now, 0
        self._tried: list[Entry] = []
        self._present: list[str] = []
        self._held: list[Shown] | None = None  # until the recent messages came
        self.absence.connected(now)
        self.outgoing.clear()
        if self._said_hello:
            self.outgoing += session.hello(
                self._token, self._naming.wanted, self.place.cursor
            )
        else:
            self.outgoing += self._naming.tell()
            self.doubtful += self.outbox.take_tried()

    # -- to the server ------------------------------------------------------------

    def pump(self, now: float) -> None:
        """Send what may be sent."""
        if now >= self._began + DROPPED:
            self._tried.clear()
        while (entry := self.outbox.first) is not None and self._may_go(entry):
            if self.speech is Speech.SESSION:
                self._send(entry)
            else:
                self._send_plain(entry)

    def goodbye(self) -> None:
        """Say that we leave."""
        if self.speech is Speech.SESSION:
            self.outgoing += session.bye()

    def _may_go(self, entry: Entry) -> bool:
        if self.speech is Speech.SESSION:
            return True
        if self.speech is Speech.UNDECIDED:
            # Who welcomed us before will again: what goes without an id may be lost.
            if self._is_slow or not is_plain(entry.command):
                return False
            if not isinstance(entry.command, Rename):
                self.outgoing += self._naming.tell()
        return len(self._tried) < MAX_TRIED

    def _send(self, entry: Entry) -> None:
        self.outgoing += session.encode(entry.command, entry.id)
        self.outbox.sent(is_answered=True)
        if isinstance(entry.command, Rename):
            self._naming.asked(entry.command.name)

    def _send_plain(self, entry: Entry) -> None:
        command = entry.command
        self.outbox.sent(is_answered=False)
        if isinstance(command, Search):
            self.shown.append(Note("This server cannot search"))
            return
        if not is_plain(command):
            self.shown.append(Note("This server gives the last messages only"))
        self.outgoing += plain.encode(command)
        if isinstance(command, Rename):
            self._naming.asked(command.name)
        if isinstance(command, Say) and not self._person:
            self.outbox.bare.expect(plain.whole(command.text))
        if self.speech is Speech.UNDECIDED or self._heard <= 1:
            self._tried.append(entry)

    # -- from the server ----------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """When :meth:`tick` is due."""
        if self.speech is Speech.UNDECIDED:
            return self._silent_at
        if self.speech is Speech.SESSION:
            release = self._began + DROPPED if self._held is not None else inf
            return min(self._pulse.deadline, release)
        if self.absence.is_over:
            return self._silent_at
        is_full = len(self._tried) >= MAX_TRIED
        return self._began + DROPPED if is_full else None

    @property
    def _is_slow(self) -> bool:
        """Whether a server that welcomed us before has not said a word yet."""
        return self.speech is Speech.UNDECIDED and self.place.cursor is not None

    @property
    def _silent_at(self) -> float:
        """When one who has said nothing is a plain server, or is not there."""
        return self._began + (SLOW if self._is_slow else UNDECIDED)

    def tick(self, now: float) -> bool:
        """Learn the time; False if the server is not there any more."""
        if self.speech is not Speech.SESSION and now >= self._silent_at:
            if self._is_slow:
                return False
            self._decide_plain()
        if self.speech is not Speech.SESSION:
            return True
        if self._held is not None and now >= self._began + DROPPED:
            self._release()
        if self._pulse.is_lost(now):
            return False
        if self._pulse.asks(now):
            self.outgoing += session.ping("?")
        return True

    def ended(self, now: float) -> bool:
        """Know that the connection ended; True to come back at once, and speak plain.

        That is so where the server did not bear our hello. What it was told then is
        told again. If it ends as soon without one, hello was not the reason.
        """
        self._release()
        is_early = now < self._began + DROPPED and self._heard <= 1
        has_welcomed = self.place.cursor is not None
        if not self._token or has_welcomed or not is_early:
            return False
        self._is_spurned = not self._is_spurned
        if self._is_spurned:
            self.outbox.bare.forget()
            self.outbox.put_back(self._tried)
            self._again = self._tried
        return self._is_spurned

    def unreachable(self) -> None:
        """Know that nobody is there: so it was not for our hello that it ended.

        What it was told then was perhaps kept.
        """
        if self._again:
            self.doubtful += self.outbox.take(self._again)
            self._again.clear()
        if self.speech is not Speech.SESSION:
            self._is_spurned = False

    @property
    def is_over_for_good(self) -> bool:
        """Whether the server said that it is no use to come back."""
        return self.bye is not None and self.bye.code in FOR_GOOD

    def receive(self, line: bytes, now: float) -> bool:
        """Take in a line; True if it acknowledges something."""
        self._pulse.heard(now)
        if self.speech is Speech.SESSION:
            return self._hear_session(line)
        if self._said_hello and not self._heard:  # it may only be slow
            heard = session.decode(line)
            if isinstance(heard, Welcome):
                self._welcomed(heard, line)
                return True
        return self._hear_plain(line)

    def strange(self, line: bytes) -> None:
        """Show that a line makes no sense; a person is told the first time."""
        self._show(Strange(line, is_told=not self._has_strange))
        self._has_strange = True

    def _hear_plain(self, line: bytes) -> bool:
        said = plain.decode(line)
        if said is None:
            self.strange(line)
            return False
        self._heard += 1
        if self._heard > 1:
            self._tried.clear()
        self._decide_plain()
        self._show(said)
        return said.source != SERVER and self.outbox.bare.heard(said.text)

    def _decide_plain(self) -> None:
        if self.speech is Speech.UNDECIDED:
            self.speech = Speech.PLAIN
            self.outgoing += self._naming.tell()
            self.doubtful += self.outbox.take_tried()
        self._tell_return(UNKNOWN_WHERE)

    def _welcomed(self, welcome: Welcome, line: bytes) -> None:
        is_first = self.place.cursor is None
        self.speech = Speech.SESSION
        self._naming.welcomed(welcome.you)
        asked = [e for e in self._tried if isinstance(e.command, Question)]
        self.outbox.expect_answers(asked)
        self._tried.clear()
        self._show(Told(line=line))
        caught_up = self.place.welcomed(
            welcome.epoch, welcome.sequence, recovered=welcome.recovered
        )
        if caught_up is not None:  # else a gap is told first
            count = "1 message" if caught_up == 1 else f"{caught_up:,} messages"
            self._tell_return(f"{count} caught up" if caught_up else "")
        if is_first and self._person and welcome.sequence and not asked:
            recent = AskHistory(RECENT, welcome.sequence + 1)
            self.outgoing += session.encode(recent)
            self._held = []

    def _hear_session(self, line: bytes) -> bool:  # noqa: C901 -- a row a word
        heard = session.decode(line)
        match heard:
            case None:
                self.strange(line)
            case Message(sequence, time, source, text):
                if self.place.hears(sequence):
                    self._tell_return("what was said meanwhile is lost")  # if untold
                    self._show(Said(source, text, line, time))
            case Stored(line_id):
                self._show(Told(line=line))
                return self.outbox.settled(line_id)
            case Failed():
                return self._failed(heard, line)
            case Page():
                return self._paged(heard, line)
            case Present(names, more):
                return self._listed(names, line, more=more)
            case Joined() | Left() | Renamed() | Unkept() | Kept():
                if isinstance(heard, Renamed):
                    self._naming.renamed(heard.name, heard.to)
                self._show(Said(*words(heard), line))
            case Missed():
                self._missed(heard, line)
            case Ping(token):
                self.outgoing += session.pong(token)
            case Bye():
                self.bye = heard
                if heard.code != "bye":
                    self._show(Said(SERVER, heard.reason, line))
            case Welcome() | Pong() | Unknown():
                self._show(Told(line=line))
            case _:
                assert_never(heard)
        return False

    def _failed(self, failed: Failed, line: bytes) -> bool:
        if not failed.code.startswith(ABOUT_WORDS) and not failed.id:
            is_news = self._naming.refused(failed.code)
            told = Said(SERVER, failed.reason, line)
            self._show(told if is_news else Told(line=line))
            self.outgoing += self._naming.fall_back()
            return False
        is_postponed = self._returns and failed.code in LATER
        if is_postponed and self.outbox.postponed(failed.id):
            self._show(Told(line=line))  # that the server ends is told anyway
            return True
        self._show(Said(SERVER, failed.reason, line))
        if failed.id and failed.code in UNSURE:
            return True  # it is sent again if we come back
        if self.outbox.settled(failed.id):
            self.has_refusal = True
            return True
        return self.outbox.answered(AskHistory, Search, AskUsers) is not None

    def _paged(self, page: Page, line: bytes) -> bool:
        if self._held is not None and not page.is_found:
            held, self._held = self._held, None
            self.shown += answers.recent(page, line) + held
            return True
        asked = self.outbox.answered(Search if page.is_found else AskHistory)
        tell = answers.found if page.is_found else answers.history
        for each in tell(page, asked, line):
            self._show(each)
        return asked is not None

    def _listed(self, names: tuple[str, ...], line: bytes, *, more: bool) -> bool:
        self._present += names
        if more:
            self._show(Told(line=line))
            return True
        present, self._present = self._present, []
        self._show(Told(answers.present(present), line))
        return self.outbox.answered(AskUsers) is not None

    def _missed(self, missed: Missed, line: bytes) -> None:
        self.place.jumped(missed.resume_after, back=missed.events is None)
        if self.absence.is_over:
            self._show(Told(line=line))
            if missed.events is None:
                self._tell_return("what was said meanwhile is lost")
            else:
                are = "message is" if missed.events == 1 else "messages are"
                count = f"{missed.events:,} {are}"
                self._tell_return(f"{count} older than this server keeps")
        else:
            event = MissedEvent(LOBBY, missed.events, missed.resume_after)
            self._show(Said(*words(event), line))

    # -- to the person ------------------------------------------------------------

    def _show(self, item: Shown) -> None:
        if self._held is None:
            self.shown.append(item)
        else:
            self._held.append(item)

    def _release(self) -> None:
        held, self._held = self._held, None
        self.shown += held or []

    def _tell_return(self, what: str) -> None:
        """Say once in how long, and to what, we have come back."""
        self.shown += self.absence.end(what)


def is_plain(command: Wire) -> bool:
    """Tell whether a plain server understands all of *command*."""
    if isinstance(command, AskHistory):
        return command.limit is None and command.before is None
    return not isinstance(command, Search)
