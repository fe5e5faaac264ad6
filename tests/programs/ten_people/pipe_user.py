"""A program that chats through a client in a pipe, with lines of JSON."""

import json
from collections.abc import Iterable, Sequence

from tests.proof.records import LOBBY

from ..launch import start_client
from ..sandbox import Sandbox
from .users import DIRECT_SIGN, Meeting, User
from .wire_record import WireRecord


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
        self._wire = WireRecord(meeting, self.record, rooms)
        self._recorded = 0  # lines
        options = [f"--room={room}" for room in rooms]
        self.client = start_client(
            sandbox, port, engine, "--json", "--name", name, "--reconnect", *options
        )

    def wait_until_here(self) -> None:
        """Wait until the client has entered its rooms."""
        for _ in self.rooms:
            self.client.out.expect('"recovered"')

    def command(self, line: str) -> None:
        self._requests += 1
        self.client.type(line)

    def leave(self, room: str) -> None:
        self._record_lines()
        self._wire.leave(room)
        super().leave(room)
        self.client.out.expect('"left"')

    def ignore(self, name: str) -> None:
        super().ignore(name)
        self.client.out.expect(f'"names":["{name}"]')
        self.ignores_now()

    def write_to(self, name: str, text: str) -> None:
        """Send a direct message without going to the conversation."""
        self.command(f"/msg {name} {text}")
        self._wire.texts[str(self._requests)] = text

    def type_in(self, room: str, text: str) -> None:
        if room != self._current:
            self.client.type(f"/room {room}")
            self._current = room
        self.command(text)
        self._wire.texts[str(self._requests)] = text

    def read(self, room: str, texts: Iterable[str]) -> None:
        assert room in self.rooms or room.startswith(DIRECT_SIGN)
        self.client.out.expect_all(f'"{text}"' for text in texts)
        self._record_lines()

    def read_rename(self, room: str, name: str, to: str) -> None:
        assert room in self.rooms
        told = json.loads(self.client.out.expect(f'"{to}"'))
        assert told["type"] == "renamed"
        assert told["data"]["name"] == name

    def read_topic(self, room: str, topic: str) -> None:
        line = self.client.out.expect(f'"topic":"{topic}"')
        assert json.loads(line)["data"]["room"] == room

    def read_unsent(self, name: str, text: str) -> None:
        note = f"-- Not sent to {DIRECT_SIGN}{name}: {text}"
        self.client.err.expect_all([note])  # it may precede "Reconnected"

    def notice_outage(self) -> None:
        self.client.err.expect("Server disconnected")

    def notice_return(self) -> None:
        self.client.err.expect("-- Reconnected after")

    def quit(self) -> int:
        self.client.close_input()
        return self.client.wait()

    @property
    def lobby_epoch(self) -> str:
        """The epoch of the lobby, as it was first."""
        return self._wire.epochs[LOBBY]

    def everything_received(self) -> str:
        return self.client.out.text

    def complete_record(self) -> None:
        self._record_lines()
        assert not self._wire.faults

    def _record_lines(self) -> None:
        lines = self.client.out.lines
        for line in lines[self._recorded :]:
            self._wire.add(line)
        self._recorded = len(lines)
