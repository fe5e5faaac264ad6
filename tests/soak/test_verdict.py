"""A soak finds a server that grows, or that does not return to its base."""

import gc
import tracemalloc
from collections.abc import Callable
from hashlib import sha256
from typing import Final

import pytest

from parlour.core.delivery.recent_events import RecentEvents
from parlour.core.events import Message, RoomName
from parlour.core.protocol.session import SESSION
from parlour.core.state.idempotency import IdempotencyKeys

from . import verdict
from .samples import MIB, Sample

MESSAGES: Final = 39_600  # of an hour
ENCODED: Final = 132  # bytes of a short message for sessions
START: Final = Sample(
    at=0.0,
    rss=57 * MIB,
    descriptors=35,
    threads=6,
    log=0,
    connections=0,
    sessions=0,
    pages=0,
    rooms=1,
    recent=0,
    queued=0,
    lag=0,
    stored=0,
)


def an_hour(leak: float = 0.0) -> list[Sample]:
    """Return the samples of a server that keeps what it should, and leaks.

    *leak* is in bytes for each message.
    """
    found = []
    for number in range(720):
        stored = MESSAGES * number / 720
        recent = ENCODED * stored
        kept = verdict.KEY_BYTES * stored + verdict.RECENT_FACTOR * recent
        noise = (number % 7) * MIB / 4 + (90 * MIB if number % 9 == 0 else 0)
        rss = round(80 * MIB + kept + leak * stored + noise)
        found.append(
            START._replace(at=5.0 * number, rss=rss, stored=stored, recent=recent)
        )
    return found


def faults(during: list[Sample], end: Sample | None = START) -> list[str]:
    return list(verdict.faults(START, during, end))


def memory_of(make: Callable[[], object]) -> int:
    """Return the bytes that the object that *make* returns takes."""
    gc.collect()
    tracemalloc.start()
    try:
        made = make()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
        del made


def test_a_server_that_keeps_only_what_it_should_has_no_faults() -> None:
    assert faults(an_hour()) == []


def test_passwords_that_take_longer_in_the_end_are_no_leak() -> None:
    samples = [
        each._replace(rss=each.rss + 64 * MIB) if number > 480 and number % 5 else each
        for number, each in enumerate(an_hour())
    ]

    assert faults(samples) == []


@pytest.mark.parametrize("leak", [300, 1_400])
def test_a_leak_of_each_message_is_found_within_an_hour(leak: int) -> None:
    (found,) = faults(an_hour(leak))

    assert found.startswith("memory grew by ")


def test_an_idempotency_key_takes_as_much_memory_as_the_verdict_expects() -> None:
    def make() -> IdempotencyKeys:
        keys = IdempotencyKeys()
        for number in range(4_000):
            key = sha256(b"%d" % number).hexdigest()[:32]
            keys.add("a token", key, 1_000 + number, number + 0.5)
        return keys

    assert memory_of(make) / 4_000 == pytest.approx(verdict.KEY_BYTES, rel=0.1)


def test_recent_events_take_as_much_memory_as_the_verdict_expects() -> None:
    sizes = list[int]()

    def make() -> RecentEvents:
        recent = RecentEvents(4 * MIB)
        recent.encoded(SESSION)
        room = RoomName("talk-1")
        for number in range(1_000, 5_000):
            text = f"c1 {number}"
            recent.extend([Message(room, number, number + 0.5, "c1", text)])
            recent.encode()
        sizes.append(recent.size)
        return recent

    memory = memory_of(make)

    assert memory / sizes[0] == pytest.approx(verdict.RECENT_FACTOR, rel=0.1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("connections", 1),
        ("sessions", 1),
        ("pages", 1),
        ("rooms", 2),
        ("descriptors", START.descriptors + verdict.EXTRA_DESCRIPTORS + 1),
        ("threads", START.threads + verdict.EXTRA_THREADS + 1),
        ("rss", START.rss + verdict.MAX_KEPT + 1),
        ("queued", 1),
    ],
)
def test_what_is_left_over_at_the_end_is_found(name: str, value: int) -> None:
    end = START._replace(**{name: value})

    assert len(faults(an_hour(), end)) == 1
    assert not verdict.is_at_base(START, end)


def test_a_log_at_which_the_server_refuses_messages_is_found() -> None:
    largest, full = (START._replace(log=size) for size in (28_840_031, 28_840_032))

    assert faults([largest]) == []
    assert faults([full]) == ["the write-ahead log had 27.5 MiB"]


def test_a_soak_without_samples_is_a_fault_and_has_no_table() -> None:
    assert faults([], None) == [
        "no sample was taken",
        "no metrics after the load had ended",
    ]
    assert list(verdict.table(START, [], None)) == []


def test_the_table_has_a_row_for_each_figure() -> None:
    titles = [line[:24].strip() for line in verdict.table(START, an_hour(), START)]

    assert titles[:3] == ["", "memory (RSS)", "recent events"]
    assert titles[-1].startswith("memory beyond what")
