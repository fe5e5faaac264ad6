"""A broken promise."""

from typing import NamedTuple


class Violation(NamedTuple):
    """The broken promise, the client or history concerned, and the evidence."""

    promise: str
    client: str
    details: str

    def __str__(self) -> str:
        return f"{self.promise}: {self.client}: {self.details:.1000}"
