"""One write for each connection and flush, from the writes of several rooms."""

from hypothesis import given
from hypothesis import strategies as st

from parlour.core.delivery.joined_writes import join_writes
from parlour.core.delivery.shared_cursors import Write
from parlour.core.events import ConnectionId

ANN, BOB, CAT, DAN = map(ConnectionId, (1, 2, 3, 4))


def test_the_writes_of_one_room_stay_as_they_are() -> None:
    writes = [Write(b"a", [ANN, BOB], 1), Write(b"b", [CAT], 1)]

    assert join_writes({}, [writes]) == writes


def test_connections_in_one_room_each_keep_the_shared_bytes() -> None:
    one, other = Write(b"a", [ANN, BOB], 1), Write(b"b", [CAT], 1)

    joined = join_writes({}, [[one], [other]])

    assert joined == [one, other]
    assert joined[0].data is one.data


def test_a_connection_in_two_rooms_gets_one_write_in_the_order_of_the_rooms() -> None:
    joined = join_writes({}, [[Write(b"a", [ANN, BOB], 2)], [Write(b"b", [BOB], 3)]])

    assert joined == [Write(b"ab", [BOB], 5), Write(b"a", [ANN], 2)]


def test_connections_with_the_same_rooms_share_one_bytes_object() -> None:
    rooms = [[Write(b"a", [ANN, BOB, CAT], 1)], [Write(b"b", [BOB, CAT, DAN], 1)]]

    joined = join_writes({}, rooms)

    assert joined == [
        Write(b"ab", [BOB, CAT], 2),
        Write(b"a", [ANN], 1),
        Write(b"b", [DAN], 1),
    ]


def test_what_comes_first_precedes_the_events_of_all_rooms() -> None:
    rooms = [[Write(b"a", [ANN, BOB], 1)], [Write(b"b", [ANN], 1)]]

    joined = join_writes({ANN: b"hi"}, rooms)

    assert joined == [Write(b"hiab", [ANN], 2), Write(b"a", [BOB], 1)]


def test_what_comes_first_is_written_even_if_no_room_has_news() -> None:
    assert join_writes({ANN: b"hi"}, []) == [Write(b"hi", [ANN], 0)]


def test_equal_bytes_of_different_writes_are_not_mistaken_for_one_another() -> None:
    one, other = bytes([97, 98]), bytes([97, 98])

    joined = join_writes({}, [[Write(one, [ANN], 1)], [Write(other, [ANN], 1)]])

    assert joined == [Write(b"abab", [ANN], 2)]


def test_the_same_bytes_with_other_events_are_counted_apart() -> None:
    """What is written first has no events, and may be the same object."""
    room = Write(b"a", [ANN, BOB], 1)

    joined = join_writes({ANN: b"a"}, [[Write(b"a", [BOB], 1)], [room]])

    assert joined == [Write(b"aa", [ANN], 1), Write(b"aa", [BOB], 2)]


CONNECTIONS = st.integers(1, 5).map(ConnectionId)
ROOMS = st.lists(
    st.lists(st.tuples(st.binary(min_size=1, max_size=2), st.sets(CONNECTIONS))),
    max_size=4,
)


def distinct(room: list[tuple[bytes, set[ConnectionId]]]) -> list[Write]:
    """Return the writes of a room; it has at most one for each connection."""
    seen: set[ConnectionId] = set()
    writes = []
    for data, connections in room:
        if new := connections - seen:
            writes.append(Write(data, sorted(new), len(data)))
        seen |= connections
    return writes


@given(st.dictionaries(CONNECTIONS, st.binary(min_size=1, max_size=2)), ROOMS)
def test_each_connection_gets_all_of_its_bytes_once_and_in_one_write(
    first: dict[ConnectionId, bytes],
    rooms: list[list[tuple[bytes, set[ConnectionId]]]],
) -> None:
    writes = [distinct(room) for room in rooms]
    expected, events = dict(first), dict.fromkeys(first, 0)
    for write in (each for room in writes for each in room):
        for each in write.connections:
            expected[each] = expected.get(each, b"") + write.data
            events[each] = events.get(each, 0) + write.events

    joined = join_writes(first, writes)

    receivers = [each for write in joined for each in write.connections]
    assert len(receivers) == len(set(receivers)), "one write for each"
    assert {c: w.data for w in joined for c in w.connections} == expected
    assert {c: w.events for w in joined for c in w.connections} == events
