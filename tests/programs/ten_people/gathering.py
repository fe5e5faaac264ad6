"""The ten users, what they do together, and what each of them has to read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from tests.gateways.web.browser import Visits
from tests.gateways.web.site import Site
from tests.proof.records import LOBBY, Sent

from ..sandbox import Sandbox
from .page_user import PageUser
from .pipe_user import PipeUser
from .student import Student
from .terminal_user import TerminalUser
from .users import DIRECT_SIGN, Meeting, User

DEV: Final = "dev"
TEA: Final = "чай"
ROOMS: Final = (LOBBY, DEV, TEA)


class Said(NamedTuple):
    """A text, and the names of those who have to read it."""

    text: str
    readers: frozenset[str]


class Gathering:
    """Ten users of a server: what each says, all others in the room read."""

    def __init__(self, sandbox: Sandbox, visit: Visits, site: Site) -> None:
        self.meeting = meeting = Meeting()
        place = meeting, sandbox, site.port
        self.ann = TerminalUser(*place, "async", "Ann", [LOBBY, DEV])
        self.ben = TerminalUser(*place, "threads", "Ben", [TEA, LOBBY])
        self.cleo = TerminalUser(*place, "async", "Cleo", [DEV, TEA], shows_all=True)
        self.dan = TerminalUser(
            *place, "threads", "Dan", [LOBBY, DEV, TEA], shows_all=True
        )
        self.eve = PipeUser(*place, "async", "Eve", [LOBBY, DEV])
        self.fay = PipeUser(*place, "threads", "Fay", [DEV, TEA])
        self.gus = PipeUser(*place, "async", "Gus", [TEA, LOBBY])
        self.jan = Student(*place, "Jan")
        self._unsent: list[tuple[User, User, str]] = []
        self._unread = dict[str, list[Said]]()  # by room
        self.terminals = self.ann, self.ben, self.cleo, self.dan
        self.pipes = self.eve, self.fay, self.gus
        for user in (*self.terminals, *self.pipes, self.jan):
            user.wait_until_here()  # the pages find the rooms open
        self.hana = PageUser(meeting, visit, site.url, "Hana", [LOBBY, DEV])
        self.ivo = PageUser(meeting, visit, site.url, "Ivo", [TEA, LOBBY])
        self.pages = self.hana, self.ivo
        for page in self.pages:
            page.wait_until_here()
        self.users: Sequence[User]
        self.users = *self.terminals, *self.pipes, self.jan, *self.pages
        """All users, in the order in which they speak."""

    def talk(self, words: str, users: Iterable[User]) -> None:
        """Let each of *users* say something in each of their rooms."""
        for user in users:
            for room in sorted(user.rooms):
                text = user.say(room, words)
                readers = {
                    each.record.name
                    for each in self.users
                    if room in each.rooms
                    and not (each.hides_ignored and user.name in each.ignored)
                    and not each.is_away
                }
                said = Said(text, frozenset(readers))
                self._unread.setdefault(room, []).append(said)

    def read_all(self) -> None:
        """Let everybody read what was said in their rooms."""
        for user in self.users:
            for room in sorted(user.rooms & self._unread.keys()):
                said = self._unread[room]
                user.read(
                    room,
                    [each.text for each in said if user.record.name in each.readers],
                )
        self._unread.clear()

    def in_room(self, room: str) -> Sequence[User]:
        """Return the users in *room*."""
        return [user for user in self.users if room in user.rooms]

    def start_conversations(self) -> None:
        """Let two pairs talk alone. Eve does not go to the conversation first."""
        text = self.eve.compose(DIRECT_SIGN + self.dan.name, "alone")
        self.eve.write_to(self.dan.name, text)
        self.dan.read(DIRECT_SIGN + self.eve.name, [text])
        self.whisper(self.dan, self.eve)
        self.whisper(self.eve, self.dan)
        self.ann.open_conversation(self.hana.name)
        self.whisper(self.ann, self.hana)
        self.whisper(self.hana, self.ann)

    def whisper(self, user: User, other: User) -> None:
        """Let *user* say something to *other* alone, and both read it."""
        text = user.say(DIRECT_SIGN + other.name, "alone")
        user.read(DIRECT_SIGN + other.name, [text])
        other.read(DIRECT_SIGN + user.name, [text])

    def whisper_in_vain(self, user: PipeUser, other: User) -> None:
        """Let *user* write to *other*, who ignores that."""
        text = user.compose(DIRECT_SIGN + other.name, "not for your eyes")
        user.write_to(other.name, text)
        user.read(DIRECT_SIGN + other.name, [text])

    def write_in_vain(self) -> None:
        """Let all who talk alone write to each other while the server is down."""
        pairs = (self.eve, self.dan), (self.ann, self.hana)
        for user, other in (*pairs, *(pair[::-1] for pair in pairs)):
            text = user.say(DIRECT_SIGN + other.name, "not sent")
            user.record.sent[text].is_abandoned = True
            self._unsent.append((user, other, text))

    def read_what_is_unsent(self) -> None:
        """Let the writers read that these lines were not sent."""
        for user, other, text in self._unsent:
            user.read_unsent(other.name, text)

    def private_texts(self) -> set[str]:
        """Return the texts that are only for one other user."""
        return {text for text, sent in self._sent() if sent.readers is not None}

    def public_texts(self) -> set[str]:
        """Return the texts that everybody may read."""
        return {text for text, sent in self._sent() if sent.readers is None}

    def _sent(self) -> Iterator[tuple[str, Sent]]:
        return chain.from_iterable(each.record.sent.items() for each in self.users)

    @property
    def epoch(self) -> str:
        """The epoch of the lobby, as the first program has received it."""
        return self.eve.lobby_epoch

    def end(self) -> dict[str, int]:
        """Let everybody leave, and return the exit codes that report a failure."""
        statuses = {user.name: user.quit() for user in self.users}
        return {name: status for name, status in statuses.items() if status}
