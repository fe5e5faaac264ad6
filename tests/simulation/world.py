"""What a simulation needs of the servers that it runs."""

from collections.abc import Callable
from typing import Protocol

from tests.proof.records import StoredHistory

from .loop import SimulatedListener


class World(Protocol):
    """The servers of a run and their storage, with faults."""

    @property
    def histories(self) -> list[StoredHistory]:
        """What is stored; the last one is the present history."""
        ...

    @property
    def refused_texts(self) -> set[str]:
        """Texts that were refused at least once."""
        ...

    def faults(self) -> list[Callable[[], None]]:
        """Return functions that cause one fault each."""
        ...

    def repair(self) -> None:
        """End all faults and long delays."""
        ...

    async def run(self) -> None:
        """Run servers, and start others for those that end, until `end`."""
        ...

    def end(self) -> None:
        """End all servers, for good."""
        ...

    def listener(self) -> SimulatedListener | None:
        """Return a random server to connect to; None if there is none."""
        ...

    def kill(self, listener: SimulatedListener) -> None:
        """Kill the server that listens there, if it still does."""
        ...

    def heads(self) -> dict[str, int]:
        """Return the last sequence of each room, as the servers have it now."""
        ...

    def users(self) -> set[str]:
        """Return the names of all sessions, as the servers have them now."""
        ...

    @property
    def is_quiet(self) -> bool:
        """Whether all servers run, and nothing is under way between them."""
        ...

    def problems(self) -> list[tuple[str, str]]:
        """Return the promises that the servers broke, with details."""
        ...
