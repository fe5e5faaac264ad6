"""The user lists that a client keeps, one for each of its rooms."""

from collections import Counter
from typing import Any

from .records import DIRECT, ClientRecord, ComparedUsers


class Rosters:
    """The user lists of the rooms of one connection.

    A client requests a list when it enters a room, and again after a gap. Joins, leaves
    and renames update it. The order of a rename and of lines about other rooms is not
    defined. So two entries may have the same name for a while, and a leave may name a
    user by a later name. When a join, a leave or a list has a name that a rename has
    replaced, the client requests the list of this room again.
    """

    def __init__(self, record: ClientRecord) -> None:
        self._record = record
        self._users = dict[str, Counter[str]]()  # of the rooms that were listed
        self._entered = set[str]()
        self._awaited = Counter[str]()  # lists that the client needs, by room
        self._left_early = Counter[tuple[str, str]]()  # under names not known yet
        self._former = dict[str, set[str]]()  # rooms listed again since, by name
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
        self._awaited.clear()
        self._left_early.clear()
        self._former.clear()

    def process(self, kind: str, data: dict[str, Any]) -> str | None:
        """Process a line; return a room whose users the client should list."""
        room = self._process(kind, data)
        if room is not None:
            self._awaited[room] += 1
        return room

    def _process(self, kind: str, data: dict[str, Any]) -> str | None:
        room = data.get("room", "")
        match kind:
            case "room" if room not in self._entered:
                self._entered.add(room)
                return None if room.startswith(DIRECT) else str(room)
            case "missed" if room in self._entered and not room.startswith(DIRECT):
                self._users.pop(room, None)
                return str(room)
            case "users" if room in self._entered:
                names = [each["name"] for each in data["users"]]
                self._list(room, names)
                return self._repeat(room, names)
            case "joined" if room in self._users:
                self._users[room][data["name"]] += 1
                return self._repeat(room, [data["name"]])
            case "left" if room in self._users:
                self._leave(room, data["name"])
                return self._repeat(room, [data["name"]])
            case "renamed":
                self._rename(data["name"], data["to"])
        return None

    def _repeat(self, room: str, names: list[str]) -> str | None:
        """Return *room* if somebody in it may have another name already.

        Once for each rename is enough: the next list follows every line of this room
        that may still have the former name.
        """
        former = [name for name in names if room not in self._former.get(name, {room})]
        for name in former:
            self._former[name].add(room)
        return room if former else None

    def forget(self, room: str) -> None:
        """Forget a room that the client has left."""
        self._users.pop(room, None)
        self._entered.discard(room)
        del self._awaited[room]

    def _list(self, room: str, names: list[str]) -> None:
        """Replace a list; it is compared unless the client knew it to be uncertain."""
        is_needed = self._awaited[room] > 0
        if is_needed:
            self._awaited[room] -= 1
        elif self.is_comparing and room in self._users:
            known = tuple(sorted(self._users[room].elements()))
            self._record.rosters.append(
                ComparedUsers(room, known, tuple(sorted(names)))
            )
        self._users[room] = Counter(names)
        for early in [each for each in self._left_early if each[0] == room]:
            del self._left_early[early]

    def _leave(self, room: str, name: str) -> None:
        users = self._users[room]
        if users[name]:
            users[name] -= 1
        else:
            self._left_early[room, name] += 1

    def _rename(self, name: str, to: str) -> None:
        self._former[name] = set()
        for room, users in self._users.items():
            if users[name]:
                users[name] -= 1
                if self._left_early[room, to]:
                    self._left_early[room, to] -= 1
                else:
                    users[to] += 1
