"""Inputs of fuzz targets in the repository: a bytes literal on each line.

Such a file can be read and reviewed. `corpus` has inputs that reach different code, and
`found` has those that were findings once, each below a comment that says what it was.
"""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
MAX_INPUTS: Final = 60  # of the corpus of one target
MAX_INPUT: Final = 2048  # bytes of one of them


def corpus_file(target: str) -> Path:
    return HERE / "corpus" / f"{target}.txt"


def found_file(target: str) -> Path:
    return HERE / "found" / f"{target}.txt"


def read_inputs(path: Path) -> list[bytes]:
    """Return the inputs in a file; none if it does not exist."""
    if not path.exists():
        return []
    lines = path.read_text("ascii").splitlines()
    return [_parse(line) for line in lines if line and not line.startswith("#")]


def write_inputs(path: Path, inputs: Iterable[bytes]) -> None:
    """Write each of *inputs* once, the shortest first."""
    ordered = sorted(set(inputs), key=lambda data: (len(data), data))
    path.write_text("".join(f"{data!r}\n" for data in ordered), "ascii")


def unpack(inputs: Iterable[bytes], directory: Path) -> None:
    """Write each of *inputs* to a file of its own, as libFuzzer reads them."""
    directory.mkdir(parents=True, exist_ok=True)
    for data in inputs:
        (directory / hashlib.sha1(data).hexdigest()).write_bytes(data)


def inputs_of(target: str) -> list[bytes]:
    """Return all inputs of a target in the repository."""
    return read_inputs(corpus_file(target)) + read_inputs(found_file(target))


def _parse(line: str) -> bytes:
    found = ast.literal_eval(line)
    assert isinstance(found, bytes), line
    return found
