"""Users of the chat, whatever program they use, and the record of what each said."""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from itertools import count
from typing import Final

from tests.proof.records import DIRECT, ClientRecord, IgnoredSince, Sent

TEXT: Final = r"t\d{3} [a-z ]+\."
"""The pattern of all texts: each begins with a number of its own."""
DIRECT_SIGN: Final = "@"


class Meeting:
    """What all users share: the numbers of texts, the order of steps, the crashes."""

    def __init__(self) -> None:
        self.steps = count(1)
        self.crashes = 0
        self._numbers = count(1)

    def new_text(self, words: str) -> str:
        """Return a text that nobody has said."""
        text = f"t{next(self._numbers):03} {words}."
        assert re.fullmatch(TEXT, text), text
        return text

    def direct_room(self, *names: str, crashes: int | None = None) -> str:
        """Return a name for the conversation of two users, a new one after a crash."""
        number = self.crashes if crashes is None else crashes
        return f"{DIRECT}{'+'.join(sorted(names))}/{number}"


class User(ABC):
    """A user, who is in *rooms* and may have conversations.

    A room is named without a sign, and the conversation with Ann is called ``@Ann``.
    """

    hides_ignored = False
    """Whether the program hides what ignored users say in rooms."""

    def __init__(self, meeting: Meeting, name: str, rooms: Iterable[str]) -> None:
        self.meeting, self.name = meeting, name
        self.rooms = set(rooms)
        self.past_rooms = set[str]()
        self.ignored = set[str]()
        self.is_away = False
        """Whether the user will not receive what is said now."""
        self.record = ClientRecord(name, {name})

    def say(self, room: str, words: str) -> str:
        """Type a new text in *room*, and return it."""
        text = self.compose(room, words)
        self.type_in(room, text)
        return text

    def compose(self, room: str, words: str) -> str:
        """Return a new text of this user for *room*, who has to type it."""
        text = self.meeting.new_text(words)
        readers = None
        if room.startswith(DIRECT_SIGN):
            readers = frozenset({self.record.name, room.removeprefix(DIRECT_SIGN)})
            room = self.meeting.direct_room(*readers)
        step = next(self.meeting.steps)
        self.record.sent[text] = Sent(text, [step], room=room, readers=readers)
        return text

    def rename(self, name: str) -> None:
        """Take another name."""
        self.command(f"/setname {name}")
        self.name = name
        self.record.names.add(name)

    def join(self, room: str) -> None:
        """Enter a room, and wait until the user is there."""
        self.command(f"/join {room}")
        self.rooms.add(room)

    def leave(self, room: str) -> None:
        """Leave a room, and wait until the user is not there any more."""
        self.command(f"/leave {room}")
        self.rooms.remove(room)
        self.past_rooms.add(room)

    def ignore(self, name: str) -> None:
        """Ignore a user from now on, and wait until the server knows."""
        self.command(f"/ignore {name}")
        self.ignored.add(name)
        self.record.ever_ignored.add(name)

    def ignores_now(self) -> None:
        """Record that the user knows who is ignored."""
        since = IgnoredSince(next(self.meeting.steps), frozenset(self.ignored))
        self.record.ignored.append(since)

    @abstractmethod
    def wait_until_here(self) -> None:
        """Wait until the program has entered its rooms."""

    @abstractmethod
    def command(self, line: str) -> None:
        """Type a command."""

    @abstractmethod
    def type_in(self, room: str, text: str) -> None:
        """Type *text* in *room*, as a user does."""

    @abstractmethod
    def read(self, room: str, texts: Iterable[str]) -> None:
        """Look at *room* until all of *texts* are there."""

    @abstractmethod
    def read_rename(self, room: str, name: str, to: str) -> None:
        """Look at *room* until the program says that a user has another name."""

    @abstractmethod
    def read_topic(self, room: str, topic: str) -> None:
        """Look at *room* until the program says that it has this topic."""

    @abstractmethod
    def read_unsent(self, name: str, text: str) -> None:
        """Wait until the program says that *text* is not sent to the user *name*."""

    @abstractmethod
    def notice_outage(self) -> None:
        """Wait until the program says that the server is gone."""

    @abstractmethod
    def notice_return(self) -> None:
        """Wait until the program is connected again; for some, start it again."""

    @abstractmethod
    def quit(self) -> int:
        """Leave the chat, and return the exit code of the program."""

    @abstractmethod
    def everything_received(self) -> str:
        """Return everything that the program has received or shown so far."""

    @abstractmethod
    def complete_record(self) -> None:
        """Record everything that the user has read."""

    def records(self) -> list[ClientRecord]:
        """Return the complete record, and others of what the user was shown."""
        return [self.record]
