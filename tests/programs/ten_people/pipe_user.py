"""A program that chats through a client in a pipe, with lines of JSON."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from tests.proof.records import Acknowledged, RenameTold
from tests.proof.room_views import RoomViews

from ..launch import start_client
from ..sandbox import Sandbox
from .users import DIRECT_SIGN, Meeting, User


class PipeUser(User):
    """A user of a client in a pipe, which prints what the server sends."""

    def __init__(
        self,
        meeting: Meeting,
        sandbox: Sandbox,
        port: int,
        engine: str,
        name: str,
        rooms: Sequence[str],
    ) -> None:
        super().__init__(meeting, name, rooms)
        self._current = rooms[0]
        self._requests = 0  # the client numbers them, and so the messages
        self._texts = dict[str, str]()  # by id
        self._views = RoomViews(self.record, meeting.steps, rooms)
        self._direct = dict[str, str]()  # names in the records, by those on the wire
        self._connections = 0
        options = [f"--room={room}" for room in rooms]
        self.client = start_client(
            sandbox, port, engine, "--json", "--name", name, "--reconnect", *options
        )

    def wait_until_here(self) -> None:
        """Wait until the client has entered its rooms."""
        for _ in self.rooms:
            self.client.out.expect('"joined"')

    def request(self, line: str) -> None:
        """Type a command that is sent to the server."""
        self._requests += 1
        self.client.type(line)

    def leave(self, room: str) -> None:
        """Leave *room*, and wait for the last line about it."""
        self.rooms.remove(room)
        self._views.leave(room)
        self.request(f"/leave {room}")
        self.client.out.expect('"left"')

    def write_to(self, name: str, text: str) -> None:
        """Send a direct message without going to the conversation."""
        self.request(f"/msg {name} {text}")
        self._texts[str(self._requests)] = text

    def type_in(self, room: str, text: str) -> None:
        if room != self._current:
            self.client.type(f"/room {room}")
            self._current = room
        self.request(text)
        self._texts[str(self._requests)] = text

    def read(self, room: str, texts: Iterable[str]) -> None:
        self.client.out.expect_all(f'"{text}"' for text in texts)

    def read_unsent(self, name: str, text: str) -> None:
        self.client.err.expect(f"-- Not sent to {DIRECT_SIGN}{name}: {text}")

    def notice_outage(self) -> None:
        self.client.err.expect("Server disconnected")

    def notice_return(self) -> None:
        self.client.err.expect("-- Reconnected after")

    def everything_received(self) -> str:
        return self.client.out.text

    def complete_record(self) -> None:
        for line in self.client.out.lines:
            received = json.loads(line)
            self._process(received["type"], received["data"])
        assert not self._views.faults

    def _process(self, kind: str, data: dict[str, Any]) -> None:
        if kind == "welcome":
            self._connections += 1
            self._views.connect(0)
        elif kind == "room" and "with" in data:
            names = self.record.name, data["with"]
            crashes = self._connections - 1
            room = self.meeting.direct_room(*names, crashes=crashes)
            known = self._direct.setdefault(data["room"], room)
            assert known == room, "each conversation has a name of its own"
        room = data.get("room", "")
        data = data | {"room": self._direct.get(room, room)}
        match kind:
            case "stored":
                self._stored(data["id"], data["room"], data["sequence"])
            case "renamed":
                told = RenameTold(self._connections, data["name"], data["to"])
                self.record.renames.append(told)
            case "error" if data["about"] == "hello":
                self._views.forget(data["room"])
            case _:
                self._views.process(kind, data)

    def _stored(self, number: str, room: str, sequence: int) -> None:
        sent = self.record.sent[self._texts[number]]
        assert sent.room == room
        sent.stored.append(Acknowledged(sequence, next(self.meeting.steps), 0))
