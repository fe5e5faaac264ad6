"""The work of a turn is bounded, for each peer and for all together."""

import pytest

from parlour.core.delivery.reports import MAX_QUERIES
from parlour.core.limits import PENDING_HIGH_WATER, Limits
from parlour.core.sessions import work_budget
from tests.core.fake_server import FakePeer, FakeServer, line


def turns_until(server: FakeServer, text: str, peer: FakePeer) -> int:
    """Take single turns until *peer* receives *text*; return how many."""
    for count in range(1, 10_000):
        server.turn_once()
        if text in peer.read():
            return count
    raise AssertionError(f"{text} was never received")


@pytest.mark.parametrize("blank", [b"\n", b" \t\n", b"\r\n"])
def test_blank_lines_are_processed_over_several_turns(blank: bytes) -> None:
    server = FakeServer()
    ann = server.member("Ann")

    ann.feed(blank * 10_000 + line("message", "hi"))

    assert server.hub.counters.lines <= 1 + work_budget.QUANTUM
    assert turns_until(server, "Ann: hi", ann) >= 10_000 // work_budget.QUANTUM


def test_messages_are_processed_over_several_turns_in_order() -> None:
    server = FakeServer(messages=10_000)
    ann = server.member("Ann")
    texts = [f"{number}" for number in range(5_000)]

    ann.feed(b"".join(line("message", text) for text in texts))
    server.turn_once()
    assert not ann.server_is_reading
    server.turn()

    assert ann.read() == [f"Ann: {text}" for text in texts]
    assert ann.server_is_reading


@pytest.mark.parametrize(
    ("command", "cost"),
    [("set-name", work_budget.RENAME_COST), ("nonsense", work_budget.ANSWER_COST)],
)
def test_expensive_commands_cost_more_units(command: str, cost: int) -> None:
    server = FakeServer()
    ann = server.member("Ann")
    before = server.hub.counters.lines
    lines = [line(command, f"n{n}") + line("message", "x") for n in range(1_000)]

    ann.feed(b"".join(lines))

    assert server.hub.counters.lines - before <= 2 * (work_budget.QUANTUM // cost + 1)


def test_input_is_processed_again_once_the_answers_are_delivered() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    before = server.hub.counters.lines

    ann.feed((line("nonsense") + line("message", "x")) * 500)

    assert server.hub.counters.lines - before == 16 + 15
    server.turn()
    assert len(ann.read()) == 1_000


@pytest.mark.parametrize("flood", ["blank", "renames", "invalid", "messages", "pings"])
def test_a_single_line_is_delivered_at_once_while_others_flood(flood: str) -> None:
    server = FakeServer()
    flooders = server.members(*(f"flooder{number}" for number in range(50)))
    ann = server.member("Ann")
    kinds = {
        "blank": b"\n" * 65_536,
        "renames": b"".join(line("set-name", f"n{n}") for n in range(2000)),
        "invalid": (b"{}\n" * 40 + line("message", "x")) * 500,
        "messages": line("message", "x") * 1500,
        "pings": line("ping") * 40 + line("message", "x") * 1500,
    }

    for peer in flooders:
        peer.feed(kinds[flood])
    ann.feed(line("message", "hi"))

    assert turns_until(server, "Ann: hi", ann) <= 3


def test_the_work_of_a_turn_is_bounded_for_all_floods_together() -> None:
    server = FakeServer()
    flooders = server.members(*(f"flooder{number}" for number in range(100)))
    before = server.hub.counters.lines

    for peer in flooders:
        peer.feed(b"\n" * 65_536)
    new = server.hub.counters.lines - before
    server.turn_once()
    waiting = server.hub.counters.lines - before - new

    most = work_budget.TURN_BUDGET + work_budget.QUANTUM
    assert new <= most + 100 * work_budget.MIN_QUANTUM
    assert waiting <= most


def test_every_flooding_peer_gets_its_share() -> None:
    server = FakeServer()
    flooders = server.members(*(f"flooder{number}" for number in range(20)))

    for number, peer in enumerate(flooders):
        peer.feed(b"\n" * 20_000 + line("message", f"{number}"))
    server.turn()

    messages = sorted(flooders[0].read())
    assert messages == sorted(f"flooder{number}: {number}" for number in range(20))


def test_input_that_waits_for_its_rate_costs_no_work() -> None:
    server = FakeServer(Limits())
    flooders = server.members(*(f"flooder{number}" for number in range(10)))

    for peer in flooders:
        peer.feed(b"\n" * 65_536)
    server.wait(5.0)
    before = server.hub.counters.lines
    server.wait(10.0)

    assert server.hub.counters.lines - before == 10 * 10 * 5


def test_waiting_input_stops_before_the_pending_drafts_block_others() -> None:
    server = FakeServer()
    ann, bob = server.members("Ann", "Bob")
    server.is_storage_paused = True

    ann.feed(line("message", "x" * 500) * 20_000)
    server.turn()
    size = server.hub.unsettled_size
    bob.feed(line("message", "hi"))
    server.turn()

    assert PENDING_HIGH_WATER < size < 2 * PENDING_HIGH_WATER
    assert not ann.server_is_reading
    assert bob.server_is_reading
    assert server.hub.unsettled > 0


def test_long_lines_cost_more_units() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    before = server.hub.counters.lines
    odd = b'{"type": "bye?", "data": "' + b"x" * 30_000 + b'"}\n'

    ann.feed((odd + b'{"type": "users"}\n') * 40)  # an invalid line and a valid one

    lines = server.hub.counters.lines - before
    assert lines * len(odd) / 2 <= 2 * work_budget.QUANTUM * work_budget.BYTES_PER_UNIT
    ann.feed(line("message", "hi"))
    server.turn()
    assert "Ann: hi" in ann.read()


def test_many_floods_barely_exceed_the_shared_limit_of_drafts() -> None:
    server = FakeServer()
    flooders = server.members(*(f"flooder{number}" for number in range(50)))
    bob = server.member("Bob")
    server.is_storage_paused = True

    for peer in flooders:
        peer.feed(line("message", "x" * 4000) * 16)
    server.turn()
    bob.feed(line("message", "hi"))

    assert server.hub.unsettled_size < 1.5 * PENDING_HIGH_WATER
    assert server.hub.proposals(0.0) is None  # a batch is being recorded
    assert bob.server_is_reading


def test_peers_that_wait_for_the_room_are_processed_fairly() -> None:
    server = FakeServer()
    flooders = server.members(*(f"flooder{number}" for number in range(40)))
    received = dict.fromkeys(flooders, 0)
    for peer in flooders:
        peer.feed(line("message", "x" * 3000) * 400)

    while min(received.values()) < 100:
        server.turn_once()
        for text in flooders[0].read():
            received[flooders[int(text.partition(":")[0].removeprefix("flooder"))]] += 1
        for peer in flooders:
            peer.unread = b""  # nobody reads it, and copying it takes long
            peer.writes.clear()

    assert max(received.values()) < 300


def test_the_queries_of_a_turn_are_bounded_and_all_are_answered() -> None:
    server = FakeServer()
    ann = server.member("Ann")
    ann.send_text("hi")
    members = server.members(*(f"member{number}" for number in range(50)))
    server.is_storage_paused = True

    for peer in members:
        peer.feed(line("history"))
    server.turn_once()  # every member reaches its query
    server.turn_once()

    assert len(server.questions) == MAX_QUERIES
    server.is_storage_paused = False
    server.turn()
    assert all("Ann: hi" in peer.read() for peer in members)
