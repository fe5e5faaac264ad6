"""What is to be reached, and by how much it is or is not."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from .figures import Figures
from .run import Cell
from .scenarios import PEERS, TWO_PEERS
from .startup import NAME as START_UP

KIB: Final = 1024
STUCK_MEMORY: Final = 64 * KIB  # kilobytes more than without members that never read


HALVES: Final = (
    "while one batch is committed the next gathers, so the lines in flight are told in "
    "two halves: twice the sends; and the history's chores fill the gaps"
)
GENERATOR: Final = (
    "on a busy machine the generator or the server waits for its core; see the next row"
)
LINE: Final = (
    "a line is decoded, checked, numbered, kept and encoded once, in Python, 2 us in "
    "all; with 10 members that is not spread over many"
)
ONE_EACH: Final = (
    "a line a turn wakes a reading thread and then the writing one: two more switches "
    "for each, where asyncio has none"
)


class Verdict(NamedTuple):
    """One row of what is to be reached."""

    measure: str
    value: float | None
    bound: float | None
    unit: str
    at_most: bool = True
    why: str = ""
    """What to say if it is missed."""

    @property
    def is_met(self) -> bool | None:
        """Whether it is reached; None: it was not measured."""
        if self.value is None or self.bound is None:
            return None
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    @property
    def missed_by(self) -> float:
        """By which share of the bound it is missed."""
        if self.value is None or not self.bound:
            return 0.0
        return abs(self.value / self.bound - 1)

    def as_cell(self) -> Cell:
        """Return it for JSON."""
        return {**self._asdict(), "is_met": self.is_met}


def verdicts(figures: Figures) -> list[Verdict]:
    """Return each row that is to be reached, with what was measured."""
    return [
        *_cost(figures),
        *_speed(figures),
        *_crowds(figures),
        *_threads(figures),
        *_start(figures),
    ]


def _cost(figures: Figures) -> Iterator[Verdict]:
    ratio = figures.ratio
    for members in (200, 1000):
        name = f"saturated-{members}"
        what = f"CPU per delivery, saturated, {members:,} members, in memory"
        yield Verdict(what, ratio(name, "async"), 1.25, "x bare loop")
    for members, share in ((200, 1.0), (1000, 0.5)):
        name = f"saturated-{members}"
        for peer in PEERS:
            if members == 1000 and peer == "Mosquitto":
                continue  # it takes minutes to come in
            value = ratio(name, "async", to=peer)
            what = f"the same, {members:,} members, beside {peer}"
            yield Verdict(what, value, share, f"x {peer}")
    what = "CPU per delivery, 500 lines/s, 200 members"
    paced = "paced-200-500"
    yield Verdict(what, ratio(paced, "async"), 1.35, "x bare loop")
    for peer in TWO_PEERS:
        value = ratio(paced, "async", to=peer)
        yield Verdict(f"the same, beside {peer}", value, 1.0, f"x {peer}")
    for name, how in ((paced, "500 lines/s"), ("saturated-200", "saturated")):
        what = f"CPU per delivery, {how}, 200 members, SQLite: commit, then show"
        value = ratio(name, "async, SQLite")
        yield Verdict(what, value, 1.6, "x bare loop", why=HALVES)


def _speed(figures: Figures) -> Iterator[Verdict]:
    key = "lines_per_second"
    value = figures.ratio("small-windows", "async", key, "InspIRCd")
    what = "lines per second, 90 members, 10 speakers with one line in flight"
    yield Verdict(what, value, 1.0, "x InspIRCd", at_most=False)
    key = "lines_per_cpu_second"
    value = figures.ratio("small-windows", "async", key, "InspIRCd")
    what = "the same for each second of the server's CPU, as InspIRCd waits for Nagle"
    yield Verdict(what, value, None, "x InspIRCd", at_most=False)
    for server, bound in (("async", 500_000), ("async, SQLite", 250_000)):
        for key in ("lines_per_second", "lines_per_cpu_second"):
            value = figures.median("inbound", server, key)
            unit = "lines/s" if key == "lines_per_second" else "lines/s of its CPU"
            why = GENERATOR if key == "lines_per_second" else LINE
            what = f"inbound, {server}"
            yield Verdict(what, value, bound, unit, at_most=False, why=why)
    value = figures.ratio("paced-1000-200", "async", "latency.1")
    yield Verdict("p99 latency, 1,000 members, 200 lines/s", value, 2.0, "x bare loop")


def _crowds(figures: Figures) -> Iterator[Verdict]:
    median = figures.median
    value = median("join-5000", "async", "seconds")
    yield Verdict("5,000 connect at once", value, 3.0, "s")
    for server, bound in (("async", 4), ("threads", 30)):
        value = median("idle-1000", server, "bytes_each")
        kilobytes = None if value is None else value / KIB
        what = f"memory per idle connection, {server}"
        yield Verdict(what, kilobytes, bound, "KiB")
    value = median("idle-10000", "async", "memory_after")
    megabytes = None if value is None else value / KIB
    yield Verdict("10,000 members idle", megabytes, 120, "MiB")
    gone = figures.most("idle-10000", "async", "gone")
    yield Verdict("the same: turned away", gone, 0, "of them")
    for server in ("async", "threads"):
        lost = figures.most("stuck-100", server, "lost")
        yield Verdict(f"100 that never read, {server}: lines lost", lost, 0, "lines")
        value = figures.between("stuck-100", "stuck-0", server, "latency.1")
        yield Verdict("the same: p99 latency", value, 1.2, "x without them")
        more = figures.more("stuck-100", "stuck-0", server, "memory_peak")
        megabytes = None if more is None else more / KIB
        yield Verdict("the same: memory", megabytes, STUCK_MEMORY / KIB, "MiB more")


def _threads(figures: Figures) -> Iterator[Verdict]:
    for members in (200, 1000):
        value = figures.ratio(f"saturated-{members}", "threads", to="async")
        what = f"threads, CPU per delivery, saturated, {members:,} members"
        yield Verdict(what, value, 2.0, "x async")
    value = figures.ratio("paced-200-500", "threads", to="async")
    what = "threads, CPU per delivery, 500 lines/s"
    yield Verdict(what, value, 1.3, "x async", why=ONE_EACH)
    key = "lines_per_second"
    value = figures.ratio("small-windows", "threads", key, "InspIRCd")
    what = "threads, lines per second, small windows"
    yield Verdict(what, value, 0.8, "x InspIRCd", at_most=False)


def _start(figures: Figures) -> Iterator[Verdict]:
    for program, bound in (
        ("async", 0.4),
        ("threads", 0.4),
        ("client.py --help", 0.25),
    ):
        value = figures.median(START_UP, program, "seconds")
        yield Verdict(f"start-up, {program}", value, bound, "s")
