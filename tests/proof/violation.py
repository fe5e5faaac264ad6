"""How a broken promise is told."""

from typing import NamedTuple


class Violation(NamedTuple):
    """A promise that was broken, to whom, and how that shows."""

    promise: str
    client: str
    details: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.client}: {self.details:.300}"
