"""What a fuzz target is: a function of bytes that raises for a mistake of the program.

A target reads its input as text wherever that is possible, so that the corpus is
readable; `Script` divides it into steps.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

MAX_STEPS: Final = 64  # of one input

Fuzz = Callable[[bytes], None]


class Target(NamedTuple):
    """A target with the *words* that its inputs are likely to contain."""

    fuzz: Fuzz
    words: tuple[bytes, ...] = ()
    max_size: int = 2048  # bytes of an input

    @property
    def name(self) -> str:
        return self.fuzz.__name__.removeprefix("fuzz_")


def steps(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the steps of *data*: lines, of which the first byte says what to do."""
    for line in data.split(b"\n", MAX_STEPS)[:MAX_STEPS]:
        if line:
            yield chr(line[0]), line[1:]


def text_of(data: bytes) -> str:
    """Return *data* as text; bytes that are not UTF-8 become lone surrogates.

    These are what a JSON string with ``\\ud800`` becomes.
    """
    return data.decode("utf-8", "surrogateescape")


def number_of(data: bytes, least: int, most: int) -> int:
    """Return the number that the digits at the start of *data* choose in a range."""
    digits = bytes(each for each in data[:4] if each in b"0123456789")
    return least + int(digits or b"0") % (most - least + 1)
