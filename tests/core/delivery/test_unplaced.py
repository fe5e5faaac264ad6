from parlour.core.delivery.unplaced import UnplacedEvents
from parlour.core.events import ConnectionId, Pong, Refused
from tests.core.terse_dialect import TerseDialect

ANN, BOB = ConnectionId(1), ConnectionId(2)
DIALECT = TerseDialect()


def unplaced(**texts: str) -> UnplacedEvents:
    """Return the events of Ann and Bob, one for each letter of their texts."""
    events = UnplacedEvents()
    for connection, letters in zip((ANN, BOB), texts.values(), strict=False):
        for letter in letters:
            events.add(connection, DIALECT, Refused("no", letter))
    return events


def test_events_are_taken_once_as_one_write_for_each_connection() -> None:
    events = unplaced(ann="ab", bob="c")

    assert events.is_due
    assert events.take() == {ANN: b"a\nb\n", BOB: b"c\n"}
    assert not events.is_due
    assert events.take() == {}


def test_the_events_of_a_lagging_connection_wait() -> None:
    events = unplaced(ann="a", bob="b")
    events.pause(ANN)

    assert events.take() == {BOB: b"b\n"}
    assert not events.is_due
    events.resume(ANN)
    assert events.is_due
    assert events.take() == {ANN: b"a\n"}


def test_a_lagging_connection_gets_new_events_after_the_old_ones() -> None:
    events = unplaced(ann="a")
    events.pause(ANN)

    events.add(ANN, DIALECT, Refused("no", "b"))
    events.resume(ANN)

    assert events.take() == {ANN: b"a\nb\n"}


def test_waiting_events_are_counted() -> None:
    events = unplaced(ann="ab")

    assert (len(events), events.count(ANN), events.count(BOB)) == (1, 2, 0)
    events.take()
    assert (len(events), events.count(ANN)) == (0, 0)


def test_an_event_that_the_dialect_has_no_line_for_is_no_event() -> None:
    events = UnplacedEvents()

    events.add(ANN, DIALECT, Pong("x"))

    assert (len(events), events.is_due) == (0, False)


def test_nothing_is_known_of_a_connection_that_was_removed() -> None:
    events = unplaced(ann="a")
    events.pause(ANN)

    events.remove(ANN)

    assert (len(events), events.is_due) == (0, False)
    events.add(ANN, DIALECT, Refused("no", "b"))
    assert events.take() == {ANN: b"b\n"}
