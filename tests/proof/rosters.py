"""The user lists that a client keeps, one for each of its rooms."""

from collections import Counter
from typing import Any

from .records import DIRECT, ClientRecord, ComparedUsers


class Rosters:
    """The user lists of the rooms of one connection.

    A client requests a list when it enters a room, and again after a gap. Joins, leaves
    and renames update it. The order of a rename and of lines about other rooms is not
    defined. So two entries may have the same name for a while, and a leave may name a
    user by an earlier or a later name. When a join or a list has a name that a rename
    has replaced, the client requests the list again.
    """

    def __init__(self, record: ClientRecord) -> None:
        self._record = record
        self._users = dict[str, Counter[str]]()  # of the rooms that were listed
        self._entered = set[str]()
        self._left_early = Counter[tuple[str, str]]()  # under names not known yet
        self._renamed = dict[str, str]()
        self._former = set[str]()  # names for which no list was repeated yet
        self.is_comparing = False
        """Whether the next lists must be what the client knows."""

    @property
    def rooms(self) -> list[str]:
        """The rooms whose users it knows."""
        return list(self._users)

    def clear(self) -> None:
        """Begin a connection."""
        self._users.clear()
        self._entered.clear()
        self._left_early.clear()
        self._renamed.clear()
        self._former.clear()

    def process(self, kind: str, data: dict[str, Any]) -> str | None:
        """Process a line; return a room whose users the client should list."""
        room = data.get("room", "")
        match kind:
            case "room" if room not in self._entered:
                self._entered.add(room)
                return None if room.startswith(DIRECT) else str(room)
            case "missed" if room in self._entered and not room.startswith(DIRECT):
                self._users.pop(room, None)
                return str(room)
            case "users":
                names = [each["name"] for each in data["users"]]
                self._list(room, names)
                return self._repeat(room, names)
            case "joined" if room in self._users:
                self._users[room][data["name"]] += 1
                return self._repeat(room, [data["name"]])
            case "left" if room in self._users:
                self._leave(room, data["name"])
            case "renamed":
                self._rename(data["name"], data["to"])
        return None

    def _repeat(self, room: str, names: list[str]) -> str | None:
        """Return *room* if somebody in it may have another name already."""
        former = self._former.intersection(names)
        self._former -= former
        return room if former else None

    def forget(self, room: str) -> None:
        """Forget a room that the client has left."""
        self._users.pop(room, None)
        self._entered.discard(room)

    def _list(self, room: str, names: list[str]) -> None:
        if self.is_comparing and room in self._users:
            known = tuple(sorted(self._users[room].elements()))
            self._record.rosters.append(
                ComparedUsers(room, known, tuple(sorted(names)))
            )
        self._users[room] = Counter(names)
        for early in [each for each in self._left_early if each[0] == room]:
            del self._left_early[early]

    def _leave(self, room: str, name: str) -> None:
        users, later = self._users[room], self._renamed.get(name, name)
        if users[name]:
            users[name] -= 1
        elif users[later]:
            users[later] -= 1
        else:
            self._left_early[room, name] += 1

    def _rename(self, name: str, to: str) -> None:
        self._renamed[name] = to
        self._former.add(name)
        for room, users in self._users.items():
            if users[name]:
                users[name] -= 1
                if self._left_early[room, to]:
                    self._left_early[room, to] -= 1
                else:
                    users[to] += 1
