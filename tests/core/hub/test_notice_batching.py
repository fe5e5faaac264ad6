"""Notices share writes; answers and messages are delivered at once."""

from tests.core.fake_server import FakeServer, line

COUNT = 40
WAIT = 0.01  # seconds until so few members have received notices, too


def test_many_joins_are_announced_in_few_writes_and_welcomed_at_once() -> None:
    server = FakeServer()
    old = server.members(*(f"old{number}" for number in range(COUNT)))

    new = [server.connect() for _ in range(COUNT)]
    for number, peer in enumerate(new):
        peer.send(line("hello", {"version": 1, "name": f"new{number}"}))
        assert b'"welcome"' in peer.unread, "a welcome does not wait for notices"
    assert not any(peer.writes for peer in old), "notices wait a moment"
    server.wait(WAIT)

    assert [len(peer.writes) for peer in old] == [1] * COUNT
    assert all(len(peer.writes) <= 2 for peer in new)
    for peer in new:
        assert peer.unread.count(b'"joined"') == COUNT - new.index(peer)


def test_an_answer_does_not_flush_waiting_notices_to_others() -> None:
    server = FakeServer()
    ann, bob, cat = server.members("Ann", "Bob", "Cat")

    cat.rename("Eve")
    for _ in range(5):
        ann.send(line("users"))
        assert ann.read()[-1] == "[Server]: 3 users: Ann, Bob, Eve"
    assert bob.writes == []
    server.wait(WAIT)

    assert bob.read() == ["[Server]: Cat renamed to Eve"]
    assert len(bob.writes) == 1


def test_a_notice_delivered_with_an_answer_is_not_repeated() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    bob.rename("Eve")
    ann.send(line("users"))
    server.wait(WAIT)
    bob.send_text("hi")

    renamed, answer, message = ann.read()
    assert renamed == "[Server]: Bob renamed to Eve"
    assert answer == "[Server]: 2 users: Ann, Eve"
    assert message == "Eve: hi"


def test_waiting_notices_are_written_with_the_next_message() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    bob.rename("Eve")
    assert ann.writes == []
    bob.send_text("hi")

    assert ann.read() == ["[Server]: Bob renamed to Eve", "Eve: hi"]
    assert len(ann.writes) == 1


def test_many_leaves_are_announced_in_one_write() -> None:
    server = FakeServer()
    (ann, *others) = server.members("Ann", *(f"u{number}" for number in range(COUNT)))

    for peer in others:
        peer.send_eof()
        assert peer.ended is not None
    server.wait(WAIT)

    assert len(ann.writes) == 1
    left = [each for each in ann.read() if each.endswith("has left the chat")]
    assert len(left) == COUNT


def test_senders_are_written_to_before_the_others() -> None:
    server = FakeServer()
    ann, bob, cat = (server.connect() for _ in range(3))
    for number, peer in enumerate((ann, bob, cat)):
        peer.send(line("hello", {"version": 1, "name": f"u{number}"}))
    server.wait(WAIT)
    bob.feed(line("message", {"message": "hi", "id": "1"}))
    batch = server.hub.proposals(0.0)
    assert batch is not None
    server.hub.committed(batch, server.now)

    writes = server.hub.flush(server.now)

    order = [peer for each in writes for peer in each.connections]
    assert order == [bob.connection, ann.connection, cat.connection]


def test_a_batch_waits_until_the_last_one_is_delivered() -> None:
    server = FakeServer()
    server.is_storage_paused = True
    ann = server.member("Ann")
    ann.feed(line("message", "a"))
    first = server.hub.proposals(0.0)
    assert first is not None
    ann.feed(line("message", "b"))

    server.hub.committed(first, server.now)

    assert server.hub.proposals(0.0) is None, "the last batch is delivered first"
    server.hub.flush(server.now)
    ann.feed(line("message", "c"))
    server.batch = server.hub.proposals(0.0)
    assert server.batch_texts() == ["b", "c"]
