"""Messages are recorded before they are delivered, in one order with all events."""

from parlour.core.events import Refused
from parlour.core.limits import MAX_BATCH_DRAFTS, Limits
from tests.core.fake_server import FakeServer, line

FULL = Refused("storage_full", "it could not be kept")
STORAGE_FAILED = (
    "[Server]: messages cannot be kept now, and are refused: it could not be kept"
)
STORAGE_RECOVERED = "[Server]: messages are kept again"


def test_messages_are_delivered_only_once_recorded() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send_text("hi")
    server.wait(60.0)
    assert ann.read() == bob.read() == []
    server.commit()

    assert ann.read() == bob.read() == ["Ann: hi"]


def test_drafts_gather_while_a_batch_is_being_recorded() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send_text("one")
    bob.send_text("two")
    ann.send_text("three")
    assert [draft.text for draft in server.batch] == ["one"]
    server.commit()

    assert [draft.text for draft in server.batch] == ["two", "three"]
    assert bob.read() == ["Ann: one"]
    server.commit()
    assert bob.read() == ["Bob: two", "Ann: three"]


def test_drafts_beyond_the_batch_limit_are_in_the_next_batch() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    ann.send_text(*["hi"] * (MAX_BATCH_DRAFTS * 2 + 1))

    assert len(ann.read()) == MAX_BATCH_DRAFTS * 2 + 1


def test_notices_wait_for_the_messages_before_them() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send_text("hi")
    cat = server.connect("192.0.2.9:9")
    cat.rename("Cat")
    bob.send_eof()
    server.wait(1.0)
    assert ann.read() == bob.read() == cat.read() == []
    server.commit()
    server.wait(1.0)

    entered = "[Server]: 192.0.2.9:9 has entered the chat"
    renamed = "[Server]: 192.0.2.9:9 renamed to Cat"
    left = "[Server]: Bob has left the chat"
    assert ann.read() == ["Ann: hi", entered, renamed, left]
    assert bob.read() == ["Ann: hi", entered, renamed]
    assert cat.read() == [entered, renamed, left]


def test_each_message_has_the_name_of_when_it_was_sent() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    server.is_storage_paused = True

    ann.send(line("message", "a") + line("set-name", "Eve") + line("message", "b"))
    server.commit()

    assert ann.read() == ["Ann: a", "[Server]: Ann renamed to Eve", "Eve: b"]


def test_a_rename_may_come_between_two_batches() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    server.is_storage_paused = True

    ann.send_text("a")
    ann.rename("Eve")
    ann.send_text("b")
    server.commit()
    assert ann.read() == ["Ann: a", "[Server]: Ann renamed to Eve"]
    server.commit()
    assert ann.read() == ["Eve: b"]


def test_queries_are_answered_after_the_messages_before_them() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send(line("message", "mine") + line("users"))
    ann.send(line("history"))
    bob.send_text("later")
    assert server.queries == []
    server.commit()
    assert ann.read() == ["Ann: mine", "[Server]: 2 users: Ann, Bob"]
    server.commit()
    server.commit()

    assert ann.read() == [
        "Bob: later",
        "[Server]: the last 2 of 2 messages:",
        "Ann: mine",
        "Bob: later",
    ]


def test_an_answer_holds_no_message_that_is_not_delivered_yet() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.send_text("one")
    ann.read()
    server.is_storage_paused = True

    ann.send(line("history"))
    bob.send_text("two")
    server.batch, batch = [], server.batch
    messages = server.history.append(batch, 0.0)
    server.commit()
    assert ann.read() == ["[Server]: the last 1 of 1 message:", "Bob: one"]
    server.hub.recorded(messages)
    server.turn()

    assert ann.read() == ["Bob: two"]


def test_an_invalid_line_and_a_query_in_one_read_are_both_answered() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    ann.send(line("set-name", "") + line("history") + line("users"))

    assert ann.read() == [
        "[Server]: a name has 1 to 32 characters",
        "[Server]: nothing has been said yet",
        "[Server]: 1 user: Ann",
    ]


def test_a_member_that_awaits_an_answer_receives_nothing_else() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True
    ann.send(line("history") + line("message", "after"))

    bob.send_eof()
    server.wait(1.0)
    assert ann.read() == []
    assert not ann.is_read_from
    server.commit()
    server.commit()

    assert ann.read() == [
        "[Server]: nothing has been said yet",
        "[Server]: Bob has left the chat",
        "Ann: after",
    ]
    assert ann.is_read_from


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


def test_senders_are_not_read_from_while_too_many_drafts_are_pending() -> None:
    server = FakeServer(Limits(rate=None, max_pending=1010))
    ann, bob, cat = server.members("Ann", "Bob", "Cat")
    server.is_storage_paused = True

    ann.send_text(*["a"] * 10)
    assert ann.is_read_from
    ann.send_text("b")
    bob.send_text("c")
    assert (ann.is_read_from, bob.is_read_from, cat.is_read_from) == (
        False,
        False,
        True,
    )
    assert server.hub.room.pending.next_batch() == []
    server.commit()
    assert (ann.is_read_from, bob.is_read_from) == (True, True)
    server.commit()

    assert cat.read() == ["Ann: a"] * 10 + ["Ann: b", "Bob: c"]


def test_reading_continues_when_a_batch_is_refused() -> None:
    server = FakeServer(Limits(rate=None, max_pending=1010))
    ann = server.member("Ann")
    server.is_storage_paused = True
    ann.send_text(*["a"] * 11)
    assert not ann.is_read_from

    server.refuse(FULL)

    assert ann.is_read_from


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


def test_a_stop_waits_for_the_messages_before_it() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send_text("last")
    server.hub.stop("over")
    server.turn()
    assert bob.read() == []
    server.commit()

    assert ann.read() == bob.read() == ["Ann: last", "[Server]: over"]
    assert ann.ended is not None


def test_history_shows_the_last_200_messages() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    for number in range(205):
        ann.send_text(f"{number:03}")
    bob.read()
    bob.send(line("history"))

    received = bob.read()
    assert received[0] == "[Server]: the last 200 of 205 messages:"
    assert received[1:] == [f"Ann: {number:03}" for number in range(5, 205)]
