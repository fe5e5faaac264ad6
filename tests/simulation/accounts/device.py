"""A client of an account, or of a guest, without I/O.

It resumes its rooms where it has left them, repeats unanswered messages, and keeps how
far its account has read. All that it sends and receives is in its transcript.
"""

from collections.abc import Callable
from typing import Any, Final

from parlour.core.protocol.tokens import hash_key
from tests.proof.records import DIRECT
from tests.proof.wire import decode, line

from .transcript import Line, Transcript

MAX_UNANSWERED: Final = 30  # messages; then it says nothing new
RETRIED: Final = frozenset({"outcome_unknown", "storage_full", "stopping", "too_fast"})
"""Codes of messages that are sent again on the next connection."""

Now = Callable[[], tuple[int, int, float]]
"""Returns the length of the ledger, how much of it is applied, and the wall time."""


class Device:
    """One client; *key* is empty for that of a guest."""

    def __init__(self, transcript: Transcript, token: str, key: str, now: Now) -> None:
        self.transcript, self.key = transcript, key
        self.wanted = ["lobby"]
        """The rooms that a guest is in, or wants to be in."""
        self.cursors = dict[str, tuple[str, int]]()
        """The epochs of its rooms, and the last sequences that it has received."""
        self.open = dict[str, dict[str, Any]]()
        """What was said of each room that it is in, when it entered."""
        self.partners = dict[str, str]()
        self.reads = dict[str, int]()
        """How far its account has read, by all that it knows."""
        self.compared = list[tuple[str, int | None, dict[str, Any]]]()
        """At the end: rooms, the reads here, and what the server says of the room."""
        self.is_comparing = False
        self.role = ""
        self.is_welcome = self.is_refused = self.is_over = False
        self.unanswered = dict[str, tuple[str, str]]()  # rooms and texts, by id
        self._token, self._now = token, now
        self._rest = b""
        self._connection = 0
        self._resumed = set[str]()  # rooms whose cursors are not used yet
        self._heads = dict[str, int]()  # the last messages when it entered
        self._own = dict[str, int]()  # its account's last ones since then

    @property
    def name(self) -> str:
        return self.transcript.name

    # -- to send ------------------------------------------------------------------

    def connect(self) -> bytes:
        """Start a connection."""
        self._rest = b""
        self._connection += 1
        self.is_welcome = self.is_refused = self.is_over = False
        self.open.clear()
        self.partners.clear()
        self.reads.clear()
        self._own.clear()
        hello: dict[str, Any] = {"version": 1, "late": True, "token": self._token}
        if self.key:
            hello |= {"account": self.name.partition(".")[0], "key": self.key}
            self.transcript.keys[self._connection] = hash_key(self.key)
        else:
            hello["name"] = self.name
        known = [each for each in self.cursors if not each.startswith(DIRECT)]
        hello["rooms"] = known if self.key else list(self.wanted)
        for room in known:
            if room not in hello["rooms"]:
                del self.cursors[room]
        self._resumed = {*self.cursors}
        if self.cursors:
            hello["resume"] = {
                room: {"epoch": epoch, "sequence": sequence}
                for room, (epoch, sequence) in self.cursors.items()
            }
        return self.write("hello", hello) + self.retry()

    def write(self, kind: str, data: dict[str, Any]) -> bytes:
        """Return a line to send."""
        self._note(kind, data, is_sent=True)
        return line(kind, data)

    def retry(self) -> bytes:
        """Repeat what is not answered."""
        waiting = self.unanswered.items()
        return b"".join(
            self.write("message", {"room": room, "message": text, "id": number})
            for number, (room, text) in waiting
        )

    def send(self, text: str, room: str) -> bytes:
        """Say something, and repeat it until there is an answer."""
        sent = self.transcript.sent
        number = f"{len(sent)}"
        sent[number], self.unanswered[number] = text, (room, text)
        return self.write("message", {"room": room, "message": text, "id": number})

    def read(self, room: str, sequence: int) -> bytes:
        """Have read a room up to *sequence*, which it has received."""
        if self.transcript.account and room in self.reads:
            self.reads[room] = max(self.reads[room], sequence)
        return self.write("read", {"room": room, "sequence": sequence})

    def compare(self) -> bytes:
        """Ask again for what the server knows of each room."""
        self.is_comparing = True
        asked = [
            self.write("direct", {"to": self.partners[room]})
            if room in self.partners
            else self.write("join", {"room": room})
            for room in self.open
        ]
        pages = [
            self.write("history", {"room": room, "limit": 1000}) for room in self.open
        ]
        return b"".join(asked + pages)

    # -- what arrives -------------------------------------------------------------

    def receive(self, data: bytes) -> bytes:
        """Process received bytes; return what to send."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return b"".join(self._process(decode(each)) for each in lines)

    def _note(self, kind: str, data: dict[str, Any], *, is_sent: bool) -> None:
        line_ = Line(self._connection, is_sent, kind, data, *self._now())
        self.transcript.add(line_)

    def _process(  # noqa: C901 -- a row per type
        self, said: dict[str, Any]
    ) -> bytes:
        kind, data = said["type"], said["data"]
        if not self.is_welcome and kind not in {"welcome", "bye", "error", "ping"}:
            return b""  # a line of the plain dialect
        if kind == "ping":
            return line("pong", data)
        self._note(kind, data, is_sent=False)
        match kind:
            case "welcome":
                self.is_welcome = True
            case "account":
                self.role = data["role"]
            case "room":
                self._open(data["room"], data)
            case "message" | "erased":
                self._received(data)
            case "missed":
                self._advance(data["room"], data["resume_after"])
            case "read":
                self.reads[data["room"]] = data["read"]
            case "left" if data.get("you"):
                self._close(data["room"])
            case "closed":
                self._close(data["room"])
            case "stored":
                self.unanswered.pop(data["id"], None)
            case "error":
                self._refused(data)
            case "bye":
                self.is_over = True
        return b""

    def _open(self, room: str, data: dict[str, Any]) -> None:
        if room in self.open:
            if self.is_comparing:
                self.compared.append((room, self.reads.get(room), data))
            elif "read" in data:  # of an account that has entered after its session
                own = self._own.get(room, 0)
                self.reads[room] = max(self.reads.get(room, 0), data["read"], own)
            return
        self.open[room] = data
        if "with" in data:
            self.partners[room] = data["with"]
        self._heads[room], self._own[room] = data["sequence"], 0
        if "read" in data:
            self.reads[room] = data["read"]
            self._heads[room] = max(data["sequence"], data["read"] + data["unread"])
        epoch, sequence = data["epoch"], data["sequence"]
        is_resumed = room in self._resumed and data["recovered"]
        self._resumed.discard(room)
        if not is_resumed:
            self.cursors[room] = (epoch, sequence)

    def _received(self, data: dict[str, Any]) -> None:
        room, sequence = data["room"], data["sequence"]
        self._advance(room, sequence)
        is_own = data.get("source") == self.name.partition(".")[0]
        if is_own and sequence > self._heads.get(room, 0):
            self._own[room] = sequence
            if room in self.reads:
                self.reads[room] = max(self.reads[room], sequence)

    def _advance(self, room: str, sequence: int) -> None:
        if room in self.cursors:
            self.cursors[room] = (self.cursors[room][0], sequence)

    def _close(self, room: str) -> None:
        self.open.pop(room, None)
        self.cursors.pop(room, None)
        self._resumed.discard(room)
        self.reads.pop(room, None)
        self.partners.pop(room, None)
        if room in self.wanted:
            self.wanted.remove(room)

    def _refused(self, data: dict[str, Any]) -> None:
        number, code = data.get("id"), data["code"]
        if number is not None and code not in RETRIED:
            self.unanswered.pop(number, None)
        if data.get("about") == "hello" and not self.is_welcome:
            self.is_refused = True
        room = data.get("room", "")
        if data.get("about") in {"hello", "join"} and room not in self.open:
            self._close(room)
