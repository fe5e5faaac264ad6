"""A reader of what a client shows, which checks it against the histories."""

import json
import re
from typing import Any, NamedTuple

from parlour.client.protocol.display_items import (
    Answer,
    ChatMessage,
    Disconnected,
    Note,
    ProtocolLine,
    Refusal,
    RoomClosed,
    RoomEntered,
    RoomLeft,
)
from parlour.client.shutdown import NO_ROOMS
from parlour.client.terminal.shown_items import ShownItem
from parlour.core.events import is_direct_room
from tests.client.simulated_chat import SimulatedChat

LOST_LINES = re.compile(r"(\d+) of (?:the|your) lines")
REFUSALS = {"message", "join", "leave", "direct"}
"""What a refusal that counts is about."""
NOT_FINAL = {"stopping", "outcome_unknown"}
"""Codes of refusals after which a line is sent again."""


class Position(NamedTuple):
    """The last message of a room that was shown, or reported as missed.

    The room now has the epoch *entered*, of which a gap may be announced.
    """

    epoch: str
    sequence: int
    entered: str


class HistoryReader:
    """A reader of what the client of *chat* shows."""

    def __init__(self, chat: SimulatedChat) -> None:
        self._chat = chat
        self.positions: dict[str, Position] = {}  # by room
        self._plain: set[str] = set()  # texts that were shown without a sequence
        self.shown_of_bob: set[str] = set()  # his texts, each of which is another
        self._is_offline = self.is_leaving = self.has_refused = False
        self.lacks_rooms = False
        self.lost = self.refused = 0  # lines, as reported
        self.whispered: set[str] = set()  # in direct rooms

    def read(self) -> None:
        """Check the items that are new."""
        for item in self._chat.client.items_to_show():
            self._check(item)

    def _check(self, item: ShownItem) -> None:
        match item:
            case Note(text):
                if (found := LOST_LINES.match(text)) and "press Enter" not in text:
                    self.lost += int(found[1])
                self.lacks_rooms |= text == NO_ROOMS
                self.refused += text.startswith("Not sent")  # by the client itself
                self.has_refused |= text.startswith(("Not sent", "Not possible"))
                if text.startswith("Reconnected"):
                    assert self._is_offline, "reported once"
                    self._is_offline = False
            case Disconnected(is_last):
                assert self.is_leaving or not is_last
                assert not self._is_offline, "reported once"
                self._is_offline = True
            case RoomLeft(room):
                del self.positions[room]
            case RoomClosed(room, _, _, unsent, uncertain):
                self.positions.pop(room, None)
                self.refused += len(unsent + uncertain)
                self.has_refused |= bool(unsent + uncertain)
                self.has_refused |= not is_direct_room(room)
            case Refusal(_, line, code, room, about):
                is_refused = code not in NOT_FINAL and about in REFUSALS
                self.has_refused |= is_refused
                self.refused += is_refused and about in ("message", "direct")
            case Answer(rows, _, is_asked=False):
                assert self._plain.isdisjoint(row.text for row in rows), "no duplicate"
            case ChatMessage(_, _, line) | ProtocolLine(line) | RoomEntered(_, line):
                self._check_line(line)
            case _:
                pass

    def _check_line(self, line: bytes) -> None:
        event = json.loads(line)
        data = event["data"]
        if event["type"] == "message" and data["source"] == "Bob":
            assert data["message"] not in self.shown_of_bob, "no duplicate"
            self.shown_of_bob.add(data["message"])
        match event["type"]:
            case "room":
                self._enter(data["room"], data["epoch"], data["sequence"])
            case "message" if "room" in data:
                self._check_message(data)
            case "message":
                self._plain.add(data["message"])
            case "missed" if data["room"] in self.positions:
                self._check_gap(data)

    def _enter(self, room: str, epoch: str, sequence: int) -> None:
        if (known := self.positions.get(room)) is None:
            known = Position(epoch, sequence, epoch)
        self.positions[room] = known._replace(entered=epoch)

    def _check_message(self, data: dict[str, Any]) -> None:
        room, sequence = data["room"], data["sequence"]
        position = self.positions[room]
        assert position.entered == position.epoch, "a gap is reported"
        if is_direct_room(room):
            assert sequence > position.sequence, "no duplicate"
            self.whispered.add(data["message"])
        else:
            assert sequence == self.missing(room)[0], "no gap and no duplicate"
            recorded = self._chat.texts(position.epoch, room)
            assert recorded[sequence] == data["message"]
        self.positions[room] = position._replace(sequence=sequence)

    def missing(self, room: str) -> list[int]:
        """Return the sequences of those messages of a room that are still to come.

        Those that were shown in the plain dialect are not.
        """
        position = self.positions[room]
        recorded = self._chat.texts(position.epoch, room)
        return [
            each
            for each, text in recorded.items()
            if each > position.sequence and text not in self._plain
        ]

    def _check_gap(self, data: dict[str, Any]) -> None:
        room, events, after = data["room"], data["events"], data["resume_after"]
        position = self.positions[room]
        if is_direct_room(room):
            assert after >= position.sequence
        elif events is None:
            assert position.entered != position.epoch, "the number is known"
        else:
            recorded = self._chat.texts(position.epoch, room)
            missed = [each for each in recorded if position.sequence < each <= after]
            assert events == len(missed)
        self.positions[room] = Position(position.entered, after, position.entered)
