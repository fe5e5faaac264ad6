"""Unprocessed input and unsent output of all connections have one limit in bytes."""

from parlour.core.events import LOBBY
from parlour.core.limits import MAX_PAGE, Limits
from tests.core.fake_server import FakePeer, FakeServer, line

SMALL = Limits(rate=None, max_queued=100_000)


def close_codes(peers: list[FakePeer]) -> list[str]:
    return [peer.ended.code for peer in peers if peer.ended is not None]


def test_the_connection_with_the_most_unsent_bytes_is_aborted() -> None:
    server = FakeServer(SMALL)
    ann, bob, cid = server.members("Ann", "Bob", "Cid")
    ann.is_full = bob.is_full = True
    server.hub.paused(ann.connection, 60_000, server.now)
    server.hub.paused(bob.connection, 39_000, server.now)
    server.turn()
    assert close_codes([ann, bob, cid]) == []

    server.hub.paused(bob.connection, 41_000, server.now)
    server.turn()
    server.wait(0.1)

    assert close_codes([ann]) == ["too_much_queued"]
    assert close_codes([bob, cid]) == []
    assert cid.read() == ["[Server]: Ann has left the chat"]


def test_unprocessed_input_counts() -> None:
    server = FakeServer(Limits(max_queued=300_000))
    clients = server.members(*(f"client{number}" for number in range(10)))

    for peer in clients:
        peer.feed(b"\n" * 50_000)
    server.turn()

    # The limit is exceeded twice, and two connections are aborted each time.
    assert close_codes(clients).count("too_much_queued") == 4
    assert all(peer.ended.abort for peer in clients if peer.ended)


def test_unfinished_lines_count() -> None:
    server = FakeServer(SMALL)
    clients = server.members(*(f"client{number}" for number in range(5)))

    for peer in clients:
        peer.feed(b'{"' + b"x" * 30_000)
    server.turn()

    assert close_codes(clients).count("too_much_queued") == 2


def test_the_limit_applies_within_a_turn() -> None:
    server = FakeServer(SMALL)
    clients = server.members(*(f"client{number}" for number in range(50)))

    for peer in clients:
        peer.feed(b'{"' + b"x" * 30_000)

    codes = [ended.code for ended in server.hub.ended()]  # without a turn
    assert codes == ["too_much_queued"] * 48


def test_bytes_that_were_sent_do_not_count() -> None:
    server = FakeServer(SMALL)
    ann = server.member("Ann")

    for _ in range(10):
        ann.is_full = True
        server.hub.paused(ann.connection, 90_000, server.now)
        server.turn()
        ann.drain_all()

    assert close_codes([ann]) == []


def test_disconnected_sessions_do_not_count() -> None:
    server = FakeServer(SMALL)
    for number in range(5):
        peer = server.member(f"n{number}")
        server.hub.paused(peer.connection, 90_000, server.now)
        peer.disconnect()
    bob = server.member("Bob")
    server.hub.paused(bob.connection, 90_000, server.now)
    server.turn()

    assert close_codes([bob]) == []


def test_a_page_is_queried_again_for_a_member_that_lagged() -> None:
    server = FakeServer()
    ann = server.connect()
    ann.send(line("hello", {"version": 1}))
    ann.send(line("message", {"message": "x" * 1000}) * 100)
    server.wait(0.1)
    server.is_storage_paused = True
    ann.feed(line("history", {"limit": MAX_PAGE}))
    server.turn()
    server.hub.paused(ann.connection, 1000, server.now)
    server.is_storage_paused = False
    server.reply()
    assert server.hub.delivery.reports.queued_answers.size == 0

    ann.unread = b""
    server.hub.resumed(ann.connection, server.now)
    server.turn()

    assert ann.unread.count(b'"sequence":') == 100
    assert server.hub.delivery.reports.queued_answers.size == 0


def test_replayed_messages_that_were_sent_do_not_count() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=1000, max_queued=600_000))
    ann = server.member("Ann")
    for _ in range(20):
        ann.send_text(*["x" * 4000] * 10)
    point = {"epoch": server.hub.state.epoch, "sequence": 0}
    bob = server.connect()

    bob.send(line("hello", {"version": 1, "resume": {LOBBY: point}}))
    server.wait(1.0)

    assert close_codes([bob]) == []
    assert bob.unread.count(b"x" * 4000) == 200
