"""The machine: which core is whose, and what to say of it."""

import os
import platform
import resource
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
BUILD: Final = ROOT / "bench" / "build"
RESULTS: Final = ROOT / "bench" / "results"


class Cores(NamedTuple):
    """Who runs where."""

    server: int
    generator: int


def cores() -> Cores:
    """Return a core for the server and another for the generator, if there are two."""
    free = sorted(os.sched_getaffinity(0))
    return Cores(free[0], free[min(1, len(free) - 1)])


def pinned(core: int, command: list[str]) -> list[str]:
    """Return *command* so that all its threads run on *core*."""
    return ["taskset", "-c", str(core), *command]


def raise_descriptor_limit() -> int:
    """Let this process and those it starts open as many files as they may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def description() -> dict[str, str]:
    """Return what matters of the machine and of the code that is measured."""
    mine = cores()
    apart = "apart" if mine.server != mine.generator else "THE SAME: one core only"
    return {
        "processor": _processor(),
        "cores": f"{os.cpu_count()}; server on {mine.server}, generator on "
        f"{mine.generator} ({apart})",
        "memory": f"{_memory() / (1 << 30):.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": f"{os.getloadavg()[0]:.1f} at the start (1 minute)",
        "commit": commit(),
    }


def commit() -> str:
    """Return the commit that is checked out, and whether anything differs from it."""
    try:
        name = _git("rev-parse", "--short=12", "HEAD")
        changed = _git("status", "--porcelain", "--", ".", ":!bench/results")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{name} with changes" if changed else name


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
