"""Bounded queues of queries, each with a thread that answers them."""

from functools import partial
from typing import Final, TypeAlias

from parlour.core.storage import Page, Query, StorageError
from parlour.system.job_queue import JobQueue, PendingJob, RefusalCause

from . import History
from .errors import failed_error, stopping_error

MAX_PAGES: Final = 65_536  # waiting queries for pages; a session has at most one
MAX_SEARCHES: Final = 64  # waiting searches; each may run until its deadline
MAX_SEARCHES_EACH: Final = 32  # waiting searches of one requester

PendingQuery: TypeAlias = PendingJob[Query, Page | StorageError]
QueryQueue: TypeAlias = JobQueue[Query, Page | StorageError]


def page_queue(history: History) -> QueryQueue:
    """Return a queue for queries of pages, which take little time."""
    return JobQueue(
        "history-reader",
        partial(_read, history),
        _refusal,
        max_waiting=MAX_PAGES,
        max_each=MAX_PAGES,
    )


def search_queue(history: History) -> QueryQueue:
    """Return a queue for searches, which may run until their deadline."""
    return JobQueue(
        "history-searcher",
        partial(_read, history),
        _refusal,
        max_waiting=MAX_SEARCHES,
        max_each=MAX_SEARCHES_EACH,
    )


def _read(history: History, query: Query) -> Page | StorageError:
    try:
        return history.read(query)
    except StorageError as exc:
        return exc


def _refusal(cause: RefusalCause) -> StorageError:
    """Return the answer to a query that is not read."""
    match cause:
        case RefusalCause.FULL:
            return StorageError("busy", "the history is too busy to answer; try again")
        case RefusalCause.CLOSED:
            return stopping_error()
        case RefusalCause.FAILED:
            return failed_error()
