"""What a mutant is: one mistake in the source, and the tests that must notice it."""

from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]


class Mutant(NamedTuple):
    """A mistake, as the one text in a file of `src/parlour` that another replaces."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    """Files with tests, or single tests, that must fail."""

    @property
    def path(self) -> Path:
        """The path of the file in a checkout."""
        return Path("src", "parlour", self.file)

    def applied_to(self, text: str) -> str:
        """Return the text of the file with the mistake.

        Raises ValueError unless there is exactly one place for it.
        """
        if (count := text.count(self.old)) != 1:
            raise ValueError(f"{self.name}: {self.file} has its text {count} times")
        return text.replace(self.old, self.new)
