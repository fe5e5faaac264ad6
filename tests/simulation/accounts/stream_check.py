"""Checks that a client received its rooms in order, without losses or repetitions."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tests.proof.records import DIRECT
from tests.proof.violation import Violation

from .law import Item, Law
from .transcript import Line, Transcript


class StreamCheck:
    """Compares the lines of one client with the ledger.

    With *may_miss*, because reads of the history failed, the server may report missed
    messages.
    """

    def __init__(self, client: Transcript, law: Law, *, may_miss: bool) -> None:
        self._client, self._law, self._may_miss = client, law, may_miss
        self._resumed = dict[str, int]()  # the cursors of the hello, not used yet
        self._places = dict[str, int | None]()  # the last sequence in each room
        self._begun = 0  # what was applied when the hello was sent
        self._asked: int | None = None  # and when a page was first asked for
        self._tombstones = set[tuple[str, int]]()  # on this connection

    def check(self, *, is_settled: bool) -> Iterator[Violation]:
        """Check everything that the client has received."""
        for each in self._client.lines:
            if each.is_sent:
                if each.kind == "hello":
                    self._connect(each)
                elif each.kind == "history" and self._asked is None:
                    self._asked = each.applied
                continue
            yield from self._check_line(each)
        if is_settled and self._client.is_here:
            for room, last in self._places.items():
                missing = self._after(room, last)
                if missing:
                    details = f"#{room}: nothing from {missing[0]} to {missing[-1]}"
                    yield self._violation("everything is received in the end", details)

    def _connect(self, hello: Line) -> None:
        resume = hello.data.get("resume", {})
        self._resumed = {room: each["sequence"] for room, each in resume.items()}
        self._places.clear()
        self._tombstones.clear()
        self._begun, self._asked = hello.applied, None

    def _check_line(self, each: Line) -> Iterator[Violation]:
        data = each.data
        match each.kind:
            case "error" if data.get("about") in {"hello", "join"}:
                if data.get("room") not in self._places:
                    self._resumed.pop(data.get("room", ""), None)
            case "room":
                yield from self._check_start(data)
                self._open(data)
            case "left" if data.get("you"):
                self._places.pop(data["room"], None)
            case "closed":
                self._places.pop(data["room"], None)
            case "message" | "erased" | "missed" if data["room"] not in self._places:
                yield self._violation("only members hear a room", str(data))
            case "missed":
                yield from self._missed(data)
            case "message" | "erased":
                yield from self._next(each)
            case "history":
                yield from self._page(each)

    def _check_start(self, data: dict[str, Any]) -> Iterator[Violation]:
        """Check that a direct room begins with what its account has not read."""
        room, read = data["room"], data.get("read", data["sequence"])
        is_new = room not in self._places and room not in self._resumed
        if is_new and room.startswith(DIRECT) and data["sequence"] > read:
            yield self._violation("direct messages wait for their receiver", str(data))

    def _open(self, data: dict[str, Any]) -> None:
        room = data["room"]
        if room in self._places:
            return
        resumed = self._resumed.pop(room, None)
        if resumed is None:
            self._places[room] = data["sequence"]
        else:
            self._places[room] = resumed if data["recovered"] else None

    def _after(self, room: str, last: int | None) -> list[Item]:
        items = self._law.rooms.get(room, [])
        if last is None:
            return []
        return items[bisect_right(items, last, key=lambda each: each.sequence) :]

    def _missed(self, data: dict[str, Any]) -> Iterator[Violation]:
        """Check that nothing was missed: the history is complete."""
        room, resume_after = data["room"], data["resume_after"]
        missing = self._after(room, self._places[room])
        is_lost = bool(missing) and missing[0].sequence <= resume_after
        if is_lost and not self._may_miss:
            yield self._violation("messages are not missed", f"{data}, {missing[0]}")
        self._places[room] = resume_after

    def _next(self, each: Line) -> Iterator[Violation]:
        data = each.data
        room, sequence = data["room"], data["sequence"]
        before = self._places[room]
        following = self._after(room, before)
        self._places[room] = sequence
        if not following or following[0].sequence != sequence:
            expected = following[0] if following else "nothing"
            details = f"{data} after {before}, and not {expected}"
            yield self._violation("a room is heard in order", details)
            return
        if each.kind == "message":
            yield from self._text(each, following[0], data, self._begun)
            return
        self._tombstones.add((room, data["target"]))
        if following[0].target != data["target"]:
            yield self._violation("a room is heard in order", str(data))

    def _page(self, page: Line) -> Iterator[Violation]:
        """Check that the messages of a page are stored, and that none is left out."""
        data, asked = page.data, self._asked
        room, messages = data["room"], data["messages"]
        stored = [each for each in self._law.rooms.get(room, []) if not each.target]
        by_sequence = {each.sequence: n for n, each in enumerate(stored)}
        places = [by_sequence.get(each["sequence"]) for each in messages]
        if None in places or any(
            two != one + 1 for one, two in pairwise(places) if one is not None
        ):
            yield self._violation("pages have no gaps", f"#{room}: {places}")
            return
        for place, each in zip(places, messages, strict=True):
            if place is not None:
                yield from self._text(page, stored[place], each, asked or 0)

    def _text(
        self, line: Line, item: Item, data: dict[str, Any], begun: int
    ) -> Iterator[Violation]:
        """Check the text of a message; one erased before *begun* has none."""
        room, sequence = data["room"], data["sequence"]
        erased = self._law.erased.get((room, sequence))
        if data.get("erased"):
            if erased is None or erased >= line.place:
                yield self._violation("only erased texts are left out", str(data))
        elif data["message"] != item.text:
            yield self._violation("messages are what was said", f"{data}, {item}")
        elif erased is not None and (
            erased < begun or (room, sequence) in self._tombstones
        ):
            details = f"{data}, erased at place {erased}"
            yield self._violation("erased texts are not delivered", details)

    def _violation(self, promise: str, details: str) -> Violation:
        return Violation(promise, self._client.name, details)
