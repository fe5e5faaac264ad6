import json

import pytest

from parlour.core.limits import MAX_FAULTS, MAX_OWED, Limits
from tests.core.fake_server import Guest, Stage, line


def faulty(ann: Guest, count: int) -> None:
    ann.send(b"nonsense\n" * count)


def test_50_lines_that_are_no_commands_are_the_end() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")

    for _ in range(MAX_FAULTS - 1):
        faulty(ann, 1)
    assert ann.ended is None
    faulty(ann, 1)
    stage.wait(1.0)

    assert ann.ended is not None
    assert ann.ended.code == "too_many_faults"
    heard = ann.hear()
    assert len(heard) == MAX_FAULTS + 1
    assert heard[-1] == "[Server]: 50 lines in a row were not understood"
    assert bob.hear() == ["[Server]: Ann has left the chat"]


def test_50_faults_in_one_piece_are_the_end() -> None:
    stage = Stage()
    ann = stage.member("Ann")

    faulty(ann, 1000)
    stage.wait(1.0)

    assert ann.ended is not None
    assert ann.ended.code == "too_many_faults"
    assert len(ann.hear()) == MAX_FAULTS + 1


def test_any_command_begins_the_count_of_faults_anew() -> None:
    for data in (
        line("message", "hi"),
        line("set-name", "Bob"),
        line("set-name", ""),
        line("set-name", "Ann"),
        line("message", ""),
        line("users"),
        line("history"),
    ):
        stage = Stage()
        ann = stage.member("Ann")

        for _ in range(3):
            faulty(ann, MAX_FAULTS - 1)
            ann.send(data)

        assert ann.ended is None, data


def test_blank_lines_are_no_faults() -> None:
    stage = Stage()
    ann = stage.member("Ann")

    ann.send(b"\n \r\n" * 1000)

    assert ann.ended is None
    assert ann.hear() == []


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (line("users"), "[Server]: 1 user: Ann"),
        (line("set-name", ""), "[Server]: a name has 1 to 32 characters"),
    ],
)
def test_answers_that_are_not_taken_are_bounded(data: bytes, answer: str) -> None:
    stage = Stage(Limits(rate=None, stall=1000.0))
    ann = stage.member("Ann")
    ann.is_full = True
    ann.say("full")

    ann.send(data * 1000)
    owed = stage.hub.room.delivery[ann.session].undelivered
    assert not ann.reads
    ann.drain_all()

    assert 1 <= owed <= MAX_OWED
    assert ann.hear() == ["Ann: full", *[answer] * 1000]
    assert ann.reads


def test_a_flood_of_questions_is_answered_one_by_one() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    bob.say("hi")

    ann.send((line("history") + line("users") + b"nonsense\n") * 40)

    assert ann.hear() == [
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


def test_a_long_history_comes_in_pieces_and_whole() -> None:
    stage = Stage(Limits(rate=None, flush_bytes=10_000))
    ann, bob = stage.members("Ann", "Bob")
    for number in range(300):
        bob.say(f"{number:03} {'x' * 1000}")
    ann.hear()
    ann.writes.clear()

    ann.send(line("history") + line("message", "after"))

    heard = ann.hear()
    assert heard[0] == "[Server]: the last 200 of 300 messages:"
    assert [text[:8] for text in heard[1:201]] == [
        f"Bob: {number:03}" for number in range(100, 300)
    ]
    assert heard[201:] == ["Ann: after"]
    assert max(map(len, ann.writes)) <= 10_000 + 1600
