"""Shutdown of the server, and sessions that only watch."""

from parlour.core.limits import Limits
from tests.core.fake_server import FakeServer, line


def test_input_after_a_stop_is_discarded() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.hub.stop("over")

    bob.send_text("hello?")

    assert bob.read() == ann.read() == ["[Server]: over"]


def test_a_stop_ends_every_session_with_a_reason() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    peer = server.connect()

    ann.feed(line("message", "last"))
    server.hub.stop("the server is shutting down")
    server.turn()

    bye = "[Server]: the server is shutting down"
    assert peer.read() == [bye]
    assert ann.read() == bob.read() == ["Ann: last", bye]
    assert [each.ended.code for each in (ann, bob, peer) if each.ended] == [
        "server_stopping"
    ] * 3
    assert server.connect_rejected().code == "server_stopping"


def test_nothing_is_sent_after_a_stop() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.hub.stop("over")
    server.turn()
    ann.read()

    bob.disconnect()
    server.wait(60.0)

    assert ann.read() == []
    assert server.hub.deadline(server.now) is None


def test_a_watcher_receives_every_event_and_is_not_listed() -> None:
    server = FakeServer(Limits(max_users=1, rate=None))
    watcher = server.watch()
    ann = server.connect("192.0.2.1:1")

    ann.send(line("message", "hi") + line("users"))
    server.hub.stop("over")
    server.turn()

    entered = "[Server]: 192.0.2.1:1 has entered the chat"
    assert watcher.read() == [entered, "192.0.2.1:1: hi", "[Server]: over"]
    assert "[Server]: 1 user: 192.0.2.1:1" in ann.read()
    assert len(server.hub) == 1


def test_a_watcher_may_lag_without_limit() -> None:
    server = FakeServer(Limits(rate=None, recent_events_bytes=1000))
    watcher = server.watch()
    ann = server.member("Ann")
    watcher.is_full = True

    for number in range(100):
        ann.send_text(f"{number:03}")
    server.wait(3600.0)
    watcher.drain_all()

    received = watcher.read()
    assert received[0] == "Ann: 000"
    assert received[1].startswith("[Server]: you fell behind and missed ")
    assert received[-1] == "Ann: 099"
