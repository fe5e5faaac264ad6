"""A client of the session dialect without I/O, which resumes and retries.

It shares no code with the project's own client. The caller moves its bytes: it calls
`connect` for each connection and `receive` for received bytes, and sends the results.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final

from .records import (
    DIRECT,
    LOBBY,
    Acknowledged,
    ClientRecord,
    IgnoredSince,
    Page,
    RenameTold,
    Sent,
)
from .room_views import RoomViews
from .wire import decode, line, message, seen

MESSAGE_REFUSALS: Final = {
    "storage_full",
    "storage_readonly",
    "storage_busy",
    "stopping",
}
"""Codes of messages that may be repeated later; they never refuse requests."""


class SessionClient:
    """A client that records what it sends and receives.

    It repeats unanswered messages on the next connection. It repeats messages that the
    history refused then, too, and when the server stores messages again, unless it
    abandons them. Without *rooms* it is a client of the first release.
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
        self.abandons_refused = False
        self.bye = ""
        self.has_refused_hello = False
        """Whether the server refused the hello and uses the plain dialect."""
        self.is_welcome = False
        """Whether the server has sent a welcome on this connection."""
        self._token, self._steps = token, steps
        self._rest = b""
        self._log = self._connection = 0
        self._unanswered = dict[str, Sent]()  # by id, in the order of first sending
        self._to_retry = dict[str, Sent]()  # those of them to retry
        self._without_id = deque[Sent]()  # sent without an id on this connection
        self._with_id = dict[str, Sent]()  # everything that was sent with an id
        self._ignored = frozenset[str]()

    @property
    def is_idle(self) -> bool:
        """Whether every message has been answered, and every room is entered."""
        return not self._unanswered and not self.rooms.missing

    @property
    def unanswered(self) -> int:
        return len(self._unanswered)

    @property
    def faults(self) -> list[str]:
        """What the server sent and must never send."""
        return self.rooms.faults

    # -- to send ------------------------------------------------------------------

    def connect(self, log: int) -> bytes:
        """Start a connection to a server with history number *log*."""
        self._rest, self.bye, self.has_refused_hello = b"", "", False
        self.is_welcome = False
        self._log, self._connection = log, self._connection + 1
        self._without_id.clear()
        self._to_retry = dict(self._unanswered)
        self.rooms.connect(log)
        return line("hello", self._hello()) + self.retry()

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
        number = f"{len(self._with_id)}"
        self._with_id[number] = self._unanswered[number] = self._sent(text, room)
        return message(room, text, number)

    def send_without_id(self, text: str) -> bytes:
        """Send *text* to the lobby without an id: it is never repeated."""
        sent = self._sent(text, LOBBY)
        sent.is_abandoned = True
        self._without_id.append(sent)
        return line("message", text)

    def _sent(self, text: str, room: str) -> Sent:
        readers = None
        if room.startswith(DIRECT):
            readers = frozenset({self.record.name, self.rooms.partners[room]})
        sent = Sent(text, [next(self._steps)], room=room, readers=readers)
        sent.may_be_refused = not self._is_surely_in(room)
        self.record.sent[text] = sent
        return sent

    def _is_surely_in(self, room: str) -> bool:
        """Return whether the server does not refuse messages in *room*."""
        return room in self.rooms.entered or room == LOBBY

    def retry(self) -> bytes:
        """Repeat the messages that were refused and not abandoned."""
        refused, self._to_retry = self._to_retry, {}
        for sent in refused.values():
            sent.attempts.append(next(self._steps))
            sent.may_be_refused |= not self._is_surely_in(sent.room)
        said = refused.items()
        return b"".join([message(sent.room, sent.text, id_) for id_, sent in said])

    def rename(self, name: str) -> bytes:
        return line("set-name", {"name": name})

    def read_history(self, room: str, limit: int, **place: int) -> bytes:
        """Request messages `before` or `after` a sequence, or the latest."""
        return line("history", {"room": room, "limit": limit, **place})

    def join(self, room: str) -> bytes:
        self.rooms.wanted[room] = None
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

    def give_up(self) -> None:
        """Record that it never connects again, and waits for no answer."""
        self.rooms.connect(self._log)
        for sent in self._unanswered.values():
            sent.is_abandoned = True

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
        match kind:
            case "stored":
                self._stored(data)
            case "welcome":
                self._welcome(data)
            case "error":
                self._refused(data)
            case "history":
                step = next(self._steps)
                page = tuple(seen(each, step) for each in data["messages"])
                self.record.pages.append(Page(data["room"], self._log, page))
            case "renamed":
                told = RenameTold(self._connection, data["name"], data["to"])
                self.record.renames.append(told)
            case "ignored":
                self._ignore(frozenset(data["names"]))
            case "ping":
                return line("pong", data)
            case "kept":
                return self.retry()
            case "bye":
                self.bye = data["code"]
        return b""

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

    # -- answers ------------------------------------------------------------------

    def _stored(self, data: dict[str, Any]) -> None:
        number, sequence = data.get("id"), data["sequence"]
        sent = self._answered(number)
        if sent is None:
            return
        if data["room"] != sent.room:
            self.faults.append(f"{sent.text!r} was stored in {data['room']}")
        sent.stored.append(Acknowledged(sequence, next(self._steps), self._log))
        self._settle(number)

    def _refused(self, data: dict[str, Any]) -> None:
        number, code, about = data.get("id"), data["code"], data.get("about")
        if code == "outcome_unknown":
            return  # retried on the next connection
        is_plain = about is None and code in MESSAGE_REFUSALS
        if number is not None or is_plain or about == "message":
            self._refused_message(number, code)
        elif about in {"hello", "join"} and "room" in data:
            self.rooms.forget(data["room"])
        elif about == "leave":
            self.rooms.stay(data["room"])

    def _refused_message(self, number: str | None, code: str) -> None:
        sent = self._answered(number)
        if sent is None:
            return
        sent.refused += 1
        if number is None:
            return
        if self.abandons_refused or code not in MESSAGE_REFUSALS:
            sent.is_abandoned = True
            self._settle(number)
        elif number in self._unanswered:
            self._to_retry[number] = sent

    def _settle(self, number: str | None) -> None:
        """Wait no longer for the answer to a message."""
        if number is not None:
            self._unanswered.pop(number, None)
            self._to_retry.pop(number, None)

    def _answered(self, number: str | None) -> Sent | None:
        """Return the message that an answer is about."""
        if number is None and self._without_id:
            return self._without_id.popleft()
        sent = self._with_id.get(number or "")
        if sent is None:
            self.faults.append(f"an answer to {number}, which was never sent")
        return sent
