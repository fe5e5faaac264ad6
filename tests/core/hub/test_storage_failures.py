"""Batches that cannot be recorded, and senders that wait for storage."""

from parlour.core.events import Refused
from parlour.core.limits import Limits
from tests.core.fake_server import FakeServer, line

FULL = Refused("storage_full", "it could not be kept")
STORAGE_FAILED = (
    "[Server]: messages cannot be kept now, and are refused: it could not be kept"
)
STORAGE_RECOVERED = "[Server]: messages are kept again"


def test_a_refused_batch_is_reported_to_its_senders_only() -> None:
    server = FakeServer()
    ann, bob, cat = server.members("Ann", "Bob", "Cat")
    server.is_storage_paused = True

    ann.send_text("one")
    bob.send_text("two")
    server.refuse(FULL)
    server.commit()
    server.is_storage_paused = False
    cat.send(line("history"))

    refused = "[Server]: it could not be kept"
    assert ann.read() == [STORAGE_FAILED, refused, STORAGE_RECOVERED, "Bob: two"]
    assert bob.read() == [STORAGE_FAILED, STORAGE_RECOVERED, "Bob: two"]
    assert cat.read() == [
        STORAGE_FAILED,
        STORAGE_RECOVERED,
        "Bob: two",
        "[Server]: the last 1 of 1 message:",
        "Bob: two",
    ]


def test_a_refusal_keeps_its_place_in_the_order_of_events() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    server.is_storage_paused = True

    ann.send(line("message", "a") + line("set-name", "Eve"))
    server.refuse(FULL)

    assert ann.read() == [
        STORAGE_FAILED,
        "[Server]: it could not be kept",
        "[Server]: Ann renamed to Eve",
    ]


def test_a_batch_of_a_member_that_left_is_still_recorded_or_refused() -> None:
    for is_recorded in (True, False):
        server = FakeServer()
        ann, bob = server.members("Ann", "Bob")
        server.is_storage_paused = True

        bob.send_text("bye")
        bob.disconnect()
        if is_recorded:
            server.commit()
        else:
            server.refuse(FULL)
        server.wait(1.0)

        events = ["Bob: bye"] if is_recorded else [STORAGE_FAILED]
        assert ann.read() == [*events, "[Server]: Bob has left the chat"]


def test_reading_from_senders_is_paused_while_too_many_drafts_are_pending() -> None:
    server = FakeServer(Limits(rate=None, max_pending=1010))
    ann, bob, cat = server.members("Ann", "Bob", "Cat")
    server.is_storage_paused = True

    ann.send_text(*["a"] * 10)
    assert ann.server_is_reading
    ann.send_text("b")
    bob.send_text("c")
    assert (ann.server_is_reading, bob.server_is_reading, cat.server_is_reading) == (
        False,
        False,
        True,
    )
    assert server.hub.proposals(0.0) is None, "a batch is in flight"
    server.commit()
    assert (ann.server_is_reading, bob.server_is_reading) == (True, True)
    server.commit()

    assert cat.read() == ["Ann: a"] * 10 + ["Ann: b", "Bob: c"]


def test_reading_continues_when_a_batch_is_refused() -> None:
    server = FakeServer(Limits(rate=None, max_pending=1010))
    ann = server.member("Ann")
    server.is_storage_paused = True
    ann.send_text(*["a"] * 11)
    assert not ann.server_is_reading

    server.refuse(FULL)

    assert ann.server_is_reading


def test_a_paused_sender_leaves_after_its_messages() -> None:
    server = FakeServer(Limits(rate=None, max_pending=1010))
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send_text(*["a"] * 11)
    ann.send_eof()
    server.wait(1.0)
    assert ann.ended is None
    server.commit()
    server.wait(1.0)

    assert ann.read() == ["Ann: a"] * 11
    assert bob.read() == ["Ann: a"] * 11 + ["[Server]: Ann has left the chat"]
    assert ann.ended is not None
