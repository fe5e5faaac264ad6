"""When what happens to which connections, as a function of a seed.

A *link* is the way of one client to the server, over all of its connections. A *way* is
one of its two directions.
"""

from collections.abc import Iterator, Sequence
from enum import Enum, StrEnum
from random import Random
from typing import Final, NamedTuple


class Way(Enum):
    """A direction of a connection."""

    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


class Kind(StrEnum):
    """What a fault does to a link."""

    DELAY = "delay and jitter"
    SINGLE_BYTES = "single bytes"
    THROTTLE = "limited throughput"
    BLACK_HOLE = "black hole"
    ONE_WAY = "one-way cut"
    RESET = "reset"
    HALF_CLOSE = "half-close"
    RESET_ALL = "reset of all at once"


AT_ONCE: Final = {Kind.RESET, Kind.HALF_CLOSE, Kind.RESET_ALL}
"""Faults that happen at their start, and take no time."""
CUTS: Final = {Kind.BLACK_HOLE, Kind.ONE_WAY}
"""Faults after which a connection never carries a byte again in that direction."""

SECONDS: Final = 0.3, 2.0
PAUSE: Final = 0.0, 0.4  # seconds between two faults
DELAY: Final = 0.02, 0.4  # seconds
RATE: Final = 400.0, 8_000.0  # bytes per second
SHARE: Final = 0.4  # of the links are affected, on average


class Fault(NamedTuple):
    """A fault; *amount* is the delay in seconds, or a rate in bytes per second."""

    kind: Kind
    start: float
    seconds: float
    links: frozenset[int]
    way: Way
    amount: float

    @property
    def end(self) -> float:
        return self.start + self.seconds

    def __str__(self) -> str:
        links = ", ".join(map(str, sorted(self.links)))
        return f"{self.start:.2f} s: {self.kind} for {self.seconds:.2f} s on {links}"


class Conditions(NamedTuple):
    """What happens to bytes that travel one way now."""

    delay: float = 0.0
    """Seconds; up to as much again is added to each piece."""
    rate: float = 0.0
    """Bytes per second; 0 if there is no limit."""
    is_single: bool = False
    """Whether each byte travels alone."""
    is_cut: bool = False
    is_hole: bool = False
    """Whether the cut is of both directions, although only one carried bytes."""


class Plan:
    """All faults of a run."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)

    @classmethod
    def of(cls, seed: int, links: int, seconds: float) -> "Plan":
        """Make a plan in which each kind of fault is as frequent as the others."""
        return cls(list(_faults(Random(seed), links, seconds)))

    @property
    def end(self) -> float:
        """When the last fault ends."""
        return max((fault.end for fault in self.faults), default=0.0)

    def at_once(self) -> list[Fault]:
        """Return the faults that are carried out at their start, in order."""
        return [fault for fault in self.faults if fault.kind in AT_ONCE]

    def conditions(self, link: int, way: Way, now: float) -> Conditions:
        """Return what happens to bytes on *link* that travel *way*, *now*."""
        found = Conditions()
        for fault in self.faults:
            if link in fault.links and fault.start <= now < fault.end:
                found = _changed(found, fault, way)
        return found


def _changed(before: Conditions, fault: Fault, way: Way) -> Conditions:
    match fault.kind:
        case Kind.DELAY:
            return before._replace(delay=fault.amount)
        case Kind.THROTTLE:
            return before._replace(rate=fault.amount)
        case Kind.SINGLE_BYTES:
            return before._replace(is_single=True)
        case Kind.BLACK_HOLE:
            return before._replace(is_cut=True, is_hole=True)
        case Kind.ONE_WAY if way is fault.way:
            return before._replace(is_cut=True)
    return before


def _faults(rng: Random, links: int, seconds: float) -> Iterator[Fault]:
    now = rng.uniform(*PAUSE)
    kinds: list[Kind] = []
    while now < seconds:
        if not kinds:
            kinds = [*Kind]
            rng.shuffle(kinds)
        kind = kinds.pop()
        chosen = [link for link in range(links) if rng.random() < SHARE]
        if kind is Kind.RESET_ALL:
            chosen = list(range(links))
        elif not chosen:
            chosen = [rng.randrange(links)]
        length = 0.0 if kind in AT_ONCE else rng.uniform(*SECONDS)
        length = min(length, seconds - now)
        amount = rng.uniform(*(RATE if kind is Kind.THROTTLE else DELAY))
        way = rng.choice(list(Way))
        yield Fault(kind, now, length, frozenset(chosen), way, amount)
        overlap = rng.random() < 0.3  # the next one begins meanwhile
        now += (length / 2 if overlap else length) + rng.uniform(*PAUSE)
