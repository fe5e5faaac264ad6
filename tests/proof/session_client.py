"""A client of the session dialect without I/O, which resumes and retries.

It shares no code with the project's own client. The caller moves its bytes: it calls
`connect` for each connection and `receive` for received bytes, and sends the results.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from .outbox import Outbox
from .records import (
    LOBBY,
    ClientRecord,
    IgnoredSince,
    Page,
    RenameTold,
)
from .room_views import RoomViews
from .rosters import Rosters
from .wire import decode, line, seen


class SessionClient:
    """A client that records what it sends and receives.

    Without *rooms* it is a client of the first release.
    """

    def __init__(
        self,
        name: str,
        token: str,
        steps: Iterator[int],
        rooms: Iterable[str] | None = None,
        *,
        is_watching: bool = False,
    ) -> None:
        self.record = ClientRecord(name, {name})
        self.knows_rooms, self.is_watching = rooms is not None, is_watching
        wanted = (LOBBY,) if rooms is None else rooms
        self.rooms = RoomViews(self.record, steps, wanted)
        self.outbox = Outbox(self.record, self.rooms, steps)
        self._rosters = Rosters(self.record)
        self.bye = ""
        self.has_refused_hello = False
        """Whether the server refused the hello and uses the plain dialect."""
        self.is_welcome = False
        """Whether the server has sent a welcome on this connection."""
        self._token, self._steps = token, steps
        self._rest = b""
        self._log = self._connection = 0
        self._ignored = frozenset[str]()

    @property
    def is_idle(self) -> bool:
        """Whether every message has been answered, and every room is entered."""
        return not self.outbox.unanswered and not self.rooms.missing

    @property
    def faults(self) -> list[str]:
        """What the server sent and must never send."""
        return self.rooms.faults + self.outbox.faults

    # -- to send ------------------------------------------------------------------

    def connect(self, log: int) -> bytes:
        """Start a connection to a server with history number *log*."""
        self._rest, self.bye, self.has_refused_hello = b"", "", False
        self.is_welcome = False
        self._log, self._connection = log, self._connection + 1
        self.outbox.connect()
        self.rooms.connect(log)
        self._rosters.clear()
        return line("hello", self._hello()) + self.outbox.retry()

    def _hello(self) -> dict[str, object]:
        hello: dict[str, object] = {"version": 1, "client": "proof", "late": True}
        if self.is_watching:
            hello["watch"] = True
        else:
            hello |= {"token": self._token, "name": self.record.name}
        if self.knows_rooms:
            hello["rooms"] = list(self.rooms.wanted)
        if self.rooms.cursors:
            hello["resume"] = {
                room: {"epoch": epoch, "sequence": sequence}
                for room, (epoch, sequence) in self.rooms.cursors.items()
            }
        return hello

    def send(self, text: str, room: str = LOBBY) -> bytes:
        """Send *text*, and retry until it is acknowledged."""
        return self.outbox.send(text, room)

    def rename(self, name: str) -> bytes:
        return line("set-name", {"name": name})

    def read_history(self, room: str, limit: int, **place: int) -> bytes:
        """Request messages `before` or `after` a sequence, or the latest."""
        return line("history", {"room": room, "limit": limit, **place})

    def join(self, room: str) -> bytes:
        self.rooms.join(room)
        return line("join", {"room": room})

    def leave_room(self, room: str) -> bytes:
        self.rooms.leave(room)
        return line("leave", {"room": room})

    def open_direct(self, name: str) -> bytes:
        return line("direct", {"to": name})

    def set_topic(self, room: str, topic: str) -> bytes:
        return line("topic", {"room": room, "topic": topic})

    def ignore(self, name: str) -> bytes:
        self.record.ever_ignored.add(name)
        return line("ignore", {"name": name})

    def unignore(self, name: str) -> bytes:
        self._ignore(self._ignored - {name})
        return line("unignore", {"name": name})

    def leave(self) -> bytes:
        return line("bye", {})

    def compare_users(self) -> bytes:
        """Request the users of all rooms, to compare them with the lists it keeps."""
        self._rosters.is_comparing = True
        return b"".join([self.list_users(room) for room in self._rosters.rooms])

    def list_users(self, room: str) -> bytes:
        return line("users", {"room": room})

    def give_up(self) -> None:
        """Record that it never connects again, and waits for no answer."""
        self.rooms.connect(self._log)
        self.outbox.give_up()

    # -- what arrives -------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        """Process received bytes; return what to send."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return b"".join([self._process(each) for each in lines])

    def _process(self, each: bytes) -> bytes:
        said = decode(each)
        kind, data = said["type"], said["data"]
        if not self.is_welcome and kind not in {"welcome", "bye"}:
            self._process_early(kind, data)
            return b""
        self.rooms.process(kind, data)
        if self.knows_rooms and (unlisted := self._process_users(kind, data)):
            return self.list_users(unlisted)
        match kind:
            case "stored":
                self.outbox.acknowledge(data, self._log)
            case "welcome":
                self._welcome(data)
            case "error":
                self._refused(data)
            case "history":
                step = next(self._steps)
                page = tuple(seen(each, step) for each in data["messages"])
                self.record.pages.append(Page(data["room"], self._log, page))
            case "renamed":
                told = RenameTold(self._connection, **({"room": ""} | data))
                self.record.renames.append(told)
            case "ignored":
                self._ignore(frozenset(data["names"]))
            case "ping":
                return line("pong", data)
            case "kept":
                return self.outbox.retry()
            case "bye":
                self.bye = data["code"]
        return b""

    def _process_users(self, kind: str, data: dict[str, Any]) -> str | None:
        """Process a line about users; return a room whose users are not listed yet."""
        room = data.get("room")
        if kind in {"left", "closed"} and room not in self.rooms.entered:
            self._rosters.forget(str(room))
            return None
        return self._rosters.process(kind, data)

    def _process_early(self, kind: str, data: dict[str, str]) -> None:
        """Process a plain line that arrived before the welcome."""
        if kind != "message":
            self.faults.append(f"{kind} came before the welcome")
        elif data["message"].startswith('"hello" '):
            self.has_refused_hello = True

    def _welcome(self, data: dict[str, Any]) -> None:
        self.is_welcome = True
        self._ignore(frozenset())
        if data["you"] is not None:
            self.record.names.add(data["you"])
        for room, start in data.get("rooms", {}).items():
            self.rooms.open({"room": room, **start})

    def _ignore(self, names: frozenset[str]) -> None:
        self._ignored = names
        self.record.ignored.append(IgnoredSince(next(self._steps), names))

    def _refused(self, data: dict[str, Any]) -> None:
        if self.outbox.refuse(data):
            return
        about = data.get("about")
        if about in {"hello", "join"} and "room" in data:
            self.rooms.refuse(data["room"])
        elif about == "leave":
            self.rooms.stay(data["room"])
