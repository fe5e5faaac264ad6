"""Everything that the servers of a run have recorded or applied, in order."""

from typing import NamedTuple

from parlour.core.entries import Batch, Entry


class Record(NamedTuple):
    """An entry, and its wall time."""

    entry: Entry
    time: float


class Ledger:
    """The entries of all servers; their *places* count from 0.

    A durable batch is in it as soon as it is stored, any other one when it is applied.
    """

    def __init__(self) -> None:
        self.records = list[Record]()
        self.starts = list[int]()
        """The places at which a server started."""
        self.applied = 0
        """The place before which a server knows all entries."""

    def __len__(self) -> int:
        return len(self.records)

    def add(self, batch: Batch) -> None:
        """Add the entries of a batch."""
        self.records += [Record(entry, batch.time) for entry in batch.entries]

    def start(self) -> None:
        """Note that a server starts, and knows all entries that are stored."""
        self.starts.append(len(self))
        self.applied = len(self)

    def apply(self, batch: Batch) -> None:
        """Note that a server has applied a batch."""
        if not batch.is_durable:
            self.add(batch)
        self.applied = len(self)
