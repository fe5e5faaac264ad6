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

from parlour.core.storage import Page, Query


class History(Protocol):
    """Reads the recorded messages of each room.

    Any thread may call any method, even while another thread records. Only one thread
    at a time may search. Sequences of a room increase in the order of recording, and
    may have holes; the counts in a page are of messages.
    """

    def read(self, query: Query) -> Page:
        """Return the page that answers *query*.

        A page has at most 256 KiB, as encoded for a client, but at least one message if
        any matches. A page that this limit shortens has `has_more` set. A room that the
        store does not know has no messages. A page of acts has the same bound, and
        tells those about a room also if the room is deleted.

        Messages that were erased have no text; a search does not find them. `After` and
        `Before` say which of them, and of the erasures, are in the page and its total.

        A search times out after one second. One in several rooms takes the last message
        of the room where it is newest, by time, then the next one, and so on, however
        many rooms there are. Raises StorageError if the page cannot be read, or the
        search is too long (`search_too_long`), too slow (`search_timeout`) or cancelled
        (`stopping`).
        """
        ...

    def cancel_searches(self) -> None:
        """End the running search and every later one with the error `stopping`."""
        ...
