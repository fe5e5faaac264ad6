"""Reading what was said: pages, search, retention.

``pages``            what one answer may contain at most
``search_terms``     which messages a search finds
``segmentation``     prepares text of scripts that put no blanks between words
``search_deadline``  how long a search may take
``retention``        how much of a room is kept
``query_queue``      queries that wait for a thread to answer them

The contract is `History`. What is read was written through the contract of
`parlour.journal`; where one object serves both, it implements both.
"""

from typing import Protocol

from parlour.core.events import RoomName
from parlour.core.storage import HistoryExtent, Page, Query


class History(Protocol):
    """The recorded messages of each room, for reading. Any thread may read.

    Sequences of a room increase in the order of recording. On one machine they count
    from 1 without gaps.
    """

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

    def extent(self, room: RoomName) -> HistoryExtent:
        """Return what is kept of *room*. Raises HistoryError."""
        ...
