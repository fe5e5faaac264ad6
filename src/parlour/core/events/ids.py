"""The ids of connections, sessions, people and rooms, and the reserved names."""

from typing import NewType

ConnectionId = NewType("ConnectionId", int)
SessionId = NewType("SessionId", int)
AccountNumber = NewType("AccountNumber", int)
PersonId = NewType("PersonId", int)
RoomName = NewType("RoomName", str)


def person_of(account: AccountNumber) -> PersonId:
    """Return the person who has an account; a guest is the id of its session."""
    return PersonId(-account)


LOBBY = RoomName("lobby")
"""The room that every member joins."""

DIRECT_PREFIX = "direct:"
"""The beginning of the names of direct rooms, which no other room can have."""


def is_direct_room(name: str) -> bool:
    """Return whether *name* is that of a direct room."""
    return name.startswith(DIRECT_PREFIX)


SERVER = "[Server]"
"""The source of notices. It is a reserved name."""
