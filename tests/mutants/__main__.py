"""Plant each mutant in a copy of the source, and run its tests: `make mutants`.

A test must fail with the mutant, and pass without it. Prints the test that caught each,
and exits with 1 if a mutant survives.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from typing import Final

from tests.mutants.mutant import ROOT, Mutant
from tests.mutants.table import MUTANTS
from tests.mutants.tree import Tree, Verdict

PLACE: Final = ROOT / "build" / "mutants"
EVERYTHING: Final = ("tests",)


def options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--jobs", default="auto", help="trees at a time")
    parser.add_argument("--only", help="mutants with this in their names")
    parser.add_argument("--all", action="store_true", help="run the whole suite")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    chosen = options().parse_args(arguments)
    cores = os.cpu_count() or 1
    jobs = cores if chosen.jobs == "auto" else min(max(1, int(chosen.jobs)), cores)
    mutants = [each for each in MUTANTS if (chosen.only or "") in each.name]
    if not mutants:
        options().error(f"no mutant has {chosen.only!r} in its name")
    started_at = time.monotonic()
    with ExitStack() as opened:
        trees: SimpleQueue[Tree] = SimpleQueue()
        for _ in range(jobs):
            trees.put(opened.enter_context(Tree(PLACE)))
        pool = opened.enter_context(ThreadPoolExecutor(jobs))

        def judge(mutant: Mutant) -> Verdict:
            tree = trees.get()
            try:
                return tree.judge(mutant, EVERYTHING if chosen.all else mutant.tests)
            finally:
                trees.put(tree)

        verdicts = pool.map(judge, mutants)
        survivors = sum(_show(zip(mutants, verdicts, strict=True)))
    print(
        f"mutants: {len(mutants) - survivors} of {len(mutants)} caught in "
        f"{time.monotonic() - started_at:,.0f} s"
    )
    return 1 if survivors else 0


def _show(judged: Iterator[tuple[Mutant, Verdict]]) -> Iterator[bool]:
    """Print a line for each mutant; yield whether it survived."""
    for mutant, verdict in judged:
        if verdict.failed:
            print(f"caught    {mutant.name}\n          {verdict.failed}", flush=True)
        else:
            why = f"\n          {verdict.problem}" if verdict.problem else ""
            print(f"SURVIVED  {mutant.name} ({mutant.file}){why}", flush=True)
        yield not verdict.failed


if __name__ == "__main__":
    sys.exit(main())
