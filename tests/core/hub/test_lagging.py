"""Members that receive slowly: backpressure, and catch-up from the history."""

from parlour.core.limits import Limits
from tests.core.fake_server import FakeServer, line
from tests.core.session_peers import (
    connect_ann_and_bob,
    read_brief,
    read_events,
    send_messages,
)

FORGETFUL = Limits(rate=None, recent_events_bytes=100)


def test_reading_from_a_lagging_member_is_paused_without_delaying_others() -> None:
    server = FakeServer()
    ann, bob, cat = server.members("Ann", "Bob", "Cat")
    bob.is_full = True

    ann.send_text("one")
    ann.send_text("two")

    assert (ann.server_is_reading, bob.server_is_reading) == (True, False)
    assert cat.read() == ["Ann: one", "Ann: two"]
    assert len(bob.writes) == 1, "nothing more is written to a full transport"
    bob.drain_all()
    assert bob.server_is_reading
    assert bob.read() == ["Ann: one", "Ann: two"]


def test_a_lagging_plain_member_receives_the_number_of_missed_lines() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=2000))
    ann, bob = server.members("Ann", "Bob")
    bob.is_full = True

    for number in range(1000):
        ann.send_text(f"{number:03}")
    bob.drain_all()

    received = bob.read()
    assert received[0] == "Ann: 000"
    missed = 1000 - 1 - len(received[2:])
    assert received[1] == f"[Server]: you fell behind and missed {missed} lines"
    assert received[2:] == [f"Ann: {number:03}" for number in range(missed + 1, 1000)]
    assert 2000 / 66 <= len(received[2:]) <= 2500 / 66, "a line has 66 bytes"


def test_a_lagging_session_receives_every_message_from_the_history() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=1000), messages=10_000)
    ann, bob = connect_ann_and_bob(server)
    read_events(ann)
    ann.is_full = True
    send_messages(bob, "0")

    for number in range(1, 3000):
        send_messages(bob, str(number))
    assert server.recent_events().base > 2000
    ann.drain_all()

    assert read_brief(ann) == [f"{n + 1} {n}" for n in range(3000)]


def test_a_lagging_session_receives_the_number_of_missed_notices() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=500), messages=10_000)
    ann, bob = connect_ann_and_bob(server)
    ann.is_full = True
    send_messages(bob, "0")
    cat = server.connect()
    cat.rename("Cat")
    for number in range(1, 30):
        send_messages(bob, str(number))
    read_events(ann)

    ann.drain_all()

    received = read_brief(ann)
    assert received[1:] == ["missed 2 1", *(f"{n + 1} {n}" for n in range(1, 30))]


def test_a_session_that_lags_again_during_catch_up_receives_nothing_twice() -> None:
    server = FakeServer(
        Limits(rate=None, recent_events_bytes=2000, flush_bytes=300), messages=9999
    )
    ann, bob = connect_ann_and_bob(server)
    ann.is_full = True
    send_messages(bob, *map(str, range(10)))
    read_events(ann)

    server.hub.resumed(ann.connection, server.now)  # and full again at the first write
    server.turn()
    send_messages(bob, *map(str, range(10, 100)))
    ann.drain_all()

    numbered = [each for each in read_brief(ann) if each != "joined Bob"]
    assert numbered == [f"{n + 1} {n}" for n in range(100)]


def test_a_session_that_awaits_a_page_misses_no_discarded_message() -> None:
    server = FakeServer(FORGETFUL, messages=9999)
    ann, bob = connect_ann_and_bob(server)
    send_messages(bob, *map(str, range(10)))
    read_events(ann)
    server.is_storage_paused = True
    ann.send(line("history", {"limit": 3}))
    (query,) = server.questions
    server.questions.clear()
    server.is_storage_paused = False

    send_messages(bob, *map(str, range(10, 50)))
    ann.is_full = True
    server.hub.paused(ann.connection, 1, server.now)
    send_messages(bob, *map(str, range(50, 90)))
    ann.is_full = False
    server.hub.resumed(ann.connection, server.now)
    server.hub.answered(query, server.history.read(query.query))
    server.turn()

    assert read_brief(ann) == ["history", *(f"{n + 1} {n}" for n in range(10, 90))]


def test_no_gap_is_reported_to_a_lagging_session_that_ended() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=500), messages=10_000)
    ann, bob = connect_ann_and_bob(server)
    read_events(ann)
    ann.is_full = True
    send_messages(bob, "0")
    send_messages(bob, "1")
    ann.send(line("bye", {}))
    for number in range(2, 40):
        send_messages(bob, str(number))
    assert server.recent_events().base > 10

    ann.drain_all()

    received = read_brief(ann)
    assert received[-1] == "bye bye"
    assert not [each for each in received if each.startswith("missed")]
    assert received[0] == "1 0"
