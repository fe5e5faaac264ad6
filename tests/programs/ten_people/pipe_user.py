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
        self._connections = self._processed = 0
        options = [f"--room={room}" for room in rooms]
        self.client = start_client(
            sandbox, port, engine, "--json", "--name", name, "--reconnect", *options
        )

    def wait_until_here(self) -> None:
        """Wait until the client has entered its rooms."""
        for _ in self.rooms:
            self.client.out.expect('"joined"')

    def command(self, line: str) -> None:
        self._requests += 1
        self.client.type(line)

    def leave(self, room: str) -> None:
        self._process_new_lines()
        self._views.leave(room)
        super().leave(room)
        self.client.out.expect('"left"')

    def write_to(self, name: str, text: str) -> None:
        """Send a direct message without going to the conversation."""
        self.command(f"/msg {name} {text}")
        self._texts[str(self._requests)] = text

    def type_in(self, room: str, text: str) -> None:
        if room != self._current:
            self.client.type(f"/room {room}")
            self._current = room
        self.command(text)
        self._texts[str(self._requests)] = text

    def read(self, room: str, texts: Iterable[str]) -> None:
        self.client.out.expect_all(f'"{text}"' for text in texts)
        self._process_new_lines()

    def read_rename(self, name: str, to: str) -> None:
        self.client.out.expect_all([f'{{"name":"{name}","to":"{to}"}}'])

    def read_topic(self, room: str, topic: str) -> None:
        self.client.out.expect(f'"topic":"{topic}"')

    def read_unsent(self, name: str, text: str) -> None:
        self.client.err.expect(f"-- Not sent to {DIRECT_SIGN}{name}: {text}")

    def notice_outage(self) -> None:
        self.client.err.expect("Server disconnected")

    def notice_return(self) -> None:
        self.client.err.expect("-- Reconnected after")

    def quit(self) -> int:
        self.client.close_input()
        return self.client.wait()

    def epoch_of(self, room: str) -> str:
        """Return the epoch of *room* when this client entered it first."""
        for line in self.client.out.lines:
            found = json.loads(line)
            if found["type"] == "room" and found["data"]["room"] == room:
                return str(found["data"]["epoch"])
        raise AssertionError(f"never in {room}")

    def everything_received(self) -> str:
        return self.client.out.text

    def complete_record(self) -> None:
        self._process_new_lines()
        assert not self._views.faults

    def _process_new_lines(self) -> None:
        lines = self.client.out.lines
        for line in lines[self._processed :]:
            received = json.loads(line)
            self._process(received["type"], received["data"])
        self._processed = len(lines)

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
