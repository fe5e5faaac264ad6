"""The record of a session that is made of the lines on the wire."""

import json
from collections.abc import Iterable
from typing import Any

from parlour.core.events import SERVER
from tests.proof.records import Acknowledged, ClientRecord, RenameTold
from tests.proof.room_views import RoomViews

from .users import Meeting


class WireRecord:
    """Fills in the record of a client with what the server sends to it."""

    def __init__(
        self, meeting: Meeting, record: ClientRecord, rooms: Iterable[str]
    ) -> None:
        self.texts = dict[str, str]()
        """The sent texts by id."""
        self.epochs = dict[str, str]()
        """The epoch of each room, as it was first."""
        self._meeting, self._record = meeting, record
        self._views = RoomViews(record, meeting.steps, rooms)
        self._direct = dict[str, str]()  # names in the records, by those on the wire
        self._connections = 0

    @property
    def faults(self) -> list[str]:
        """What the server sent and must never send."""
        return self._views.faults

    def leave(self, room: str) -> None:
        """Record that the user leaves *room*."""
        self._views.leave(room)

    def add(self, line: str) -> None:
        """Record a line that was received."""
        received = json.loads(line)
        kind, data = received["type"], received["data"]
        if kind == "message" and "room" not in data:
            self._add_plain(**data)
            return
        if kind == "welcome":
            self._connections += 1
            self._views.connect(0)
        elif kind == "room":
            self._opened(data)
        room = data.get("room", "")
        self._process(kind, data | {"room": self._direct.get(room, room)})

    def _add_plain(self, source: str, message: str) -> None:
        """Check a plain line, which a client that is late with hello receives first.

        Nobody speaks when the clients connect first, and later they leave out messages.
        """
        if source != SERVER:
            self.faults.append(f"{source} said {message!r} in no room")

    def _opened(self, data: dict[str, Any]) -> None:
        self.epochs.setdefault(data["room"], data["epoch"])
        if "with" in data:
            names, crashes = (self._record.name, data["with"]), self._connections - 1
            room = self._meeting.direct_room(*names, crashes=crashes)
            known = self._direct.setdefault(data["room"], room)
            assert known == room, "each conversation has a name of its own"

    def _process(self, kind: str, data: dict[str, Any]) -> None:
        match kind:
            case "stored":
                self._stored(data["id"], data["room"], data["sequence"])
            case "renamed":
                told = RenameTold(self._connections, **({"room": ""} | data))
                self._record.renames.append(told)
            case "error" if data["about"] == "hello":
                self._views.refuse(data["room"])
            case _:
                self._views.process(kind, data)

    def _stored(self, number: str, room: str, sequence: int) -> None:
        sent = self._record.sent[self.texts[number]]
        assert sent.room == room
        step = next(self._meeting.steps)
        sent.stored.append(Acknowledged(sequence, step, 0))
