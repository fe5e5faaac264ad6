"""The roles of people, on the server and in a room."""

from enum import IntEnum
from typing import Final


class Role(IntEnum):
    """What somebody may do; a higher role may do all that a lower one may.

    The numbers are stored, and must not change.
    """

    GUEST = 0  # without an account
    MEMBER = 1  # with an account
    MODERATOR = 2  # keeps order in a room, or in all rooms
    OWNER = 3  # has opened a room
    ADMIN = 4  # of the server
    OPERATOR = 5  # of the machine, by a command on it


OPERATOR_NAME: Final = "the operator"
"""What the operator, who has no name in the chat, is called."""

SERVER_ROLES: Final = (Role.MEMBER, Role.MODERATOR, Role.ADMIN)
"""The roles that an account may have on the server."""

ROOM_ROLES: Final = (Role.MEMBER, Role.MODERATOR, Role.OWNER)
"""The roles that an account may have in a room."""


def role_name(role: Role) -> str:
    """Return the name of *role*, as users read and write it."""
    return role.name.lower()


ROLES_SHOWN: Final = tuple(map(role_name, (Role.ADMIN, Role.OWNER, Role.MODERATOR)))
"""The names of the roles that a list of users shows, from the highest to the lowest."""


def shown_role(role: Role) -> str:
    """Return the name of *role* if it is above that of a member, otherwise ""."""
    return role_name(role) if role > Role.MEMBER else ""
