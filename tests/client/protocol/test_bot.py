"""The example of a bot in the docstring of the library."""

import json

from parlour.client.protocol.connection import Connection
from parlour.client.protocol.display_items import ChatMessage
from parlour.client.protocol.display_queue import DisplayQueue
from parlour.client.protocol.outbox import Outbox
from parlour.client.protocol.requests import Direct, Say
from tests.client.server_lines import message, room, welcome_to_rooms


def test_a_bot_answers_in_the_room_of_the_question() -> None:
    display, outbox, now, token = DisplayQueue(), Outbox(), 0.0, "a secret of 128 bits"
    connection = Connection(
        display, outbox, name="bot", rooms=("lobby", "dev"), token=token, now=now
    )
    entered = welcome_to_rooms("bot") + room("lobby") + room("dev")
    outbox.add(Say("the build is green", room="dev"), now)
    outbox.add(Direct("romeo", "and so is yours"), now)

    connection.receive(entered + message(1, "dev", text="!help"), now)
    for item in display.take():
        if isinstance(item, ChatMessage) and item.text == "!help":
            outbox.add(Say("I report builds", room=item.room), now)
    connection.flush(now)

    sent = map(json.loads, connection.send_buffer.take().splitlines()[1:])
    assert [(line["type"], line["data"]) for line in sent] == [
        ("message", {"room": "dev", "message": "the build is green", "id": "1"}),
        ("direct", {"to": "romeo"}),
        ("message", {"room": "dev", "message": "I report builds", "id": "3"}),
    ]
