"""What a session is told privately keeps its order, whichever rooms it is about."""

from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import connect_session, read_events


def too_long(room: str, id_: str) -> bytes:
    return line("message", {"room": room, "message": "x" * 5000, "id": id_})


def said(room: str, id_: str) -> bytes:
    return line("message", {"room": room, "message": id_, "id": id_})


def test_refusals_about_several_rooms_keep_their_order() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann", rooms=["lobby", "dev"])
    read_events(ann)

    ann.send(too_long("lobby", "1") + too_long("dev", "2") + too_long("lobby", "3"))

    assert [each["data"]["id"] for each in read_events(ann)] == ["1", "2", "3"]


def test_a_refusal_follows_the_messages_that_precede_it_in_its_room() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann", rooms=["lobby", "dev"])
    read_events(ann)

    ann.send(said("dev", "1") + too_long("lobby", "2") + too_long("dev", "3"))

    events = [(each["type"], each["data"].get("id")) for each in read_events(ann)]
    assert events == [
        ("stored", "1"),
        ("error", "2"),
        ("message", None),
        ("error", "3"),
    ]


def test_private_events_of_several_rooms_are_one_write() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann", rooms=["lobby", "dev"])
    ann.writes.clear()

    ann.send(too_long("dev", "1") + too_long("lobby", "2"))

    assert len(ann.writes) == 1
