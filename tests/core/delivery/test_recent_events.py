import pytest

from parlour.core.delivery.recent_events import MAX_SLICE_EVENTS, RecentEvents
from parlour.core.events import Event
from tests.core.terse_dialect import TerseDialect, message, messages


def filled(texts: str, max_bytes: int = 1000) -> RecentEvents:
    log = RecentEvents(max_bytes)
    log.encoded(TerseDialect())
    log.extend(messages(texts))
    log.encode()
    return log


def test_a_position_is_how_many_events_came_before() -> None:
    log = RecentEvents(1000)

    positions = [log.append(each) for each in messages("abc")]

    assert positions == [0, 1, 2]
    assert (log.base, log.head) == (0, 3)


def test_a_cut_is_whole_lines_from_a_cursor_on() -> None:
    log = filled("abcdef")

    assert log.encoded(TerseDialect()).slice(2, 5, 1000) == (b"c\nd\ne\n", 5, 3)
    assert log.encoded(TerseDialect()).slice(0, 6, 1000) == (
        b"a\nb\nc\nd\ne\nf\n",
        6,
        6,
    )


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
def test_a_cut_has_at_most_so_many_bytes_but_always_an_event(
    limit: int, data: bytes, cursor: int
) -> None:
    log = filled("abcdef")

    assert log.encoded(TerseDialect()).slice(1, 6, limit) == (data, cursor, cursor - 1)


def test_one_event_alone_is_cut_whatever_its_size() -> None:
    log = filled("a")

    assert log.encoded(TerseDialect()).slice(0, 1, 1) == (b"a\n", 1, 1)


def test_a_cut_looks_at_so_many_events() -> None:
    log = RecentEvents(1_000_000)
    encoded = log.encoded(TerseDialect())
    log.extend([message("x")] * (MAX_SLICE_EVENTS + 10))
    log.encode()

    cut = encoded.slice(5, log.head, 1_000_000)

    assert (cut.events, cut.cursor) == (MAX_SLICE_EVENTS, MAX_SLICE_EVENTS + 5)


def test_an_event_is_encoded_once_for_each_dialect() -> None:
    log, one, other = RecentEvents(1000), TerseDialect("one"), TerseDialect("other")
    for dialect in (one, one, other, TerseDialect("one")):
        log.encoded(dialect)

    for text in "abc":
        log.append(message(text))
        log.encode()
        log.encode()

    assert (one.encoded, other.encoded) == (3, 3)


def test_a_tape_that_comes_later_holds_what_is_kept() -> None:
    log = filled("abc")

    encoded = log.encoded(TerseDialect("late"))
    log.encode()

    assert encoded.slice(0, 3, 1000).data == b"a\nb\nc\n"


def test_nothing_is_kept_while_nobody_ever_listened() -> None:
    log = RecentEvents(1000)

    log.extend(messages("abc"))
    log.encode()

    assert (log.base, log.head, log.size) == (3, 3, 0)
    log.encoded(TerseDialect())
    log.extend(messages("d"))
    log.encode()
    assert log.encoded(TerseDialect()).slice(3, 4, 1000).data == b"d\n"


def test_a_log_keeps_at_least_what_it_promises() -> None:
    log = RecentEvents(100)
    log.encoded(TerseDialect())
    kept = []

    for number in range(500):
        log.append(message(f"{number:03}"))
        log.encode()
        log.discard_before(log.head)
        kept.append(log.size)

    assert max(kept) <= 125
    assert min(kept[25:]) >= 100
    assert log.head == 500
    assert log.size == 4 * (log.head - log.base)


def test_a_log_forgets_nothing_from_a_position_on() -> None:
    log = filled("x" * 500, max_bytes=100)

    log.discard_before(120)
    assert (log.base, log.size) == (120, 760)
    log.discard_before(500)
    assert (log.base, log.size) == (450, 100)


def test_a_log_forgets_nothing_below_its_bound() -> None:
    log = filled("x" * 62, max_bytes=100)

    log.discard_before(62)

    assert log.base == 0
    assert log.size == 124


def test_one_long_event_is_kept_whatever_its_size() -> None:
    log = RecentEvents(10)
    encoded = log.encoded(TerseDialect())
    log.extend([message("a"), message("x" * 1000), message("b")])
    log.encode()

    log.discard_before(3)

    assert log.base == 1
    assert encoded.slice(1, 3, 1).data == b"x" * 1000 + b"\n"


def test_the_largest_tape_counts() -> None:
    class Wordy(TerseDialect):
        def encode(self, event: Event) -> bytes:
            return b"wordy " + super().encode(event)

    log = RecentEvents(100)
    for dialect in (TerseDialect("a"), Wordy("b")):
        log.encoded(dialect)
    log.extend(messages("x" * 20))
    log.encode()

    log.discard_before(20)

    assert log.base == 7
    assert log.size == 104


def test_cuts_go_on_after_the_oldest_are_forgotten() -> None:
    log = filled("x" * 80 + "abc", max_bytes=10)

    log.discard_before(83)
    log.extend(messages("d"))
    log.encode()

    assert log.base == 78
    assert log.encoded(TerseDialect()).slice(80, 84, 1000) == (b"a\nb\nc\nd\n", 84, 4)
