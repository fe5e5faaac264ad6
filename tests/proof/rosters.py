"""The user lists that a client keeps, one for each of its rooms."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from .records import DIRECT, ClientRecord, ComparedUsers


class Rosters:
    """The user lists of the rooms of one connection.

    A client requests a list when it enters a room, and again after a gap. Joins,
    leaves, renames and roles in this room update it. A role is part of the name there.
    """

    def __init__(self, record: ClientRecord) -> None:
        self._record = record
        self._users = dict[str, Counter[str]]()  # of the rooms that were listed
        self._roles = dict[str, dict[str, str]]()  # of their users, by name
        self._entered = set[str]()
        self._awaited = Counter[str]()  # lists that the client needs, by room
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
                self._list(room, data["users"])
            case "joined" if room in self._users:
                self._users[room][data["name"]] += 1
                self._note_role(room, data["name"], data.get("role"))
            case "role" if room in self._users:
                self._note_role(room, data["name"], data["role"])
            case "left" if room in self._users:
                self._users[room][data["name"]] -= 1
            case "renamed" if room in self._users:
                self._users[room][data["name"]] -= 1
                self._users[room][data["to"]] += 1
                self._note_role(room, data["to"], data.get("role"))
        return None

    def forget(self, room: str) -> None:
        """Forget a room that the client has left."""
        self._users.pop(room, None)
        self._entered.discard(room)
        del self._awaited[room]

    def _note_role(self, room: str, name: str, role: str | None) -> None:
        self._roles[room][name] = "" if role in {None, "member"} else f" ({role})"

    def _shown(self, room: str, names: Iterable[str]) -> tuple[str, ...]:
        roles = self._roles[room]
        return tuple(sorted(f"{name}{roles.get(name, '')}" for name in names))

    def _list(self, room: str, users: list[dict[str, str]]) -> None:
        """Replace a list; it is compared unless the client knew it to be uncertain."""
        is_known = room in self._users
        known = self._shown(room, (+self._users[room]).elements()) if is_known else ()
        self._users[room] = Counter(each["name"] for each in users)
        self._roles[room] = {}
        for each in users:
            self._note_role(room, each["name"], each.get("role"))
        is_needed = self._awaited[room] > 0
        if is_needed:
            self._awaited[room] -= 1
        elif self.is_comparing and is_known:
            listed = self._shown(room, self._users[room])
            self._record.rosters.append(ComparedUsers(room, known, listed))
