"""Recording what was said, in order.

A journal alone numbers messages. The contract is `Journal`, and these implement it:

``memory``       messages in memory, gone when the process ends
``sqlite``       the default: messages in one SQLite file

Around them:

``recorder``     records batches in a thread, or at once
``idempotency``  recognises a retry of a message that was recorded
``clock``        how old a message is, although the machine's clock may be wrong
``tools``        backup, restore, export, import and verification of a file
"""

from collections.abc import Sequence
from typing import Protocol

from parlour.core.storage import Draft, Outcome
from parlour.history import History


class Journal(Protocol):
    """Records messages, per room. One thread at a time may call it.

    Sequences of a room increase in the order of appending; on one machine they count
    from 1 without gaps. Nobody else knows a sequence before `append` returns it.
    """

    def append(self, drafts: Sequence[Draft], time: float) -> list[Outcome]:
        """Keep *drafts*, said at the wall time *time*, and return one outcome each.

        Times are kept to the microsecond, from 1970 to the year 9998.

        The whole batch is kept, or none of it and HistoryError is raised. A draft
        with a key that was kept before, in this batch or in the last 24 hours (of
        the last 100,000 keys), is not kept again: its outcome is `Repeated`. These
        hours are counted by a steady clock, and begin anew when a file is opened.
        """
        ...

    def maintain(self) -> bool:
        """Do a little of what can wait (index, retention), and tell if there is more.

        Called by the thread that appends, while it has nothing to append.
        """
        ...

    def close(self) -> None:
        """Let go of what is held open. Nothing is appended after it."""
        ...


class Store(Journal, History, Protocol):
    """One object that serves both contracts, as on one machine."""
