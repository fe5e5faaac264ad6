"""Real text of this machine: licences, documentation, sources; never the same twice."""

import sysconfig
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

MAX_LINE = 4096  # bytes of UTF-8, the most that one message may have
READ = 60_000  # lines looked at on each shelf
ODD = 500  # of each kind that is worth a doubt, at most so many
PLAIN = 1_300  # and so many of the others
LIBRARY, PACKAGES = (Path(sysconfig.get_path(at)) for at in ("stdlib", "purelib"))
SHELVES = [  # what a machine may have; then what Python and our tools bring along
    (Path("/usr/share/common-licenses"), "*"),
    (Path("/usr/share/doc"), "*/copyright"),
    (Path("/usr/share/perl"), "*/pod/*.pod"),
    (PACKAGES / "pygments", "**/*.py"),
    (LIBRARY / "encodings", "*.py"),
    (LIBRARY / "email", "*.py"),
    (LIBRARY / "idlelib", "*"),
]


def real_lines(count: int) -> list[str]:
    """Return *count* lines or a few more, from all shelves."""
    lines = [line for shelf in SHELVES for line in chosen(read(*shelf))]
    more = islice(read(LIBRARY, "*.py"), max(0, count - len(lines)))
    return [*lines, *more]


def chosen(lines: Iterator[str]) -> Iterator[str]:
    """Yield some of *lines*, with many of the odd ones among them."""
    left = {"slash": ODD, "letters": ODD, "control": ODD, "plain": PLAIN}
    for line in islice(lines, READ):
        kind = kind_of(line)
        if left[kind]:
            left[kind] -= 1
            yield line


def kind_of(line: str) -> str:
    """Return what is odd about *line*."""
    if line.startswith("/"):
        return "slash"
    if not line.isascii():
        return "letters"
    return "plain" if line.isprintable() else "control"


def read(folder: Path, pattern: str) -> Iterator[str]:
    """Yield the lines of the files there, but for those that cannot be said."""
    for path in sorted(folder.glob(pattern)):
        if not path.is_file():
            continue
        for raw in path.read_bytes().replace(b"\r", b"").split(b"\n"):
            line = raw.decode(errors="replace")
            if "\0" not in line and len(line.encode()) <= MAX_LINE:
                yield line
