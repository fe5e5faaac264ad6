"""Small servers with many rooms, for the load generator."""

import json
import socket
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

from .relay import Relay


class Rooms(Relay):
    """The rooms of the bare loop: `+ROOM` enters, and `ROOM TEXT` goes to the room."""

    def __init__(self) -> None:
        super().__init__()
        self.entered: dict[socket.socket, list[str]] = {}
        self.said: Counter[str] = Counter()  # lines by room

    def receive(self, speaker: socket.socket, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            if line.startswith(b"+"):
                name = line[1:].decode().strip()
                self.entered.setdefault(speaker, []).append(name)
                speaker.sendall(line)
            else:
                name = line.partition(b" ")[0].decode()
                self.said[name] += 1
                self.tell(name, line)

    def tell(self, room: str, line: bytes) -> None:
        """Send *line* to the members of *room*."""
        for member in self.members_of(room):
            with suppress(OSError):  # reading reports the closed connection
                member.sendall(line)
            self.delivered += 1

    def members_of(self, room: str) -> list[socket.socket]:
        """Return the members of *room*, in the order in which they came."""
        return [one for one, entered in self.entered.items() if room in entered]

    def remove(self, member: socket.socket) -> None:
        self.entered.pop(member, None)
        super().remove(member)


class Misdirecting(Rooms):
    """Sends the first line to the other room."""

    def tell(self, room: str, line: bytes) -> None:
        if sum(self.said.values()) == 1:
            room = {"r00000": "r00001", "r00001": "r00000"}[room]
        super().tell(room, line)


class Swapping(Rooms):
    """Sends the first line twice to one member, and never to another."""

    def members_of(self, room: str) -> list[socket.socket]:
        members = super().members_of(room)
        is_first = sum(self.said.values()) == 1
        return [*members[:-1], members[0]] if is_first else members


class RoomSessions(Rooms):
    """Speaks the session dialect; each room of a hello is answered by itself."""

    refusal = ""
    """The code with which it refuses the last room of a hello."""

    def __init__(self) -> None:
        super().__init__()
        self.hellos: list[dict[str, object]] = []
        self.lines: list[dict[str, object]] = []
        self.asked: list[str] = []  # the rooms of all lines
        self.early = 0  # lines before all hellos are answered
        self._unanswered: dict[socket.socket, list[str]] = {}

    def receive(self, speaker: socket.socket, data: bytes) -> None:
        for line in data.splitlines():
            request = json.loads(line)
            if request["type"] == "hello":
                self.hellos.append(request["data"])
                rooms = list(request["data"]["rooms"])
                self._unanswered[speaker] = rooms
                self.entered[speaker] = []
                speaker.sendall(wire("welcome", {"version": 1}))
            else:
                self.early += len(self._unanswered)
                self.lines.append(request["data"])
                name = request["data"]["room"]
                self.asked.append(name)
                self.said[name] += 1
                text = {"room": name, "message": request["data"]["message"]}
                self.tell(name, wire("message", text))

    def idle(self) -> None:
        """Answer one room of each hello."""
        for member, rooms in list(self._unanswered.items()):
            name = rooms.pop(0)
            if not rooms:
                del self._unanswered[member]
            if not rooms and self.refusal:
                answer = {"code": self.refusal, "reason": "", "room": name}
                member.sendall(wire("error", answer))
                continue
            self.entered[member].append(name)
            member.sendall(wire("room", {"room": name, "sequence": 0}))

    def remove(self, member: socket.socket) -> None:
        self._unanswered.pop(member, None)
        super().remove(member)


class Hesitating(RoomSessions):
    """Answers the next room of a hello when nothing has happened for a long time."""

    idle_times = 0

    def idle(self) -> None:
        self.idle_times += 1
        if self.idle_times % 6 == 0:  # longer than the generator waits for notices
            super().idle()


def wire(kind: str, data: Mapping[str, object]) -> bytes:
    """Return a line as the server encodes it."""
    line = json.dumps({"type": kind, "data": data}, separators=(",", ":"))
    return line.encode() + b"\n"
