"""The answers of a store that is closing or has failed."""

from parlour.core.storage import StorageError


def stopping_error() -> StorageError:
    """Return the answer to queries and batches that arrive during shutdown."""
    return StorageError("stopping", "the server is shutting down")


def failed_error() -> StorageError:
    """Return the answer to queries and batches that wait when a bug ends the thread."""
    return StorageError("history_failed", "the history failed", is_outcome_unknown=True)
