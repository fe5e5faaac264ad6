"""A fake chat with a history in memory."""

from collections.abc import Collection, Sequence

from parlour.core.entries import Batch, Erased, RoomClosed, RoomOpened, Said, Target
from parlour.core.events import (
    LOBBY,
    ListedRoom,
    Refused,
    RoomName,
    SessionId,
    Snapshot,
    User,
)
from parlour.core.ports import Peer
from parlour.core.sessions.own_rooms import OwnRooms
from parlour.core.storage import Numbering, Page, Query, StorageError, consecutive
from parlour.history.retention import Retention
from parlour.journal.memory import MemoryStore

NOON = 1_700_049_600.0  # seconds: Wednesday 15 November 2023, 12:00 in UTC
EPOCH = "e" * 32
NOBODY = SessionId(0)


def sparse(sequence: int) -> int:
    """Return the next sequence, of which most are missing."""
    return sequence + 100


def numbers(first: int, last: int) -> list[str]:
    """Return the texts of numbered messages."""
    return [f"{number}" for number in range(first, last + 1)]


class FakeChat:
    """A chat in which a test sends messages, a minute apart.

    While *failure* is set, every query raises it.
    """

    def __init__(
        self, max_messages: int = 1_000_000, numbering: Numbering = consecutive
    ) -> None:
        self.history = MemoryStore(
            Retention(max_messages), epoch=EPOCH, numbering=numbering
        )
        self.users: tuple[User, ...] = ()
        self.failure: StorageError | None = None
        self.banned: set[str] = set()
        """Addresses, and names of accounts."""
        self.late: list[str] = []
        """Messages sent after a snapshot and before the next read."""
        self._topics: dict[RoomName, str] = {LOBBY: ""}
        self._closed: set[RoomName] = set()
        self._private: set[RoomName] = set()
        self.pace = 60.0
        """The seconds between two messages."""
        self._now = NOON

    def open_room(self, name: str, topic: str = "") -> None:
        """Open a room, or open it with another topic."""
        room = RoomName(name)
        self._topics[room] = topic
        self._closed.discard(room)
        self._append(RoomOpened(room, NOBODY))

    def close_room(self, name: str) -> None:
        """Close a room, which keeps its history."""
        room = RoomName(name)
        self._closed.add(room)
        self._append(RoomClosed(room))

    def make_private(self, name: str) -> None:
        """Make a room private. No account is in it."""
        self._private.add(RoomName(name))

    def send(self, source: str, *texts: str, room: str = LOBBY) -> None:
        for text in texts:
            self._append(Said(RoomName(room), source, text, NOBODY))
            self._now += self.pace

    def erase(self, sequence: int, room: str = LOBBY) -> None:
        """Erase a message."""
        self._append(Erased(NOBODY, "", RoomName(room), sequence, Target("Romeo")))

    def set_users(self, names: Sequence[str]) -> None:
        """Let the users of every open room be *names*."""
        self.users = tuple(User(name, NOON) for name in sorted(names))

    def snapshot(
        self,
        room: RoomName,
        account: str = "",  # noqa: ARG002 -- nobody is in a private room
    ) -> Snapshot | None:
        self._raise_failure()
        if room not in self._topics or room in self._private:
            return None
        topic, is_open = self._topics[room], room not in self._closed
        users = self.users if is_open else ()
        snapshot = Snapshot(users, EPOCH, self._heads()[room], room, topic, is_open)
        self.send("Late", *self.late)
        return snapshot

    def readable(
        self,
        rooms: Collection[RoomName],
        peer: Peer,  # noqa: ARG002 -- nobody is banned from a room
        account: str,  # noqa: ARG002 -- nobody is in a private room
    ) -> dict[RoomName, int | Refused]:
        self._raise_failure()
        heads = self._heads()
        visible = self._topics.keys() - self._private
        return {room: heads[room] for room in rooms if room in visible}

    def own_rooms(self, account: str) -> OwnRooms:  # noqa: ARG002 -- nobody has any
        self._raise_failure()
        return OwnRooms()

    def rooms(self) -> list[ListedRoom]:
        self._raise_failure()
        return [
            ListedRoom(room, topic, len(self.users))
            for room, topic in sorted(self._topics.items())
            if room not in self._closed | self._private
        ]

    def ban(
        self, peer: Peer, account: str, room: RoomName | None = None
    ) -> Refused | None:
        self._raise_failure()
        is_banned = room is None and (
            peer.host in self.banned or account in self.banned
        )
        return Refused("banned", "you are banned") if is_banned else None

    def read(self, query: Query) -> Page:
        self._raise_failure()
        return self.history.read(query)

    def _heads(self) -> dict[RoomName, int]:
        return {each.name: each.sequence for each in self.history.load().rooms}

    def _append(self, entry: Said | Erased | RoomOpened | RoomClosed) -> None:
        self.history.append(Batch(self._now, (entry,)))

    def _raise_failure(self) -> None:
        if self.failure is not None:
            raise self.failure
