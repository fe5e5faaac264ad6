"""The rooms of a client: which it is in, and how far it has received each."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from .records import (
    DIRECT,
    ClientRecord,
    Cursor,
    Missed,
    Opening,
    Overheard,
    RoomView,
)
from .wire import seen

NOTICES: Final = {"joined", "left", "topic", "unkept", "kept"}
"""Types of lines about a room that only its members receive."""


class RoomViews:
    """What a client hears of its rooms; it records all of that."""

    def __init__(
        self, record: ClientRecord, steps: Iterator[int], wanted: Iterable[str]
    ) -> None:
        self.wanted = dict.fromkeys(wanted)
        """The rooms to be in."""
        self.cursors = dict[str, Cursor]()
        self.partners = dict[str, str]()
        """The other client of each direct room, by its first name."""
        self.partner_names = dict[str, str]()
        """The name of the other client of each direct room."""
        self.faults = list[str]()
        self._record, self._steps = record, steps
        self._log = 0
        self._views = dict[str, RoomView]()  # of the rooms that it is in
        self._resumed = dict[str, Cursor]()  # cursors of the hello, not used yet
        self._leaving = Counter[str]()  # requests to leave, not answered yet
        self._entering = Counter[str]()  # requests to enter, not answered yet

    @property
    def entered(self) -> list[str]:
        """The rooms that it is in, by what it has heard."""
        return list(self._views)

    @property
    def missing(self) -> set[str]:
        """The rooms that it is not in and wants to be in, or the reverse."""
        return set(self.wanted) ^ set(self._views)

    def connect(self, log: int) -> None:
        """Begin a connection, and resume the wanted rooms."""
        for view in self._views.values():
            view.is_over = True
        self._log = log
        self._views.clear()
        self._leaving.clear()
        self._entering = Counter(list(self.wanted))
        self.cursors = {
            room: self.cursors[room] for room in self.wanted if room in self.cursors
        }
        self._resumed = dict(self.cursors)

    def join(self, room: str) -> None:
        """Wait for *room*."""
        self.wanted[room] = None
        self._entering[room] += 1

    def leave(self, room: str) -> None:
        """Wait for the last line about *room*."""
        self.wanted.pop(room, None)
        self._leaving[room] += 1

    def stay(self, room: str) -> None:
        """Record that a request to leave *room* was refused."""
        self._answered(self._leaving, room)

    def refuse(self, room: str) -> None:
        """Record that a request to enter *room*, maybe of hello, was refused.

        The answers about one room come in the order of the requests, so a later
        request may still succeed.
        """
        self._answered(self._entering, room)
        self._resumed.pop(room, None)
        if not self._entering[room] and room not in self._views:
            self.wanted.pop(room, None)

    def process(self, kind: str, data: dict[str, Any]) -> None:
        """Process a line about a room, if *kind* is one of those."""
        match kind:
            case "room":
                self.open(data)
            case "message":
                self._received(data)
            case "missed":
                self._missed(data)
            case "renamed":
                if self.partner_names.get(data.get("room", "")) == data["name"]:
                    self.partner_names[data["room"]] = data["to"]
            case "closed":
                self._end(data["room"], kind)
                self.wanted.pop(data["room"], None)
                self._resumed.pop(data["room"], None)
        if kind in NOTICES:
            self._notice(kind, data)

    def open(self, data: dict[str, Any]) -> None:
        """Enter a room, or hear again of the state of one."""
        room, epoch, sequence = data["room"], data["epoch"], data["sequence"]
        opening = Opening(epoch, sequence, data["recovered"])
        self._answered(self._entering, room)
        if partner := data.get("with"):
            self.wanted[room], self.partner_names[room] = None, partner
            self.partners[room] = partner.partition(".")[0]
        if room in self._views:
            self._views[room].events.append(opening)
            return
        view = RoomView(room, self._log, self._resumed.pop(room, None), opening)
        self._views[room] = view
        self._record.views.append(view)
        if view.resume is None or not opening.recovered:
            self.cursors[room] = Cursor(epoch, sequence)

    def _view(self, room: str, kind: str, text: str = "") -> RoomView | None:
        """Return the view of the room that a line is about, if the client is in it."""
        view = self._views.get(room)
        if view is None:
            self._record.overheard.append(Overheard(room, kind, text))
        return view

    def _received(self, data: dict[str, Any]) -> None:
        view = self._view(data["room"], "message", data["message"])
        if view is not None:
            received = seen(data, next(self._steps))
            view.events.append(received)
            self._advance(view.room, received.sequence)

    def _missed(self, data: dict[str, Any]) -> None:
        view = self._view(data["room"], "missed")
        if view is not None:
            view.events.append(Missed(data["events"], data["resume_after"]))
            self._advance(view.room, data["resume_after"])

    def _advance(self, room: str, sequence: int) -> None:
        self.cursors[room] = Cursor(self.cursors[room].epoch, sequence)

    def _notice(self, kind: str, data: dict[str, Any]) -> None:
        room = data["room"]
        if kind in {"joined", "left"} and room.startswith(DIRECT):
            self.faults.append(f"{kind} was told in a direct room")
        if self._view(room, kind) is not None and data.get("you"):
            if not self._leaving[room]:
                self.faults.append(f"{kind} {room} answers no request")
            self._end(room, kind)

    def _answered(self, requests: Counter[str], room: str) -> None:
        """Record that the oldest of the *requests* about *room* was answered."""
        if requests[room]:
            requests[room] -= 1

    def _end(self, room: str, kind: str) -> None:
        view = self._view(room, kind)
        if view is not None:
            del self._views[room]
            view.is_over = True
        self._answered(self._leaving, room)
        self.cursors.pop(room, None)
