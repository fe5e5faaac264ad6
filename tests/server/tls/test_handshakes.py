"""The bounds on handshakes in progress."""

from parlour.core.limits import DEFAULT_ARRIVAL_RATE
from parlour.server.tls.handshakes import MAX_PER_ADDRESS, Handshakes, Result


class FakeHandshake:
    def abort(self) -> None:
        raise AssertionError("the caller aborts it")


def test_the_oldest_handshake_makes_room_for_a_new_one() -> None:
    handshakes = Handshakes(2)
    first, second, third = FakeHandshake(), FakeHandshake(), FakeHandshake()
    aborted = [handshakes.begin(each, "", 0.0) for each in (first, second, third)]

    assert aborted == [[], [], [first]]
    assert handshakes.all() == [second, third]
    assert handshakes.results[Result.ABORTED] == 1


def test_one_address_has_a_limit_of_its_own() -> None:
    handshakes = Handshakes(1000)
    begun = [FakeHandshake() for _ in range(MAX_PER_ADDRESS)]
    for each in begun:
        assert handshakes.begin(each, "192.0.2.1", 0.0) == []
    late, other = FakeHandshake(), FakeHandshake()

    assert handshakes.begin(late, "192.0.2.1", 0.0) == [late]
    assert handshakes.begin(other, "192.0.2.2", 0.0) == []
    handshakes.end(begun[0], Result.COMPLETED)
    assert handshakes.begin(late, "192.0.2.1", 0.0) == []
    assert handshakes.results[Result.REFUSED] == 1


def test_handshakes_count_against_the_rate_of_arrivals() -> None:
    handshakes = Handshakes(1000)
    for _ in range(int(DEFAULT_ARRIVAL_RATE.burst)):
        handshake = FakeHandshake()
        assert handshakes.begin(handshake, "192.0.2.1", 0.0) == []
        handshakes.end(handshake, Result.COMPLETED)
    refused = FakeHandshake()

    assert handshakes.begin(refused, "192.0.2.1", 0.0) == [refused]
    assert handshakes.begin(refused, "192.0.2.1", 1.0) == []
    assert handshakes.results[Result.REFUSED] == 1


def test_a_handshake_ends_once() -> None:
    handshakes = Handshakes(10)
    handshake = FakeHandshake()
    handshakes.begin(handshake, "192.0.2.1", 0.0)

    handshakes.end(handshake, Result.COMPLETED)
    handshakes.end(handshake, Result.FAILED)

    assert len(handshakes) == 0
    assert {result: n for result, n in handshakes.results.items() if n} == {
        "completed": 1
    }
