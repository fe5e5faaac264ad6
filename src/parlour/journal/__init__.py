"""Recording messages in order.

Only a journal numbers messages. The contract is `Journal`, and two stores implement
it, together with the contract `History` of `parlour.history`:

``memory``       messages in memory; they are lost when the process ends
``sqlite``       the default: messages in one SQLite file

Modules that support them:

``recorder``     uses a store in threads, or in the caller's thread
``idempotency``  recognises a retry of a recorded message
``clock``        measures the age of messages, even if the wall clock is wrong
``timestamps``   stored times, in microseconds
``epoch``        a random epoch for a new or restored history
``tools``        backup, restore, export, import and verification of a file
"""

from collections.abc import Sequence
from typing import Protocol

from parlour.core.storage import Draft, Outcome
from parlour.history import History


class Journal(Protocol):
    """Records messages, per room. Only one thread at a time may call it.

    Sequences of a room increase in the order of recording; on one machine they count
    from 1 without gaps. A sequence is unknown until `append` returns it.
    """

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        """Record *drafts*, sent at the wall time *time*, and return one outcome each.

        The batch is recorded completely or not at all. If it is not, StorageError is
        raised; if the error's `is_outcome_unknown` is true, the batch may nevertheless
        have been recorded. Times are stored with microsecond precision, from the year
        1970 to 9998; others are clamped.

        A draft whose key is already recorded is not recorded again: its outcome is a
        `Duplicate`. Keys are stored for 24 hours, but only the last 100,000 of them.
        The 24 hours are measured by a monotonic clock and restart when the store is
        opened.
        """
        ...

    def maintain(self) -> bool:
        """Do one bounded step of maintenance; return whether there is more to do.

        Maintenance indexes messages, deletes those that exceed the retention, and
        checkpoints the log. Call it while there is nothing to append. Raises
        StorageError.
        """
        ...

    def close(self) -> None:
        """Release all resources. No other method may be called afterwards."""
        ...


class Store(Journal, History, Protocol):
    """A journal and a history in one object, as a server on one machine uses it."""
