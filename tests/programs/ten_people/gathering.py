"""The ten users, what they do together, and what each of them has to read."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from tests.proof.records import LOBBY

from ..sandbox import Sandbox
from .pipe_user import PipeUser
from .student import Student
from .terminal_user import TerminalUser
from .users import DIRECT_SIGN, Meeting, User

DEV: Final = "dev"
TEA: Final = "чай"
ROOMS: Final = (LOBBY, DEV, TEA)


class Said(NamedTuple):
    """Who said a text."""

    by: str
    text: str


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
                said = Said(user.name, user.say(room, words))
                self._unread.setdefault(room, []).append(said)

    def read_all(self) -> None:
        """Let everybody read what was said in their rooms."""
        for user in self.users:
            for room in sorted(user.rooms & self._unread.keys()):
                said = self._unread[room]
                user.read(
                    room, [each.text for each in said if each.by not in user.ignored]
                )
        self._unread.clear()

    def whisper(self, user: User, other: User, words: str) -> None:
        """Let *user* say something to *other* in their conversation, and both read it."""
        text = user.say(DIRECT_SIGN + other.name, words)
        user.read(DIRECT_SIGN + other.name, [text])
        other.read(DIRECT_SIGN + user.name, [text])
