"""Timeouts of unfinished lines and of unsent output, and clock jumps."""

from parlour.core.limits import Limits
from tests.core.fake_server import FakeServer, line


def test_an_unfinished_line_times_out_after_30_seconds() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    ann.send(b'{"type": ')
    server.wait(29.9)
    assert ann.ended is None
    server.wait(0.2)

    assert ann.ended is not None
    assert ann.ended.code == "line_timeout"
    assert ann.read() == ["[Server]: a line must end within 30 seconds"]
    assert bob.read() == ["[Server]: Ann has left the chat"]


def test_more_bytes_do_not_extend_the_line_timeout() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    for _ in range(31):
        ann.send(b"x")
        server.wait(1.0)

    assert ann.ended is not None
    assert ann.ended.code == "line_timeout"


def test_the_line_timeout_applies_to_a_skipped_line() -> None:
    server = FakeServer(Limits(max_line=10, rate=None))
    ann = server.member("Ann")

    ann.send(b"{")
    for _ in range(31):
        ann.send(b"x" * 20)
        server.wait(1.0)

    assert ann.ended is not None
    assert ann.ended.code == "line_timeout"


def test_each_line_has_a_timeout_of_its_own() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    for _ in range(5):
        ann.send(b'"data": "x"}\n{"type": "message", ')
        server.wait(20.0)

    assert ann.ended is None


def test_a_plain_member_may_stay_silent_between_lines() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    ann.send_text("hi")
    server.wait(100_000.0)

    assert ann.ended is None


def test_the_line_timeout_does_not_run_while_reading_is_paused() -> None:
    server = FakeServer(Limits(rate=None, stall_timeout=1000.0))
    ann = server.member("Ann")
    ann.is_full = True
    ann.send(line("message", "hi") + b'{"type": ')
    assert not ann.server_is_reading

    server.wait(500.0)
    assert ann.ended is None
    ann.drain_all()
    server.wait(29.9)
    assert ann.ended is None
    server.wait(0.2)
    assert ann.ended is not None
    assert ann.ended.code == "line_timeout"


def test_a_clock_jump_postpones_the_timeouts() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.is_full = True
    ann.send_text("hi")
    ann.send(b'{"type": ')

    server.jump(3600.0)
    assert (ann.ended, bob.ended) == (None, None)
    server.wait(8.9)
    assert (ann.ended, bob.ended) == (None, None)
    server.wait(0.2)
    assert bob.ended is not None
    assert bob.ended.code == "stalled"


def test_a_peer_that_receives_nothing_for_10_seconds_is_aborted() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.is_full = True

    ann.send_text("hi")
    server.wait(9.9)
    assert bob.ended is None
    server.wait(0.2)

    assert bob.ended is not None
    assert (bob.ended.code, bob.ended.abort) == ("stalled", True)
    assert bob.ended.reason == "received nothing for 10 seconds"
    assert ann.read() == ["Ann: hi", "[Server]: Bob has left the chat"]
    assert bob.disconnect() is None


def test_a_peer_that_receives_a_byte_within_10_seconds_stays_connected() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.is_full = True

    ann.send_text("hi" * 100)
    for _ in range(30):
        server.wait(9.0)
        bob.drain(1)

    assert bob.ended is None
    bob.drain_all()
    assert bob.read() == [f"Ann: {'hi' * 100}"]


def test_a_peer_that_has_received_everything_has_no_timeout() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.is_full = True

    ann.send_text("hi")
    server.wait(9.0)
    bob.drain_all()
    server.wait(60.0)

    assert bob.ended is None
    assert server.hub.deadline(server.now) is None


def test_a_closing_peer_that_receives_nothing_is_aborted() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.is_full = True
    ann.send_text("hi")

    bob.send_eof()
    server.wait(11.0)

    assert bob.ended is not None
    assert bob.ended.code == "stalled"
    assert ann.read() == ["Ann: hi", "[Server]: Bob has left the chat"]
