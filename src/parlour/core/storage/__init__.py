"""Values that the hub and the store exchange: stored state, queries, results.

``stored_state``  what a store keeps besides messages and acts, as values
``queries``       questions for the history, and the pages that answer them
``numbering``     how a store numbers the messages of a room
``errors``        a failure of a store
"""

from .errors import StorageError
from .numbering import END_OF_SEQUENCES, Numbering, consecutive
from .queries import (
    FOUND_AMONG,
    After,
    Before,
    FindMessage,
    FindTexts,
    Page,
    Purpose,
    Query,
    Question,
    ReadActs,
    Search,
    SearchRooms,
)
from .stored_state import (
    Invitation,
    InvitationKey,
    Sanction,
    StoredAccount,
    StoredDevice,
    StoredKey,
    StoredRoom,
    StoredState,
)

__all__ = [
    "END_OF_SEQUENCES",
    "FOUND_AMONG",
    "After",
    "Before",
    "FindMessage",
    "FindTexts",
    "Invitation",
    "InvitationKey",
    "Numbering",
    "Page",
    "Purpose",
    "Query",
    "Question",
    "ReadActs",
    "Sanction",
    "Search",
    "SearchRooms",
    "StorageError",
    "StoredAccount",
    "StoredDevice",
    "StoredKey",
    "StoredRoom",
    "StoredState",
    "consecutive",
]
