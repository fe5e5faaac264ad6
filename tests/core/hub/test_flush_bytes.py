"""What is written to one connection in one flush is bounded, for all of its rooms."""

from parlour.core.limits import Limits
from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import connect_session, read_events

ROOMS = [f"room{number}" for number in range(10)]
FLUSH_BYTES = 5_000


def test_a_replay_of_many_rooms_is_written_in_several_flushes() -> None:
    server = FakeServer(Limits(rate=None, flush_bytes=FLUSH_BYTES))
    ann = connect_session(server, "Ann", rooms=ROOMS)
    bob = connect_session(server, "Bob", token="x" * 16, rooms=ROOMS)
    epochs = {
        each["data"]["room"]: each["data"]["epoch"]
        for each in read_events(bob)
        if each["type"] == "room"
    }
    bob.disconnect()
    for room in ROOMS:
        ann.send(line("message", {"room": room, "message": "x" * 2000}))

    resume = {room: {"epoch": epochs[room], "sequence": 0} for room in ROOMS}
    again = connect_session(server, token="x" * 16, rooms=ROOMS, resume=resume)

    texts = [each for each in read_events(again) if each["type"] == "message"]
    assert len(texts) == len(ROOMS)
    assert max(map(len, again.writes)) < FLUSH_BYTES + 2500
