"""What every run has: its seed, its loop, the trace, and the violations found."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from random import Random

from tests.proof.violation import Violation

from .loop import START, SimulatedLoop, StuckError


@dataclass(frozen=True)
class Outcome:
    """The result of a seed."""

    seed: int
    violations: list[Violation]
    faults: Counter[str]
    messages: int
    received: int
    seconds: float
    """Of the virtual clock."""
    trace: str
    """A hash of everything that happened, in order."""

    def replay(self, option: str = "") -> str:
        """Return the command that replays the run; *option* is that of its kind."""
        words = (".venv/bin/python -m tests.simulation", f"{self.seed}", option)
        return " ".join(filter(None, (*words, "--trace")))

    def explain(self, option: str = "") -> str:
        """Return the violations, and the command that replays them."""
        return "\n".join([*map(str, self.violations), self.replay(option)])


class SeededRun:
    """The loop of one run, and everything random in it; *note* receives the trace."""

    def __init__(self, seed: int, note: Callable[[str], None]) -> None:
        self.rng = Random(seed)
        self.faults = Counter[str]()
        self.problems = list[Violation]()
        self._seed, self._note = seed, note
        self._hash = hashlib.sha256()
        self.loop = SimulatedLoop(self.rng, self.trace)

    def play(self, whole: Coroutine[None, None, None]) -> None:
        """Run *whole* to its end, close the loop, and note what failed."""
        loop = self.loop
        try:
            loop.run_until_complete(whole)
        except StuckError as exc:
            self.problem("time advances", str(exc))
        finally:
            asyncio.set_event_loop(None)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
        for failure in loop.failures:
            self.problem("no callback fails", failure)

    async def act(
        self, act: Callable[[], None], counts: Sequence[int], length: float
    ) -> None:
        """Call *act* about as often as one of *counts* in *length* seconds."""
        end = self.loop.time() + length
        pace = 2.0 * length / self.rng.choice(counts)
        while (now := self.loop.time()) < end:
            act()
            await asyncio.sleep(min(self.rng.random() * pace, end - now))

    def trace(self, what: str) -> None:
        """Add what happens now to the trace."""
        what = f"{self.loop.time():.6f} {what}"
        self._hash.update(what.encode())
        self._note(what)

    def problem(self, promise: str, details: str) -> None:
        self.problems.append(Violation(promise, f"seed {self._seed}", details))

    def outcome(
        self, violations: list[Violation], messages: int, received: int
    ) -> Outcome:
        """Return the result, with *violations* besides the problems of the run."""
        return Outcome(
            self._seed,
            [*self.problems, *violations],
            self.faults,
            messages,
            received,
            self.loop.time() - START,
            self._hash.hexdigest(),
        )


def ignore(_: str) -> None:
    """Discard a line of the trace."""
