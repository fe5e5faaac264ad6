"""Floods of invalid lines, queries and answers are bounded."""

import json

import pytest

from parlour.core.limits import MAX_INVALID_LINES, MAX_WAITING_ANSWERS, Limits
from tests.core.fake_server import FakePeer, FakeServer, line


def send_invalid_lines(peer: FakePeer, count: int) -> None:
    peer.send(b"nonsense\n" * count)


def test_50_consecutive_invalid_lines_close_the_connection() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")

    for _ in range(MAX_INVALID_LINES - 1):
        send_invalid_lines(ann, 1)
    assert ann.ended is None
    send_invalid_lines(ann, 1)
    server.wait(1.0)

    assert ann.ended is not None
    assert ann.ended.code == "too_many_faults"
    received = ann.read()
    assert len(received) == MAX_INVALID_LINES + 1
    assert received[-1] == "[Server]: 50 lines in a row were not understood"
    assert bob.read() == ["[Server]: Ann has left the chat"]


def test_50_invalid_lines_in_one_read_close_the_connection() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    send_invalid_lines(ann, 1000)
    server.wait(1.0)

    assert ann.ended is not None
    assert ann.ended.code == "too_many_faults"
    assert len(ann.read()) == MAX_INVALID_LINES + 1


def test_any_valid_command_resets_the_count_of_invalid_lines() -> None:
    for data in (
        line("message", "hi"),
        line("set-name", "Bob"),
        line("set-name", ""),
        line("set-name", "Ann"),
        line("message", ""),
        line("users"),
        line("history"),
    ):
        server = FakeServer()
        ann = server.member("Ann")

        for _ in range(3):
            send_invalid_lines(ann, MAX_INVALID_LINES - 1)
            ann.send(data)

        assert ann.ended is None, data


def test_blank_lines_are_ignored() -> None:
    server = FakeServer()
    ann = server.member("Ann")

    ann.send(b"\n \r\n" * 1000)

    assert ann.ended is None
    assert ann.read() == []


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (line("users"), "[Server]: 1 user: Ann"),
        (line("set-name", ""), "[Server]: a name has 1 to 32 characters"),
    ],
)
def test_undelivered_answers_are_bounded(data: bytes, answer: str) -> None:
    server = FakeServer(Limits(rate=None, stall_timeout=1000.0))
    ann = server.member("Ann")
    ann.is_full = True
    ann.send_text("full")

    ann.send(data * 1000)
    waiting = server.hub.delivery.private.undelivered(ann.connection)
    assert not ann.server_is_reading
    ann.drain_all()

    assert 1 <= waiting <= MAX_WAITING_ANSWERS
    assert ann.read() == ["Ann: full", *[answer] * 1000]
    assert ann.server_is_reading


def test_a_flood_of_queries_is_answered_in_order() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    bob.send_text("hi")

    ann.send((line("history") + line("users") + b"nonsense\n") * 40)

    assert ann.read() == [
        "Bob: hi",
        *[
            "[Server]: the last 1 of 1 message:",
            "Bob: hi",
            "[Server]: 2 users: Ann, Bob",
            "[Server]: that line is not JSON; send one object a line, such as "
            + json.dumps({"type": "message", "data": "hello"}),
        ]
        * 40,
    ]


def test_a_long_history_is_written_in_several_flushes() -> None:
    server = FakeServer(Limits(rate=None, flush_bytes=10_000))
    ann, bob = server.members("Ann", "Bob")
    for number in range(300):
        bob.send_text(f"{number:03} {'x' * 1000}")
    ann.read()
    ann.writes.clear()

    ann.send(line("history") + line("message", "after"))

    received = ann.read()
    assert received[0] == "[Server]: the last 200 of 300 messages:"
    assert [text[:8] for text in received[1:201]] == [
        f"Bob: {number:03}" for number in range(100, 300)
    ]
    assert received[201:] == ["Ann: after"]
    assert max(map(len, ann.writes)) <= 10_000 + 1600
