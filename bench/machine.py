"""The machine: its cores and its description."""

import os
import platform
import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
BUILD: Final = ROOT / "bench" / "build"
RESULTS: Final = ROOT / "bench" / "results"
SYSTEM_PLACES: Final = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where servers are installed, which may not be on the path."""
ENDING: Final = (signal.SIGTERM, signal.SIGHUP)
TOPOLOGY: Final = "/sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"


class Cores(NamedTuple):
    """The cores of the server and the generator."""

    server: int
    generator: int


def prepare() -> None:
    """Prepare this process; call it first.

    It raises the limit of open files and adds the directories of servers to the path.
    SIGTERM and SIGHUP raise SystemExit from now on, so that servers are ended and their
    directories removed.
    """
    _raise_descriptor_limit()
    search_system_places()
    for number in ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _end)


def search_system_places() -> None:
    """Add SYSTEM_PLACES to the end of the path."""
    path = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([path, *SYSTEM_PLACES])


def _raise_descriptor_limit() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _end(number: int, _: FrameType | None) -> None:
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)  # let it clean up
    sys.exit(128 + number)


def cores() -> Cores:
    """Return the cores of the server and the generator, two if possible."""
    free = sorted(os.sched_getaffinity(0))
    return choose(free, _siblings(free[0]))


def choose(free: Sequence[int], siblings: str) -> Cores:
    """Return the first of *free* for the server, and the best for the generator.

    *siblings* are the hardware threads of the server's core, as Linux lists them. The
    generator gets another core if there is one.
    """
    server, *others = free
    apart = [core for core in others if core not in listed(siblings)]
    return Cores(server, next(iter(apart or others), server))


def relation(mine: Cores, siblings: str) -> str:
    """Describe the distance of the two; *siblings* are those of the server's core."""
    if mine.server == mine.generator:
        return "THE SAME: one core only"
    is_sibling = mine.generator in listed(siblings)
    return "siblings of one core" if is_sibling else "apart"


def listed(text: str) -> set[int]:
    """Return the numbers of a list as Linux writes it: ``0-1,8``."""
    numbers: set[int] = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        if first:
            numbers.update(range(int(first), int(last or first) + 1))
    return numbers


def _siblings(core: int) -> str:
    try:
        return Path(TOPOLOGY.format(core)).read_text()
    except OSError:  # this system does not say
        return ""


def pinned(core: int, command: list[str]) -> list[str]:
    """Return *command* with all of its threads on *core*."""
    return ["taskset", "-c", str(core), *command]


def description() -> dict[str, str]:
    """Return the facts about the machine and the measured code."""
    mine = cores()
    apart = relation(mine, _siblings(mine.server))
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


def commit(root: Path = ROOT) -> str:
    """Return the commit that is checked out in *root*, and whether it has changes."""
    try:
        name = _git(root, "rev-parse", "--short=12", "HEAD")
        changed = _git(root, "status", "--porcelain", "--", ".", ":!bench/results")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{name} with changes" if changed else name


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, capture_output=True, text=True
    ).stdout.strip()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
