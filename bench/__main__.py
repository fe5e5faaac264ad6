"""Run the benchmarks and write the results: `python -m bench --help`."""

import argparse
import shlex
import sys
import time
from pathlib import Path

from . import guard
from .compare import PAIRS, chosen_works, compare, interpreter_error
from .figures import Figures
from .machine import BUILD, RESULTS, description, prepare
from .results import Results
from .run import Cell
from .runs import SERVERS, chosen, missing, participants, run_all
from .syscalls import is_possible


def main() -> int:
    """Run the chosen scenarios; return 1 if a guard is broken."""
    args = options().parse_args()
    prepare()
    if not args.again and not (BUILD / "load").exists():
        print("the generator is not built: make bench/build/load", file=sys.stderr)
        return 2
    if args.compare:
        return _compare(args)
    if args.again:
        return _write(Results.read(args.results or RESULTS), args.results or RESULTS)
    found = _found(args)
    if not args.quick:
        is_whole = args.add or not (args.only or args.server)
        place = args.results or (RESULTS if is_whole else BUILD / "results")
        whole = Results.read(place) if args.add else found
        if args.add:
            whole.add(found)
        _write(whole, place)
    for line in _summary(found.figures):
        print(line)
    for line in (broken := guard.broken(found.figures)):
        print(f"GUARD: {line}", file=sys.stderr)
    return 1 if broken else 0


def options() -> argparse.ArgumentParser:
    """Return the parser of the options."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--runs", type=int, help="number of runs (default: 5; quick: 3)"
    )
    parser.add_argument("--only", action="append", default=[], metavar="SCENARIO")
    parser.add_argument("--server", action="append", default=[], choices=SERVERS)
    parser.add_argument(
        "--quick", action="store_true", help="only the ratios, in a minute"
    )
    where = "default: bench/results, or bench/build/results for a part"
    parser.add_argument("--results", type=Path, metavar="DIRECTORY", help=where)
    add = "replace the same scenarios in the existing results"
    parser.add_argument("--add", action="store_true", help=add)
    again = "write the table and the plots again from the existing results"
    parser.add_argument("--again", action="store_true", help=again)
    compare = "measure this checkout and another in turns, and print the ratios"
    parser.add_argument("--compare", type=Path, metavar="CHECKOUT", help=compare)
    parser.add_argument(
        "--pairs", type=int, default=PAIRS, help=f"for --compare (default: {PAIRS})"
    )
    return parser


def _compare(args: argparse.Namespace) -> int:
    """Compare the chosen works with another checkout."""
    works = chosen_works(args.only, args.server)
    if not (args.compare / "server.py").exists():
        print(f"{args.compare} is no checkout of Parlour", file=sys.stderr)
        return 2
    if error := interpreter_error(args.compare.resolve()):
        print(error, file=sys.stderr)
        return 2
    place = args.results or BUILD / "results"
    return compare(args.compare, args.pairs, works, place, _print)


def _command(args: argparse.Namespace) -> str:
    """Return the command without the directory of the results."""
    where = {"--results", str(args.results), f"--results={args.results}"}
    words = [word for word in sys.argv[1:] if word not in where]
    return shlex.join(["python", "-m", "bench", *words])


def _absent(args: argparse.Namespace) -> list[str]:
    """Return the chosen servers, and strace, that are not installed."""
    asked = args.server or ([] if args.quick else list(SERVERS))
    absent = [name for name in missing() if name in asked]
    needs_strace = not args.quick and not args.only
    return [*absent, *(["strace"] if needs_strace and not is_possible() else [])]


def _found(args: argparse.Namespace) -> Results:
    """Measure the chosen scenarios."""
    facts = {**description(), "command": _command(args)}
    absent = _absent(args)
    for name in absent:
        _print(f"{name} is not installed: make bench-deps")
    versions = {
        server.name: server.read_version()
        for server in SERVERS.values()
        if server.version and not server.is_missing and not args.quick
    }
    started_at = time.monotonic()
    cells = _measure(args)
    facts["took"] = f"{time.monotonic() - started_at:.0f} s"
    return Results(facts, absent, versions, cells)


def _write(results: Results, place: Path) -> int:
    if not results.write(place, list(SERVERS.values())):
        _print("matplotlib is not installed: no plots")
    _print(f"written to {place}/: results.md, results.json, plots")
    return 0


def _measure(args: argparse.Namespace) -> list[Cell]:
    runs = args.runs or (3 if args.quick else 5)
    scenarios = chosen(args.only, quick=args.quick)
    works = [(one, participants(one, args.server)) for one in scenarios]
    return run_all(works, runs, _print, with_rest=not args.quick and not args.only)


def _print(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _summary(figures: Figures) -> list[str]:
    lines = []
    for scenario in chosen([], quick=True):
        for server in figures.servers(scenario.name):
            ratio = figures.ratio(scenario.name, server)
            cost = figures.median(scenario.name, server, "per_line")
            writes = figures.median(scenario.name, server, "writes_per_line")
            if cost is None:
                lines.append(f"{scenario.name:15} {server:24} failed")
                continue
            compared = "" if ratio is None else f" {ratio:5.2f} x bare loop"
            counted = "" if writes is None else f"  {writes:.4f} writes per line"
            lines.append(
                f"{scenario.name:15} {server:24} {cost:7.3f} us per line"
                f"{compared}{counted}"
            )
    return lines


if __name__ == "__main__":
    sys.exit(main())
