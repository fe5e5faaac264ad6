"""Clients of both dialects without I/O, which record what they send and receive.

They share no code with the project's own client. The caller moves their bytes: it calls
`connect` for each connection and `receive` for received bytes, and sends the results.
"""

import json
import re
from collections import deque
from collections.abc import Iterator

import msgspec

from .records import (
    Acknowledged,
    ClientRecord,
    ConnectionRecord,
    Cursor,
    Missed,
    Page,
    Received,
    Sent,
    Welcome,
)

SERVER = "[Server]"
MESSAGE_REFUSALS = {"storage_full", "storage_readonly", "storage_busy", "stopping"}
"""Codes that refuse messages only, never requests."""
FELL_BEHIND = re.compile(r"you fell behind and missed ([\d,]+) lines?")

_decode = msgspec.json.Decoder().decode


def line(kind: str, data: object) -> bytes:
    return json.dumps({"type": kind, "data": data}).encode() + b"\n"


class PlainClient:
    """A client of the plain dialect, which never repeats a message."""

    def __init__(self, name: str, steps: Iterator[int]) -> None:
        self.record = ClientRecord(name)
        self.last_text = ""
        self._steps = steps
        self._rest = b""
        self._view = ConnectionRecord(is_plain=True)

    @property
    def is_idle(self) -> bool:
        return True

    def connect(self, log: int, address: str) -> bytes:
        """Start a connection from *address* to a server with history number *log*."""
        self._rest = b""
        self._view = ConnectionRecord(log, is_plain=True)
        self.record.connections.append(self._view)
        self.record.names |= {address, self.record.name}
        return line("set-name", self.record.name)

    def send(self, text: str) -> bytes:
        sent = Sent(text, [next(self._steps)], line=len(self.record.connections))
        self.record.sent[text] = sent
        return line("message", text)

    def rename(self, name: str) -> bytes:
        return line("set-name", name)

    def receive(self, data: bytes) -> bytes:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for each in lines:
            said = _decode(each)["data"]
            source, text = said["source"], said["message"]
            if source != SERVER:
                self._view.events.append(Received(0, source, text, next(self._steps)))
                self.last_text = text
            elif match := FELL_BEHIND.fullmatch(text):
                number = int(match[1].replace(",", ""))
                self._view.events.append(Missed(number, None))
        return b""


class SessionClient:
    """A client of the session dialect, which resumes and retries.

    It repeats unanswered messages on the next connection. It repeats refused ones then,
    too, and when the server stores messages again, unless it abandons them.
    """

    def __init__(self, name: str, token: str, steps: Iterator[int]) -> None:
        self.record = ClientRecord(name, {name})
        self.cursor: Cursor | None = None
        self.abandons_refused = False
        self.bye = ""
        self.has_refused_hello = False
        """Whether the server refused the hello and uses the plain dialect."""
        self.faults = list[str]()
        """What the server sent and must never send."""
        self._token, self._steps = token, steps
        self._rest = b""
        self._unanswered = dict[str, Sent]()  # by id, in the order of first sending
        self._to_retry = dict[str, Sent]()  # those of them to retry
        self._without_id = deque[Sent]()  # sent without an id on this connection
        self._view = ConnectionRecord()
        self._with_id = dict[str, Sent]()  # everything that was sent with an id

    @property
    def is_idle(self) -> bool:
        """Whether every message has been answered."""
        return not self._unanswered

    @property
    def unanswered(self) -> int:
        return len(self._unanswered)

    @property
    def is_welcome(self) -> bool:
        """Whether the server has sent a welcome on this connection."""
        return self._view.welcome is not None

    def connect(self, log: int) -> bytes:
        """Start a connection to a server with history number *log*."""
        self._rest, self.bye, self.has_refused_hello = b"", "", False
        self._without_id.clear()
        self._to_retry = dict(self._unanswered)
        self._view = ConnectionRecord(log, self.cursor)
        self.record.connections.append(self._view)
        hello = {
            "version": 1,
            "client": "proof",
            "token": self._token,
            "name": self.record.name,
            "late": True,
        }
        if self.cursor is not None:
            epoch, sequence = self.cursor
            resume = {"lobby": {"epoch": epoch, "sequence": sequence}}
            hello |= {"resume": resume}
        return line("hello", hello) + self.retry()

    def send(self, text: str) -> bytes:
        """Send *text*, and retry until it is acknowledged."""
        number = f"{len(self._with_id)}"
        sent = Sent(text, [next(self._steps)])
        self.record.sent[text] = self._with_id[number] = sent
        self._unanswered[number] = sent
        return _message(text, number)

    def send_without_id(self, text: str) -> bytes:
        """Send *text* without an id: it is never repeated."""
        sent = self.record.sent[text] = Sent(
            text, [next(self._steps)], is_abandoned=True
        )
        self._without_id.append(sent)
        return line("message", text)

    def retry(self) -> bytes:
        """Repeat the messages that were refused and not abandoned."""
        refused, self._to_retry = self._to_retry, {}
        for sent in refused.values():
            sent.attempts.append(next(self._steps))
        said = refused.items()
        return b"".join([_message(sent.text, number) for number, sent in said])

    def rename(self, name: str) -> bytes:
        return line("set-name", {"name": name})

    def read_history(self, limit: int, **place: int) -> bytes:
        """Request messages `before` or `after` a sequence, or the latest."""
        return line("history", {"limit": limit, **place})

    def leave(self) -> bytes:
        return line("bye", {})

    def receive(self, data: bytes) -> bytes:
        """Process received bytes; return what to send."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        return b"".join([self._process(each) for each in lines])

    def _process(self, each: bytes) -> bytes:
        said = _decode(each)
        kind, data = said["type"], said["data"]
        if not self.is_welcome and kind not in {"welcome", "bye"}:
            self._process_early(kind, data)
            return b""
        match kind:
            case "message":
                self._received(data)
            case "stored":
                self._stored(data)
            case "welcome":
                self._welcome(data)
            case "missed":
                missed = Missed(data["events"], data["resume_after"])
                self._view.events.append(missed)
                self._advance(data["resume_after"])
            case "error":
                self._refused(data)
            case "history":
                step = next(self._steps)
                page = tuple(_seen(each, step) for each in data["messages"])
                self._view.events.append(Page(page))
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

    def _welcome(self, data: dict[str, dict[str, dict[str, object]]]) -> None:
        room = data["rooms"]["lobby"]
        epoch, sequence = room["epoch"], room["sequence"]
        assert isinstance(epoch, str)
        assert isinstance(sequence, int)
        self._view.welcome = Welcome(epoch, sequence, room["recovered"] is True)
        self.record.names.add(str(data["you"]))
        if self.cursor is None or not self._view.welcome.recovered:
            self.cursor = Cursor(epoch, sequence)

    def _received(self, data: dict[str, object]) -> None:
        seen = _seen(data, next(self._steps))
        self._view.events.append(seen)
        self._advance(seen.sequence)

    def _advance(self, sequence: int) -> None:
        assert self.cursor is not None
        self.cursor = Cursor(self.cursor.epoch, sequence)

    def _stored(self, data: dict[str, object]) -> None:
        number, sequence = data.get("id"), data["sequence"]
        assert isinstance(sequence, int)
        stored = Acknowledged(sequence, next(self._steps), self._view.log)
        if number is None:
            self._without_id.popleft().stored.append(stored)
            return
        sent = self._sent(str(number))
        if sent is not None:
            sent.stored.append(stored)
            self._unanswered.pop(str(number), None)
            self._to_retry.pop(str(number), None)

    def _refused(self, data: dict[str, object]) -> None:
        number, code = data.get("id"), data["code"]
        if code == "outcome_unknown":
            return  # retried on the next connection
        if number is not None:
            sent = self._sent(str(number))
            if sent is not None:
                sent.refused += 1
                if self.abandons_refused:
                    sent.is_abandoned = True
                    self._unanswered.pop(str(number), None)
                elif str(number) in self._unanswered:
                    self._to_retry[str(number)] = sent
        elif self._without_id and code in MESSAGE_REFUSALS:
            self._without_id.popleft().refused += 1

    def _sent(self, number: str) -> Sent | None:
        sent = self._with_id.get(number)
        if sent is None:
            self.faults.append(f"an answer to {number}, which was never sent")
        return sent


def _message(text: str, number: str) -> bytes:
    return line("message", {"message": text, "id": number, "room": "lobby"})


def _seen(data: dict[str, object], step: int) -> Received:
    sequence, source, text = data["sequence"], data["source"], data["message"]
    assert isinstance(sequence, int)
    assert isinstance(source, str)
    assert isinstance(text, str)
    return Received(sequence, source, text, step)
