"""The targets, and whether they are met."""

from collections.abc import Iterator
from typing import Final

from .figures import Figures
from .scenarios import PEERS, TWO_PEERS
from .startup import NAME as START_UP
from .verdict import OWN, Place, Verdict, compared

KIB: Final = 1024
STUCK_MEMORY: Final = 32 * KIB  # kilobytes more than without members that never read


def verdicts(figures: Figures) -> list[Verdict]:
    """Return each target with its measured value."""
    return [
        *_cost(figures),
        *_sessions(figures),
        *_speed(figures),
        *_many_members(figures),
        *_stuck(figures),
        *_threads(figures),
        *_rooms(figures),
        *_start(figures),
    ]


def _cost(figures: Figures) -> Iterator[Verdict]:
    for members in (200, 1000):
        what = f"CPU per delivery, saturated, {members:,} members, in memory"
        yield compared(figures, what, 1.25, Place(f"saturated-{members}", "async"))
    for members, share in ((200, 1.0), (1000, 0.5)):
        for peer in PEERS:
            what = f"the same, {members:,} members, beside {peer}"
            where = Place(f"saturated-{members}", "async")
            yield compared(figures, what, share, where, to=peer)
    paced = Place("paced-200-500", "async")
    what = "CPU per delivery, 500 lines/s, 200 members"
    yield compared(figures, what, 1.35, paced)
    for peer in TWO_PEERS:
        yield compared(figures, f"the same, beside {peer}", 1.0, paced, to=peer)
    for name, how in ((paced.scenario, "500 lines/s"), ("saturated-200", "saturated")):
        what = f"CPU per delivery, {how}, 200 members, SQLite: commit, then show"
        yield compared(figures, what, 1.6, Place(name, "async, SQLite"))


def _sessions(figures: Figures) -> Iterator[Verdict]:
    for members in (200, 1000):
        for server, bound in (
            ("async, sessions", 1.6),
            ("async, sessions, SQLite", 2.5),
        ):
            what = f"CPU per delivery, saturated, {members:,} members, {server}{OWN}"
            yield compared(figures, what, bound, Place(f"saturated-{members}", server))


def _speed(figures: Figures) -> Iterator[Verdict]:
    small = Place("small-windows", "async")
    what = "lines per second, 90 members, 10 speakers with one line in flight"
    key = "lines_per_second"
    yield compared(figures, what, 1.0, small, to="InspIRCd", key=key, at_most=False)
    what = "the same for each second of the server's CPU"
    key = "lines_per_cpu_second"
    yield compared(figures, what, None, small, to="InspIRCd", key=key, at_most=False)
    for server, bound in (("async", 500_000), ("async, SQLite", 250_000)):
        where = Place("inbound", server)
        for key, unit in (
            ("lines_per_second", "lines/s"),
            ("lines_per_cpu_second", "lines/s of its CPU"),
        ):
            value = figures.median(*where, key)
            what = f"inbound, {server}"
            yield Verdict(what, value, bound, unit, at_most=False, where=where)
    what, where = (
        "p99 latency, 1,000 members, 200 lines/s",
        Place("paced-1000-200", "async"),
    )
    yield compared(figures, what, 2.0, where, key="latency.1")


def _many_members(figures: Figures) -> Iterator[Verdict]:
    for server, whose in (("async", ""), ("async, sessions", OWN)):
        where = Place("join-5000", server)
        value = figures.median(*where, "seconds")
        what = f"5,000 connect at once, {server}{whose}"
        yield Verdict(what, value, 3.0, "s", where=where)
    for server, bound in (("async", 4), ("threads", 30)):
        where = Place("idle-1000", server)
        kilobytes = _in_units(figures.median(*where, "bytes_each"))
        what = f"memory per idle connection, {server}"
        yield Verdict(what, kilobytes, bound, "KiB", where=where)
    where = Place("idle-10000", "async")
    megabytes = _in_units(figures.median(*where, "memory_after"))
    yield Verdict("10,000 members idle", megabytes, 120, "MiB", where=where)
    gone = figures.most(*where, "gone")
    yield Verdict("the same: rejected", gone, 0, "of them", where=where)
    where = Place("paced-10000-5", "async")
    lost = figures.most(*where, "lost")
    what = "the same: lines lost at 5 lines a second"
    yield Verdict(what, lost, 0, "lines", where=where)


def _stuck(figures: Figures) -> Iterator[Verdict]:
    for server in ("async", "threads"):
        where, beside = Place("stuck-100", server), Place("stuck-0", server)
        lost = figures.most(*where, "lost")
        what = f"100 that never read, {server}: lines lost"
        yield Verdict(what, lost, 0, "lines", where=where, beside=beside)
        value = figures.between("stuck-100", "stuck-0", server, "latency.1")
        what, unit = f"100 that never read, {server}: p99 latency", "x without them"
        yield Verdict(what, value, 1.2, unit, where=where, beside=beside)
        more = figures.more("stuck-100", "stuck-0", server, "memory_peak")
        what = f"100 that never read, {server}: memory{OWN}"
        bound, unit = STUCK_MEMORY / KIB, "MiB more"
        yield Verdict(what, _in_units(more), bound, unit, where=where, beside=beside)


def _threads(figures: Figures) -> Iterator[Verdict]:
    for members in (200, 1000):
        what = f"threads, CPU per delivery, saturated, {members:,} members"
        where = Place(f"saturated-{members}", "threads")
        yield compared(figures, what, 2.0, where, to="async")
    what, where = (
        "threads, CPU per delivery, 500 lines/s",
        Place("paced-200-500", "threads"),
    )
    yield compared(figures, what, 1.3, where, to="async")
    what, where = (
        "threads, lines per second, small windows",
        Place("small-windows", "threads"),
    )
    key = "lines_per_second"
    yield compared(figures, what, 0.8, where, to="InspIRCd", key=key, at_most=False)


def _rooms(figures: Figures) -> Iterator[Verdict]:
    ours = Place("rooms-1000", "async, sessions")
    what = "CPU per delivery, 1,000 rooms of 10, 1,000 lines/s, async, sessions"
    yield compared(figures, what, 1.5, ours)
    for peer in TWO_PEERS:
        yield compared(figures, f"the same, beside {peer}", None, ours, to=peer)
    kept = Place("rooms-1000", "async, sessions, SQLite")
    yield compared(figures, "the same, SQLite: commit, then show", None, kept)
    what = "CPU per delivery, one speaker in 100 rooms, async, sessions"
    yield compared(figures, what, None, Place("speaker-100", "async, sessions"))
    for server in ("async, sessions", "async, sessions, SQLite"):
        where = Place("idle-rooms-9999", server)
        each = figures.median(*where, "bytes_per_room")
        what = f"memory of 10,000 idle rooms, {server}"
        value = None if each is None else each * 10_000 / (KIB * KIB)
        yield Verdict(what, value, 100, "MiB", where=where)


def _start(figures: Figures) -> Iterator[Verdict]:
    for program, bound in (
        ("async", 0.4),
        ("threads", 0.4),
        ("client.py --help", 0.25),
    ):
        where = Place(START_UP, program)
        value = figures.median(*where, "seconds")
        yield Verdict(f"start-up, {program}", value, bound, "s", where=where)


def _in_units(small: float | None) -> float | None:
    """Return bytes in KiB, or kilobytes in MiB."""
    return None if small is None else small / KIB
