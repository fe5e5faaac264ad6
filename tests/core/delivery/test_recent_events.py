import pytest

from parlour.core.delivery.encoded_events import MAX_SLICE_EVENTS
from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.events import Event
from tests.core.terse_dialect import TerseDialect, message, messages


def filled(texts: str, max_bytes: int = 1000) -> RecentEvents:
    recent = RecentEvents(max_bytes)
    recent.encoded(TerseDialect())
    recent.extend(messages(texts))
    recent.encode()
    return recent


def test_a_position_is_the_number_of_events_before_it() -> None:
    recent = RecentEvents(1000)

    heads = []
    for event in messages("abc"):
        heads.append(recent.head)
        recent.append(event)

    assert heads == [0, 1, 2]
    assert (recent.base, recent.head) == (0, 3)


def test_a_slice_holds_the_events_from_the_cursor_to_the_end() -> None:
    encoded = filled("abcdef").encoded(TerseDialect())

    assert encoded.slice(2, 5, 1000) == (b"c\nd\ne\n", 5, 3)
    assert encoded.slice(0, 6, 1000) == (b"a\nb\nc\nd\ne\nf\n", 6, 6)


@pytest.mark.parametrize(
    ("limit", "data", "cursor"),
    [
        (6, b"b\nc\nd\n", 4),
        (5, b"b\nc\n", 3),
        (2, b"b\n", 2),
        (1, b"b\n", 2),
        (0, b"b\n", 2),
    ],
)
def test_a_slice_is_limited_in_bytes_but_holds_at_least_one_event(
    limit: int, data: bytes, cursor: int
) -> None:
    encoded = filled("abcdef").encoded(TerseDialect())

    assert encoded.slice(1, 6, limit) == (data, cursor, cursor - 1)


def test_a_slice_can_hold_one_event_larger_than_the_limit() -> None:
    encoded = filled("a").encoded(TerseDialect())

    assert encoded.slice(0, 1, 1) == (b"a\n", 1, 1)


def test_a_slice_is_limited_in_events() -> None:
    recent = RecentEvents(1_000_000)
    encoded = recent.encoded(TerseDialect())
    recent.extend([message("x")] * (MAX_SLICE_EVENTS + 10))
    recent.encode()

    found = encoded.slice(5, recent.head, 1_000_000)

    assert (found.events, found.cursor) == (MAX_SLICE_EVENTS, MAX_SLICE_EVENTS + 5)


def test_an_event_is_encoded_once_per_dialect() -> None:
    recent, one, other = RecentEvents(1000), TerseDialect("one"), TerseDialect("other")
    for dialect in (one, one, other, TerseDialect("one")):
        recent.encoded(dialect)

    for text in "abc":
        recent.append(message(text))
        recent.encode()
        recent.encode()

    assert (one.encoded, other.encoded) == (3, 3)


def test_a_new_dialect_encodes_the_recent_events() -> None:
    recent = filled("abc")

    encoded = recent.encoded(TerseDialect("late"))
    recent.encode()

    assert encoded.slice(0, 3, 1000).data == b"a\nb\nc\n"


def test_no_events_are_stored_before_the_first_member() -> None:
    recent = RecentEvents(1000)

    recent.extend(messages("abc"))
    recent.encode()

    assert (recent.base, recent.head, recent.size) == (3, 3, 0)
    recent.encoded(TerseDialect())
    recent.extend(messages("d"))
    recent.encode()
    assert recent.encoded(TerseDialect()).slice(3, 4, 1000).data == b"d\n"


def test_recent_events_keep_at_least_the_configured_bytes() -> None:
    recent = RecentEvents(100)
    recent.encoded(TerseDialect())
    sizes = []

    for number in range(500):
        recent.append(message(f"{number:03}"))
        recent.encode()
        recent.discard_before(recent.head)
        sizes.append(recent.size)

    assert max(sizes) <= 125
    assert min(sizes[25:]) >= 100
    assert recent.head == 500
    assert recent.size == 4 * (recent.head - recent.base)


def test_only_events_before_the_position_are_discarded() -> None:
    recent = filled("x" * 500, max_bytes=100)

    recent.discard_before(120)
    assert (recent.base, recent.size) == (120, 760)
    recent.discard_before(500)
    assert (recent.base, recent.size) == (450, 100)


def test_nothing_is_discarded_below_the_limit() -> None:
    recent = filled("x" * 62, max_bytes=100)

    recent.discard_before(62)

    assert recent.base == 0
    assert recent.size == 124


def test_an_event_larger_than_the_limit_is_stored() -> None:
    recent = RecentEvents(10)
    encoded = recent.encoded(TerseDialect())
    recent.extend([message("a"), message("x" * 1000), message("b")])
    recent.encode()

    recent.discard_before(3)

    assert recent.base == 1
    assert encoded.slice(1, 3, 1).data == b"x" * 1000 + b"\n"


def test_the_largest_encoding_decides_what_is_discarded() -> None:
    class Wordy(TerseDialect):
        def encode(self, event: Event) -> bytes:
            return b"wordy " + super().encode(event)

    recent = RecentEvents(100)
    for dialect in (TerseDialect("a"), Wordy("b")):
        recent.encoded(dialect)
    recent.extend(messages("x" * 20))
    recent.encode()

    recent.discard_before(20)

    assert recent.base == 7
    assert recent.size == 13 * (2 + 8)


def test_slices_are_correct_after_old_events_are_discarded() -> None:
    recent = filled("x" * 80 + "abc", max_bytes=10)

    recent.discard_before(83)
    recent.extend(messages("d"))
    recent.encode()

    assert recent.base == 78
    found = recent.encoded(TerseDialect()).slice(80, 84, 1000)
    assert found == (b"a\nb\nc\nd\n", 84, 4)


def with_holes(*sequences: int, max_bytes: int = 1000) -> RecentEvents:
    """Return recent events with messages of these *sequences*, after sequence 5."""
    recent = RecentEvents(max_bytes, last_sequence=5)
    recent.encoded(TerseDialect())
    recent.extend([message("x", sequence) for sequence in sequences])
    recent.encode()
    return recent


@pytest.mark.parametrize(
    ("sequence", "position"),
    [(4, None), (5, 0), (9, 0), (10, 1), (15, 1), (20, 2), (39, 2), (40, 3), (99, 3)],
)
def test_a_position_is_found_by_any_sequence_even_in_a_hole(
    sequence: int, position: int | None
) -> None:
    recent = with_holes(10, 20, 40)

    assert recent.position_after(sequence) == position


def test_the_sequence_before_a_position_is_that_of_the_last_message_there() -> None:
    recent = with_holes(10, 20, 40)

    assert [recent.sequence_before(position) for position in range(4)] == [
        5,
        10,
        20,
        40,
    ]


def test_messages_before_a_position_are_counted_and_not_computed() -> None:
    recent = with_holes(10, 20, 40)

    assert [recent.messages_before(position) for position in range(4)] == [0, 1, 2, 3]


def test_discarded_messages_are_counted_without_the_holes_between_them() -> None:
    recent = with_holes(10, 20, 40)

    recent.discard_all_before(2)

    assert (recent.base, recent.head, recent.discarded_messages) == (2, 3, 2)
    assert (recent.last_discarded, recent.last_sequence) == (20, 40)
    assert [recent.position_after(sequence) for sequence in (19, 20)] == [None, 2]


def test_all_events_can_be_discarded_whatever_their_size() -> None:
    recent = filled("abc", max_bytes=1000)

    recent.discard_all_before(3)

    assert (recent.base, recent.size, recent.messages()) == (3, 0, [])
