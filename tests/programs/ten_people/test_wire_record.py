"""The record of what a client in a pipe prints."""

import json

from tests.proof.records import LOBBY, ClientRecord, Overheard

from .users import Meeting
from .wire_record import WireRecord


def test_notices_of_a_late_hello_are_in_no_room() -> None:
    record = ClientRecord("Gus", {"Gus"})
    wire = WireRecord(Meeting(), record, [LOBBY])
    _add(wire, source="[Server]", message="127.0.0.1:6042 has entered the chat")

    assert wire.faults == []
    assert record.overheard == []


def test_messages_without_a_room_are_faults() -> None:
    wire = WireRecord(Meeting(), ClientRecord("Gus", {"Gus"}), [LOBBY])
    _add(wire, source="Ann", message="t001 alone.")

    assert wire.faults == ["Ann said 't001 alone.' in no room"]


def test_messages_of_a_room_that_was_not_entered_are_overheard() -> None:
    record = ClientRecord("Gus", {"Gus"})
    wire = WireRecord(Meeting(), record, [LOBBY])
    _add(wire, room="dev", source="Ann", message="t001 here.", sequence=1)

    assert record.overheard == [Overheard("dev", "message", "t001 here.")]


def _add(wire: WireRecord, **data: object) -> None:
    wire.add(json.dumps({"type": "message", "data": data}))
