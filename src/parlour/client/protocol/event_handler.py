"""What a server of the session dialect says to us, and what follows from it."""

from typing import Final, assert_never

from parlour.core.events import (
    LOBBY,
    SERVER,
    Joined,
    Left,
    Renamed,
    StorageFailed,
    StorageRecovered,
)
from parlour.core.events import Missed as MissedEvent
from parlour.core.protocol.plain import said as words

from . import answers, session_encoder
from .cursor import HistoryCursor
from .display_items import Answer, ChatMessage, ProtocolLine, UserList
from .display_queue import DisplayQueue
from .nickname import Nickname
from .outbox import Outbox
from .requests import AskHistory, AskUsers, Search
from .send_buffer import SendBuffer
from .session_decoder import decode
from .session_encoder import (
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

MAX_PRESENT: Final = 20_000  # names that are kept of those who are here
MAX_PRESENT_SIZE: Final = 1 << 20  # their characters
MAX_COUNT: Final = 1_000_000  # messages; of more, nobody need know how many
LOST: Final = "what was said meanwhile is lost"
ABOUT_WORDS: Final = (
    *("message_", "empty_message", "bad_text", "bad_data", "line_too_long"),
    *("no_such_room", "storage_", "history_", "outcome_", "stopping"),
)
"""How the codes of errors begin that answer a line or a question, not a name."""

ENDINGS: Final = {
    "ping_timeout": "the connection is closed: this client did not answer in time",
}
"""What is said of ends whose reason, as some servers spell it, sounds like talk."""

UNSURE: Final = {"outcome_unknown"}
"""Codes of errors that leave open whether a line is kept."""

LATER: Final = {"stopping"}
"""Codes of refusals of a line that is welcome on the next connection."""

FOR_GOOD: Final = {"replaced", "too_many_faults", "not_a_chat_client"}
"""Ends after which it is no use to come back."""


class EventHandler:
    """Make of one line after the other what is shown, and note what it settles.

    What is to be answered at once goes to *outgoing*.
    """

    def __init__(
        self,
        view: DisplayQueue,
        outbox: Outbox,
        place: HistoryCursor,
        naming: Nickname,
        outgoing: SendBuffer,
        *,
        returns: bool,
    ) -> None:
        self.has_refusal = False
        self._view, self._outbox, self._outgoing = view, outbox, outgoing
        self._place, self._naming, self._returns = place, naming, returns
        self.begin()

    def begin(self) -> None:
        """Know that there is a new connection."""
        self.bye: Bye | None = None
        self._present: list[str] = []
        self._present_size = 0
        self._is_quiet = False  # the next list of who is here was not asked by hand
        self._is_listing = False  # a list was begun, and another line of it follows

    @property
    def is_over_for_good(self) -> bool:
        """Whether the server said that it is no use to come back."""
        return self.bye is not None and self.bye.code in FOR_GOOD

    def expect_names(self) -> None:
        """Record that we ask who is here, for completion, before any such question."""
        self._is_quiet = True

    def hear(self, line: bytes) -> bool:  # noqa: C901 -- a row a word
        """Take in a line; True if it acknowledges something."""
        heard = decode(line)
        match heard:
            case None:
                self._view.strange(line)
            case Message(sequence, time, source, text):
                if self._place.hears(sequence):
                    self._view.tell_return(LOST)  # if untold
                    self._view.hear(ChatMessage(source, text, line, time))
            case Stored(line_id):
                self._view.hear(ProtocolLine(line))
                return self._outbox.settled(line_id, is_stored=True)
            case Failed():
                return self._failed(heard, line)
            case Page():
                return self._paged(heard, line)
            case Present(names, more):
                return self._listed(names, line, more=more)
            case Joined() | Left() | Renamed() | StorageFailed() | StorageRecovered():
                if isinstance(heard, Renamed):
                    self._naming.renamed(heard.name, heard.to)
                self._view.hear(ChatMessage(*words(heard), line))
            case Missed():
                self._missed(heard, line)
            case Ping(token):
                self._outgoing.answer(session_encoder.pong(token))
            case Bye():
                self.bye = heard
                if heard.code != "bye":
                    reason = ENDINGS.get(heard.code, heard.reason)
                    self._view.hear(ChatMessage(SERVER, reason, line))
            case Welcome() | Pong() | Unknown():
                self._view.hear(ProtocolLine(line))
            case _:
                assert_never(heard)
        return False

    def _failed(self, failed: Failed, line: bytes) -> bool:
        if not failed.code.startswith(ABOUT_WORDS) and not failed.id:
            is_news = self._naming.refused(failed.code)
            told = ChatMessage(SERVER, failed.reason, line)
            self._view.hear(told if is_news else ProtocolLine(line))
            self._outgoing.answer(self._naming.fall_back())
            return False
        is_postponed = self._returns and failed.code in LATER
        if is_postponed and self._outbox.postponed(failed.id):
            self._view.hear(ProtocolLine(line))  # that the server ends is told anyway
            return True
        self._view.hear(ChatMessage(SERVER, failed.reason, line))
        if failed.id and failed.code in UNSURE:
            return True  # it is sent again if we come back
        if self._outbox.settled(failed.id):
            self.has_refusal = True
            return True
        return self._outbox.answered(AskHistory, Search, AskUsers) is not None

    def _paged(self, page: Page, line: bytes) -> bool:
        if self._view.holds and not page.is_found:
            self._view.release(*answers.recent(page, line))
            return True
        asked = self._outbox.answered(Search if page.is_found else AskHistory)
        tell = answers.found if page.is_found else answers.history
        for each in tell(page, asked, line):
            self._view.hear(each)
        return asked is not None

    def _listed(self, names: tuple[str, ...], line: bytes, *, more: bool) -> bool:
        self._view.show(UserList(names, is_first=not self._is_listing))
        self._is_listing = more
        if self._is_quiet:
            self._is_quiet = more
            return False
        self._present_size += sum(map(len, names))
        is_full = self._present_size > MAX_PRESENT_SIZE
        if not is_full and len(self._present) < MAX_PRESENT:
            self._present += names
        if more:
            self._view.hear(ProtocolLine(line))
            return True
        present, self._present, self._present_size = self._present, [], 0
        self._view.hear(Answer(answers.present(present), line))
        return self._outbox.answered(AskUsers) is not None

    def _missed(self, missed: Missed, line: bytes) -> None:
        self._place.jumped(missed.resume_after, back=missed.events is None)
        if self._view.absence.is_over:
            self._view.hear(ProtocolLine(line))
            if missed.events is None:
                self._view.tell_return(LOST)
            else:
                are = "is" if missed.events == 1 else "are"
                count = f"{counted(missed.events)} {are}"
                self._view.tell_return(f"{count} older than this server keeps")
        else:
            known = missed.events is not None and missed.events <= MAX_COUNT
            events = missed.events if known else None
            event = MissedEvent(LOBBY, events, missed.resume_after)
            self._view.hear(ChatMessage(*words(event), line))


def counted(messages: int) -> str:
    """Return how many *messages*, as a server told it, in words."""
    if messages > MAX_COUNT:
        return f"more than {MAX_COUNT:,} messages"
    return "1 message" if messages == 1 else f"{messages:,} messages"
