"""Reading recorded messages: pages, searches and retention.

``pages``            the size limit of a page
``search_terms``     the rules by which a text matches a search
``segmentation``     prepares scripts that do not separate words with spaces
``search_deadline``  the time limit of a search
``retention``        the limits on the stored messages of a room
``query_queue``      queries that wait for a thread to answer them
``errors``           the answers of a store that is closing or has failed

The contract is `History`. Its messages are recorded through the contract `Journal` of
`parlour.journal`. One object may implement both.
"""

from typing import Protocol

from parlour.core.events import RoomName
from parlour.core.storage import HistoryExtent, Page, Query


class History(Protocol):
    """Reads the recorded messages of each room.

    Any thread may call any method, even while another thread records. Only one thread
    at a time may search. Sequences of a room increase in the order of recording; on one
    machine they count from 1 without gaps.
    """

    def read(self, query: Query) -> Page:
        """Return the page that answers *query*.

        A page has at most 256 KiB, as encoded for a client, but at least one message if
        any matches. A page that this limit shortens has `has_more` set. A search times
        out after one second. Raises StorageError if the page cannot be read, or the
        search is too long (`search_too_long`), too slow (`search_timeout`) or cancelled
        (`stopping`).
        """
        ...

    def cancel_searches(self) -> None:
        """End the running search and every later one with the error `stopping`."""
        ...

    def extent(self, room: RoomName) -> HistoryExtent:
        """Return the range of stored sequences of *room*. Raises StorageError."""
        ...
