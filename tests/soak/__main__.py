"""Load a real server for many minutes with everything at once: `make soak`.

The server has TLS, accounts, rooms, direct messages, a page and metrics. Its load is
bounded: fewer than 100 clients that say some tens of messages a second, so that it can
run beside other work. At the end all clients leave, and the operator closes the rooms
that are not empty for long enough to be closed; then the server has to be as it was,
and the proof checker compares what clients received with what is stored. Exits with 1
if anything is wrong.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Final

from tests.programs.histories import recorded
from tests.programs.launch import ENGINES
from tests.proof import records
from tests.proof.records import LOBBY
from tests.proof.violation import Violation
from tests.signals import heed_signals

from . import verdict
from .accounts import AccountUsers
from .checked import CheckedClients
from .disturbances import Disturbances
from .operator import Operator
from .pair import QuietPair
from .samples import Sample, take_sample
from .server_process import SoakServer

INTERVAL: Final = 5.0  # seconds between two samples
CLIENTS: Final = 6  # that the checker follows, of each of five kinds
ACCOUNTS: Final = 8
BASE_TIMEOUT: Final = 120.0  # seconds until all is as it was
MAX_LATE: Final = 0.02  # late answers for each visit of an account, on a busy machine
MAX_MISSED: Final = 0.02  # of the samples: the server gave no metrics in time
TOOLS: Final = 8  # of the operator, at once
SHOWN: Final = 40  # violations


class Soak:
    """One run."""

    def __init__(self, server: SoakServer, seed: int, minutes: float) -> None:
        rng = Random(seed)
        self._server, self._seconds = server, 60 * minutes
        self.checked = CheckedClients(server, rng, CLIENTS)
        self.accounts = AccountUsers(server, rng, ACCOUNTS)
        self.disturbances = Disturbances(server, rng)
        self.operator = Operator(server, rng, is_brisk=minutes < 5)
        self.pair = QuietPair(server)
        self.samples = list[Sample]()
        self.missed_samples = 0
        self.base: Sample | None = None
        self.end: Sample | None = None

    async def run(self) -> None:
        """Load the server, let everybody leave, and wait until it is at its base."""
        self.base = await take_sample(self._server)
        async with asyncio.TaskGroup() as group:
            self.checked.start(group)
            self.accounts.start(group)
            self.disturbances.start(group)
            self.operator.start(group)
            group.create_task(self.pair.run())
            sampling = group.create_task(self._sample())
            await asyncio.sleep(self._seconds)
            sampling.cancel()
            say("the load ends")
            self.disturbances.is_over = self.accounts.is_over = True
            self.operator.is_over = self.pair.is_over = True
            await self.checked.settle()
        say("all clients have left")
        await self._close_rooms()
        self.end = await self._wait_for_base(self.base)

    async def _sample(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            try:
                sample = await take_sample(self._server)
            except (AssertionError, OSError):  # it is not healthy
                self.missed_samples += 1
                continue
            self.samples.append(sample)
            if len(self.samples) % 12 == 0:
                say(
                    f"{sample.connections:,.0f} connections, "
                    f"{sample.stored:,.0f} messages, {sample.rss >> 20} MiB, "
                    f"{sample.descriptors} descriptors, {sample.threads} threads"
                )

    async def _close_rooms(self) -> None:
        """Close the rooms of accounts, and those that are empty for a short time."""
        _, out, _ = await self._server.run_tool("admin", "rooms", "--json")
        rooms = [json.loads(line)["room"] for line in out.splitlines()]
        for some in batched([room for room in rooms if room != LOBBY], TOOLS):
            closing = [self._server.run_tool("admin", "close", room) for room in some]
            await asyncio.gather(*closing)

    async def _wait_for_base(self, base: Sample) -> Sample | None:
        """Return the last sample, or None if the server gives no metrics any more."""
        end = time.monotonic() + BASE_TIMEOUT
        now = None
        while time.monotonic() < end:
            with suppress(AssertionError, OSError):  # it is not healthy
                now = await take_sample(self._server)
                if verdict.is_at_base(base, now):
                    break
            await asyncio.sleep(INTERVAL)
        return now

    def failures(self, stored: records.Rooms) -> list[str]:
        """Return everything that went wrong, in words."""
        assert self.base is not None
        found = [*verdict.faults(self.base, self.samples, self.end)]
        found += self.accounts.failures + self.operator.failures
        if self.missed_samples > MAX_MISSED * len(self.samples):
            found.append(f"{self.missed_samples} times without metrics")
        late, visits = self.accounts.late, self.accounts.visits
        if late.total() > MAX_LATE * visits:
            found.append(f"late answers in {visits} visits: {dict(late)}")
        found += [f"{name} ({n})" for name, n in self.disturbances.refused.items()]
        found += [f"in the log: {line:.500}" for line in self._server.log_faults()]
        violations: list[Violation] = self.checked.violations(stored)
        violations += self.accounts.claims.violations(stored)
        return [*map(str, violations), *found]

    def report(self) -> None:
        """Print the figures."""
        assert self.base is not None
        for line in verdict.table(self.base, self.samples, self.end):
            print(line)
        print(
            f"late answers in {self.accounts.visits:,} visits of accounts: "
            f"{dict(self.accounts.late) or 0}, "
            f"samples without metrics: {self.missed_samples} of {len(self.samples)}"
        )
        p50, p99 = (1000 * self.pair.percentile(each) for each in (50, 99))
        print(f"a quiet pair: median {p50:.1f} ms, 99th percentile {p99:.1f} ms")
        counted = Counter(self.checked.figures())
        counted += self.accounts.done + self.disturbances.done + self.operator.done
        for name, number in counted.items():
            print(f"{name:40}{number:>12,}")
        print("logged:", dict(self._server.log_counts().most_common()))


async def recorded_by(server: SoakServer) -> records.Rooms:
    """Return what is stored; the server may run."""
    code, out, error = await server.run_tool("export", "--direct")
    assert not code, error
    return recorded(out)


async def soak(engine: str, minutes: float, seed: int) -> int:
    """Run a soak, print what was found, and return the exit code."""
    print(f"soak ({engine}): {minutes:g} minutes, seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="soak-") as home:
        async with SoakServer(Path(home), engine) as server:
            run = Soak(server, seed, minutes)
            await run.run()
            code = await server.stop()
            stored = await recorded_by(server)
            checked, out, error = await server.run_tool("verify")
            found = run.failures(stored)
            run.report()
    if code:
        found.append(f"the server ended with {code}")
    if checked:
        found.append(f"the history is damaged: {out} {error}")
    for each in found[:SHOWN]:
        print(f"  {each}")
    print(f"soak ({engine}): {minutes:g} minutes, {len(found):,} failures")
    return 1 if found else 0


def batched(rooms: list[str], size: int) -> Iterator[list[str]]:
    """Split *rooms* into lists of at most *size*."""
    yield from (rooms[n : n + size] for n in range(0, len(rooms), size))


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def main() -> int:
    heed_signals()
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument("--engine", choices=ENGINES, default=ENGINES[0])
    options.add_argument("--seed", type=int, help="of what the clients choose")
    chosen = options.parse_args()
    seed = random.SystemRandom().getrandbits(32) if chosen.seed is None else chosen.seed
    return asyncio.run(soak(chosen.engine, chosen.minutes, seed))


if __name__ == "__main__":
    sys.exit(main())
