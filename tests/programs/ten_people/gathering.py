"""The ten users, what they do together, and what each of them has to read."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from tests.proof.records import LOBBY, Sent

from ..sandbox import Sandbox
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
    """Ten users of a server on *port*: what each says, all others in the room read."""

    def __init__(self, sandbox: Sandbox, port: int) -> None:
        self.meeting = meeting = Meeting()
        place = meeting, sandbox, port
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
        for user in self.users:
            user.wait_until_here()

    @property
    def users(self) -> Sequence[User]:
        """All users, in the order in which they speak."""
        terminals = self.ann, self.ben, self.cleo, self.dan
        return [*terminals, self.eve, self.fay, self.gus, self.jan]

    def talk(self, words: str, users: Iterable[User]) -> None:
        """Let each of *users* say something in each of their rooms."""
        for user in users:
            for room in sorted(user.rooms):
                text = user.say(room, words)
                readers = {
                    each.record.name
                    for each in self.users
                    if room in each.rooms
                    and user.name not in each.ignored
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

    def start_conversation(self, pipe: PipeUser, terminal: TerminalUser) -> None:
        """Let two users talk alone. The first one does not go to the conversation."""
        text = pipe.compose(DIRECT_SIGN + terminal.name, "alone")
        pipe.write_to(terminal.name, text)
        terminal.read(DIRECT_SIGN + pipe.name, [text])
        self.whisper(terminal, pipe)
        self.whisper(pipe, terminal)

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

    def write_in_vain(self, user: User, other: User) -> None:
        """Let *user* write to *other* while the server is down."""
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
        return self.eve.epoch_of(LOBBY)

    def end(self) -> dict[str, int]:
        """Let everybody leave, and return the exit codes that report a failure."""
        statuses = {user.name: user.quit() for user in self.users}
        return {name: status for name, status in statuses.items() if status}
