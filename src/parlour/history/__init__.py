"""What was said, in order, for as long as it is kept.

A history is the log of a room, and it alone numbers messages. The contract is
small, and these are its back ends:

``memory``     for servers that forget
``sqlite``     the default: everything in one file, `schema-1.sql` says how
``recorder``   a history behind threads of its own, and one that is asked at once;
               ``questions`` wait there, bounded

What both back ends share: ``retention`` (how much is kept), ``clock`` (how old a
message is), ``keys`` (how a retry is known), ``words`` (what a search finds) and
``pages`` (what an answer holds at most).

What the file is made of: ``files`` (names and modes), ``mounts`` (whether its log is
beside it), ``locks`` (who may write), ``opening`` (making and recognising it),
``rows``, ``ends`` (where rooms end), ``batch`` (a batch on its way in), ``ageing``
(which messages are too old), ``shortening`` (what a smaller limit deletes), ``chores``
(index and deletion), ``folding`` (checkpoints of the write-ahead log), ``reader``,
``failures`` (what an error of SQLite means).

How its words are found: ``search``, within a ``deadline``, in the ``search_index``,
for which ``segmentation`` prepares the text.

What is done with a whole file: ``backup`` and restore, ``transfer`` (export and
import, of ``message_lines``), ``verify``; ``inspection`` opens the file for them,
``copies`` makes new files whole, ``ownership`` says whose these are, ``progress``
reports how far the work is.
"""

from collections.abc import Sequence
from typing import Protocol

from parlour.core.events import Draft, Outcome, Page, Query, Reach, RoomName


class HistoryError(Exception):
    """A batch was not kept, or a page not read.

    *code* is permanent and for programs, *reason* for people; neither holds a path.
    *is_unknown*: what was to be kept may be there or not. After that a history keeps
    nothing any more, and the server has to end.
    """

    def __init__(self, code: str, reason: str, *, is_unknown: bool = False) -> None:
        super().__init__(reason)
        self.code, self.reason, self.is_unknown = code, reason, is_unknown


class History(Protocol):
    """A log of messages per room.

    Sequences of a room increase in the order of appending; here, and in every back
    end that is kept on one machine, they count from 1 without gaps. Nobody but a
    history knows a sequence before it returns it. One thread at a time may append;
    reads may come from another.
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

    def read(self, query: Query) -> Page:
        """Return what *query* asks for, in at most 256 KiB as they are sent.

        A read that is cut at that size says that there is more. One message is always
        there. Raises HistoryError.
        """
        ...

    def cancel_searches(self) -> None:
        """End the search that runs, and every later one, with `stopping`.

        May be called from any thread.
        """
        ...

    def reach(self, room: RoomName) -> Reach:
        """Return what is kept of *room*. Raises HistoryError."""
        ...

    def tend(self) -> bool:
        """Do a little of what can wait (index, retention), and tell if there is more.

        Called by the thread that appends, while it has nothing to append.
        """
        ...

    def close(self) -> None:
        """Let go of what is held open. Nothing is appended after it."""
        ...
