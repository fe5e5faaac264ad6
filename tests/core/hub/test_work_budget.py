"""A turn takes a bounded amount of work from each peer, whoever it is."""

import pytest

from parlour.core.delivery.catch_up import MAX_ASKED
from parlour.core.limits import MAX_SHARED, Limits
from parlour.core.sessions import work_budget
from tests.core.fake_server import Guest, Stage, line


def turns_until(stage: Stage, done: object, guest: Guest) -> int:
    """Take single turns until *guest* has heard *done*; return how many."""
    for count in range(1, 10_000):
        stage.turn_once()
        if done in guest.hear():
            return count
    raise AssertionError(f"{done} was never heard")


@pytest.mark.parametrize("blank", [b"\n", b" \t\n", b"\r\n"])
def test_blank_lines_are_processed_in_pieces(blank: bytes) -> None:
    stage = Stage()
    ann = stage.member("Ann")

    ann.push(blank * 10_000 + line("message", "hi"))

    assert stage.hub.counters.lines <= 1 + work_budget.QUANTUM
    assert turns_until(stage, "Ann: hi", ann) >= 10_000 // work_budget.QUANTUM


def test_messages_are_processed_in_pieces_and_in_order() -> None:
    stage = Stage(messages=10_000)
    ann = stage.member("Ann")
    said = [f"{number}" for number in range(5_000)]

    ann.push(b"".join(line("message", text) for text in said))
    stage.turn_once()
    assert not ann.reads
    stage.turn()

    assert ann.hear() == [f"Ann: {text}" for text in said]
    assert ann.reads


@pytest.mark.parametrize(
    ("command", "cost"),
    [("set-name", work_budget.RENAME), ("nonsense", work_budget.ANSWER)],
)
def test_commands_count_for_the_work_that_they_are(command: str, cost: int) -> None:
    stage = Stage()
    ann = stage.member("Ann")
    before = stage.hub.counters.lines
    said = [line(command, f"n{n}") + line("message", "x") for n in range(1_000)]

    ann.push(b"".join(said))

    assert stage.hub.counters.lines - before <= 2 * (work_budget.QUANTUM // cost + 1)


def test_who_is_owed_many_answers_is_heard_again_once_they_are_given() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    before = stage.hub.counters.lines

    ann.push((line("nonsense") + line("message", "x")) * 500)

    assert stage.hub.counters.lines - before == 16 + 15
    stage.turn()
    assert len(ann.hear()) == 1_000


@pytest.mark.parametrize("flood", ["blank", "renames", "faults", "messages", "pings"])
def test_one_who_says_a_line_is_heard_at_once_beside_many_who_flood(flood: str) -> None:
    stage = Stage()
    loud = stage.members(*(f"loud{number}" for number in range(50)))
    ann = stage.member("Ann")
    kinds = {
        "blank": b"\n" * 65_536,
        "renames": b"".join(line("set-name", f"n{n}") for n in range(2000)),
        "faults": (b"{}\n" * 40 + line("message", "x")) * 500,
        "messages": line("message", "x") * 1500,
        "pings": line("ping") * 40 + line("message", "x") * 1500,
    }

    for guest in loud:
        guest.push(kinds[flood])
    ann.push(line("message", "hi"))

    assert turns_until(stage, "Ann: hi", ann) <= 3


def test_a_turn_does_so_much_and_no_more_for_all_who_flood_together() -> None:
    stage = Stage()
    loud = stage.members(*(f"loud{number}" for number in range(100)))
    before = stage.hub.counters.lines

    for guest in loud:
        guest.push(b"\n" * 65_536)
    fresh = stage.hub.counters.lines - before
    stage.turn_once()
    waiting = stage.hub.counters.lines - before - fresh

    assert fresh <= work_budget.TURN + work_budget.QUANTUM + 100 * work_budget.LEAST
    assert waiting <= work_budget.TURN + work_budget.QUANTUM


def test_all_who_flood_have_their_turn() -> None:
    stage = Stage()
    loud = stage.members(*(f"loud{number}" for number in range(20)))

    for number, guest in enumerate(loud):
        guest.push(b"\n" * 20_000 + line("message", f"{number}"))
    stage.turn()

    said = sorted(loud[0].hear())
    assert said == sorted(f"loud{number}: {number}" for number in range(20))


def test_input_that_waits_for_its_rate_costs_nothing_until_then() -> None:
    stage = Stage(Limits())
    loud = stage.members(*(f"loud{number}" for number in range(10)))

    for guest in loud:
        guest.push(b"\n" * 65_536)
    stage.wait(5.0)
    before = stage.hub.counters.lines
    stage.wait(10.0)

    assert stage.hub.counters.lines - before == 10 * 10 * 5


def test_who_has_more_to_say_waits_before_the_queue_is_full_for_others() -> None:
    stage = Stage()
    ann, bob = stage.members("Ann", "Bob")
    stage.holds = True

    ann.push(line("message", "x" * 500) * 20_000)
    stage.turn()
    size = stage.hub.room.pending.size
    bob.push(line("message", "hi"))
    stage.turn()

    assert MAX_SHARED < size < 2 * MAX_SHARED
    assert not ann.reads
    assert bob.reads
    assert len(stage.hub.room.pending) > 0


def test_long_lines_are_more_work_than_short_ones() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    before = stage.hub.counters.lines
    odd = b'{"type": "bye?", "data": "' + b"x" * 30_000 + b'"}\n'

    ann.push((odd + b'{"type": "users"}\n') * 40)  # a fault, and none

    lines = stage.hub.counters.lines - before
    assert lines * len(odd) / 2 <= 2 * work_budget.QUANTUM * work_budget.BYTES_PER_UNIT
    ann.push(line("message", "hi"))
    stage.turn()
    assert "Ann: hi" in ann.hear()


def test_many_who_flood_get_little_further_than_the_queue_is_long() -> None:
    stage = Stage()
    loud = stage.members(*(f"loud{number}" for number in range(50)))
    bob = stage.member("Bob")
    stage.holds = True

    for guest in loud:
        guest.push(line("message", "x" * 4000) * 16)
    stage.turn()
    bob.push(line("message", "hi"))

    assert stage.hub.room.pending.size < 1.5 * MAX_SHARED
    assert stage.hub.room.pending.next_batch() == []  # one batch is out
    assert bob.reads


def test_all_who_wait_for_room_have_their_turn() -> None:
    stage = Stage()
    loud = stage.members(*(f"loud{number}" for number in range(40)))
    heard = dict.fromkeys(loud, 0)
    for guest in loud:
        guest.push(line("message", "x" * 3000) * 400)

    while min(heard.values()) < 100:
        stage.turn_once()
        for text in loud[0].hear():
            heard[loud[int(text.partition(":")[0].removeprefix("loud"))]] += 1
        for guest in loud:
            guest.rest = b""  # nobody else looks at it, and copying it takes long
            guest.writes.clear()

    assert max(heard.values()) < 300


def test_a_turn_asks_the_history_so_much_and_all_are_answered() -> None:
    stage = Stage()
    ann = stage.member("Ann")
    ann.say("hi")
    askers = stage.members(*(f"asker{number}" for number in range(50)))
    stage.holds = True

    for guest in askers:
        guest.push(line("history"))
    stage.turn_once()  # all come to their questions
    stage.turn_once()

    assert len(stage.asked) == MAX_ASKED
    stage.holds = False
    stage.turn()
    assert all("Ann: hi" in guest.hear() for guest in askers)
