"""Lines of real text from this machine: licences, documentation and source code."""

import sysconfig
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

MAX_LINE = 4096  # bytes of UTF-8, the most that one message may have
MAX_READ = 60_000  # lines read from each source
MAX_UNUSUAL = 500  # lines of each unusual kind
MAX_PLAIN = 1_300  # lines of printable ASCII
LIBRARY, PACKAGES = (Path(sysconfig.get_path(at)) for at in ("stdlib", "purelib"))
SOURCES = [  # the first three are not on every machine
    (Path("/usr/share/common-licenses"), "*"),
    (Path("/usr/share/doc"), "*/copyright"),
    (Path("/usr/share/perl"), "*/pod/*.pod"),
    (PACKAGES / "pygments", "**/*.py"),
    (LIBRARY / "encodings", "*.py"),
    (LIBRARY / "email", "*.py"),
    (LIBRARY / "idlelib", "*"),
]


def real_lines(count: int) -> list[str]:
    """Return *count* lines or a few more, from all sources."""
    lines = [line for source in SOURCES for line in sample(read(*source))]
    more = islice(read(LIBRARY, "*.py"), max(0, count - len(lines)))
    return [*lines, *more]


def sample(lines: Iterator[str]) -> Iterator[str]:
    """Yield some of *lines*, many of them unusual."""
    left = dict.fromkeys(["slash", "letters", "control"], MAX_UNUSUAL)
    left["plain"] = MAX_PLAIN
    for line in islice(lines, MAX_READ):
        kind = kind_of(line)
        if left[kind]:
            left[kind] -= 1
            yield line


def kind_of(line: str) -> str:
    """Return the kind of *line*: "slash", "letters", "control" or "plain"."""
    if line.startswith("/"):
        return "slash"
    if not line.isascii():
        return "letters"
    return "plain" if line.isprintable() else "control"


def read(folder: Path, pattern: str) -> Iterator[str]:
    """Yield the lines of the files in *folder* that can be sent as messages."""
    for path in sorted(folder.glob(pattern)):
        if not path.is_file():
            continue
        for raw in path.read_bytes().replace(b"\r", b"").split(b"\n"):
            line = raw.decode(errors="replace")
            if "\0" not in line and len(line.encode()) <= MAX_LINE:
                yield line
