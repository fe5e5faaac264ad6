"""Sessions of the session dialect: hello, ids and stored events."""

from parlour.core.events import Refused
from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import (
    connect_ann_and_bob,
    connect_session,
    read_brief,
    read_events,
    send_messages,
)


def test_a_refusal_carries_the_id_of_its_message() -> None:
    server = FakeServer()
    ann = connect_session(server, "Ann")
    read_events(ann)
    server.is_storage_paused = True
    send_messages(ann, "a", "b")

    server.refuse(Refused("storage_full", "the disk is full"))

    assert [each["data"].get("id") for each in read_events(ann)] == [None, "a", "b"]


def test_a_hello_that_is_not_marked_as_late_is_refused() -> None:
    server = FakeServer()
    ann = server.connect()
    server.wait(0.06)

    ann.send(line("hello", {"version": 1}))

    assert '"hello" opens the session dialect only' in ann.read()[-1]


def test_an_invalid_hello_of_a_watching_session_is_not_announced() -> None:
    server = FakeServer()
    bob = connect_session(server, "Bob")
    read_events(bob)

    page = connect_session(server, token="short", watch=True)
    server.wait(0.1)

    assert read_brief(page) == ["welcome 0 True", "error bad_data"]
    assert read_brief(bob) == []


def test_stored_events_precede_the_messages_of_their_batch() -> None:
    server = FakeServer()
    ann, bob = connect_ann_and_bob(server)
    read_events(ann)
    server.is_storage_paused = True
    ann.feed(line("message", {"message": "a", "id": "1"}))
    bob.feed(line("message", {"message": "b", "id": "1"}))
    ann.feed(line("message", {"message": "c", "id": "2"}))

    server.turn()
    server.commit()

    assert read_brief(ann) == ["stored 1 1", "stored 2 3", "1 a", "2 b", "3 c"]
