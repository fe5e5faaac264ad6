"""Messages are recorded before they are delivered, in one order with all events."""

from parlour.core.limits import Limits
from tests.core.fake_server import FakeServer, line


def test_messages_are_delivered_after_they_are_recorded() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send_text("hi")
    server.wait(60.0)
    assert ann.read() == bob.read() == []
    server.commit()

    assert ann.read() == bob.read() == ["Ann: hi"]


def test_messages_gather_while_a_batch_is_being_recorded() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.send_text("one")
    bob.send_text("two")
    ann.send_text("three")
    assert server.batch_texts() == ["one"]
    server.commit()

    assert server.batch_texts() == ["two", "three"]
    assert bob.read() == ["Ann: one"]
    server.commit()
    assert bob.read() == ["Bob: two", "Ann: three"]


def test_messages_above_the_batch_limit_are_in_the_next_batch() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    ann.send_text(*["hi"] * (Limits().batch_entries * 2 + 1))

    assert len(ann.read()) == Limits().batch_entries * 2 + 1


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
    assert ann.read() == ["Ann: hi", entered, left, renamed]
    assert bob.read() == ["Ann: hi", entered]
    assert cat.read() == [entered, left, renamed]


def test_each_message_has_the_name_at_the_time_it_was_sent() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    server.is_storage_paused = True

    ann.send(line("message", "a") + line("set-name", "Eve") + line("message", "b"))
    server.commit()
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
    server.wait(0.001)
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
    assert server.questions == []
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


def test_an_answer_contains_only_delivered_messages() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.send_text("one")
    ann.read()
    server.is_storage_paused = True

    ann.send(line("history"))
    bob.send_text("two")
    server.batch, batch = None, server.batch
    assert batch is not None
    server.history.append(batch)
    server.commit()
    assert ann.read() == ["[Server]: the last 1 of 1 message:", "Bob: one"]
    server.hub.committed(batch, server.now)
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
    assert not ann.server_is_reading
    server.commit()
    server.commit()

    assert ann.read() == [
        "[Server]: nothing has been said yet",
        "[Server]: Bob has left the chat",
        "Ann: after",
    ]
    assert ann.server_is_reading


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
