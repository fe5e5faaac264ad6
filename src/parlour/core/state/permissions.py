"""Who may do what to whom: one table, and the one function that decides."""

from enum import Enum, auto
from typing import Final

from ..events import Refused
from ..roles import OPERATOR_NAME, Role, role_name


class Action(Enum):
    """Something that only some roles may do, in a room or on the server."""

    SET_TOPIC = auto()
    KICK = auto()
    MUTE = auto()
    BAN = auto()
    LIFT = auto()
    LOCK = auto()
    SLOW = auto()
    SPEAK_IN_LOCKED = auto()
    ERASE = auto()
    APPOINT = auto()
    READ_ACTS = auto()
    INVITE = auto()
    SET_PRIVATE = auto()
    ENTER_PRIVATE = auto()
    SHUT = auto()
    MUTE_ON_SERVER = auto()
    BAN_ON_SERVER = auto()
    LIFT_ON_SERVER = auto()
    APPOINT_ON_SERVER = auto()
    READ_ACTS_ON_SERVER = auto()
    INVITE_ON_SERVER = auto()
    ANNOUNCE = auto()


NEEDED: Final = {
    Action.SET_TOPIC: Role.MODERATOR,  # in a room that belongs to somebody
    Action.KICK: Role.MODERATOR,
    Action.MUTE: Role.MODERATOR,
    Action.BAN: Role.MODERATOR,
    Action.LIFT: Role.MODERATOR,
    Action.LOCK: Role.MODERATOR,
    Action.SLOW: Role.MODERATOR,
    Action.SPEAK_IN_LOCKED: Role.MODERATOR,
    Action.ERASE: Role.MODERATOR,  # messages of others
    Action.APPOINT: Role.OWNER,
    Action.READ_ACTS: Role.MODERATOR,
    Action.INVITE: Role.OWNER,
    Action.SET_PRIVATE: Role.OWNER,
    Action.ENTER_PRIVATE: Role.OWNER,  # without an invitation
    Action.SHUT: Role.OWNER,
    Action.MUTE_ON_SERVER: Role.ADMIN,
    Action.BAN_ON_SERVER: Role.ADMIN,
    Action.LIFT_ON_SERVER: Role.ADMIN,
    Action.APPOINT_ON_SERVER: Role.ADMIN,
    Action.READ_ACTS_ON_SERVER: Role.ADMIN,
    Action.INVITE_ON_SERVER: Role.ADMIN,  # to make an account
    Action.ANNOUNCE: Role.ADMIN,
}
"""The lowest role that may do something. There is a row for every action."""

ON_SERVER: Final = {
    Action.MUTE: Action.MUTE_ON_SERVER,
    Action.BAN: Action.BAN_ON_SERVER,
    Action.LIFT: Action.LIFT_ON_SERVER,
    Action.APPOINT: Action.APPOINT_ON_SERVER,
    Action.READ_ACTS: Action.READ_ACTS_ON_SERVER,
    Action.INVITE: Action.INVITE_ON_SERVER,
}
"""The action that does the same on the whole server."""


def action_in(room: object, action: Action) -> Action:
    """Return *action*, or what does the same on the whole server if *room* is None."""
    return ON_SERVER[action] if room is None else action


def may(actor: Role, action: Action, target: Role | None = None) -> Refused | None:
    """Return why somebody must not do *action*, or None if it is allowed.

    *actor* is the role of that person in the room, or on the server; *target* is that
    of the person to whom it is done, if it is done to one. Nobody acts on somebody of
    the same or a higher role.
    """
    needed = NEEDED[action]
    if actor < needed:
        reason = f"only {_plural(needed)} may do that"
        return Refused("not_allowed", reason)
    if target is not None and target >= actor:
        reason = f"only somebody with a higher role can do that to {_one(target)}"
        return Refused("not_allowed", reason)
    return None


def _one(role: Role) -> str:
    if role is Role.OPERATOR:
        return OPERATOR_NAME
    name = role_name(role)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _plural(role: Role) -> str:
    return OPERATOR_NAME if role is Role.OPERATOR else f"{role_name(role)}s"
