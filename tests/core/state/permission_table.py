"""The table of roles and actions: who may do what to whom, as the design says.

| Role | Where | May |
| --- | --- | --- |
| guest, member | everywhere | speak, open rooms |
| moderator | a room, or all rooms | kick, mute, ban, erase; topic; lock, slow; log |
| owner | a room | appoints moderators; invites; private or public; closes it |
| admin | the server | everything |

Nobody acts on somebody of equal or higher role. `test_permissions` compares the table
with the one function that decides; in `tests/programs` real programs act it out.
"""

from parlour.core.state.permissions import Action

ROLES = ["guest", "member", "moderator", "owner", "admin", "operator"]

# A line for each role of the one who acts, a column for each role of the target, in the
# order of ROLES; the last column is for what is done to nobody. "y": it is allowed.
KEEP_ORDER_IN_A_ROOM = """
    guest      . . . . . . .
    member     . . . . . . .
    moderator  y y . . . . y
    owner      y y y . . . y
    admin      y y y y . . y
    operator   y y y y y . y
"""
OWN_A_ROOM = """
    guest      . . . . . . .
    member     . . . . . . .
    moderator  . . . . . . .
    owner      y y y . . . y
    admin      y y y y . . y
    operator   y y y y y . y
"""
ON_THE_SERVER = """
    guest      . . . . . . .
    member     . . . . . . .
    moderator  . . . . . . .
    owner      . . . . . . .
    admin      y y y y . . y
    operator   y y y y y . y
"""
TABLES = {
    Action.SET_TOPIC: KEEP_ORDER_IN_A_ROOM,
    Action.KICK: KEEP_ORDER_IN_A_ROOM,
    Action.MUTE: KEEP_ORDER_IN_A_ROOM,
    Action.BAN: KEEP_ORDER_IN_A_ROOM,
    Action.LIFT: KEEP_ORDER_IN_A_ROOM,
    Action.LOCK: KEEP_ORDER_IN_A_ROOM,
    Action.SLOW: KEEP_ORDER_IN_A_ROOM,
    Action.SPEAK_IN_LOCKED: KEEP_ORDER_IN_A_ROOM,
    Action.APPOINT: OWN_A_ROOM,
    Action.READ_ACTS: KEEP_ORDER_IN_A_ROOM,
    Action.INVITE: OWN_A_ROOM,
    Action.SET_PRIVATE: OWN_A_ROOM,
    Action.ENTER_PRIVATE: OWN_A_ROOM,
    Action.SHUT: OWN_A_ROOM,
    Action.ERASE: KEEP_ORDER_IN_A_ROOM,
    Action.MUTE_ON_SERVER: ON_THE_SERVER,
    Action.BAN_ON_SERVER: ON_THE_SERVER,
    Action.LIFT_ON_SERVER: ON_THE_SERVER,
    Action.APPOINT_ON_SERVER: ON_THE_SERVER,
    Action.READ_ACTS_ON_SERVER: ON_THE_SERVER,
    Action.INVITE_ON_SERVER: ON_THE_SERVER,
    Action.ANNOUNCE: ON_THE_SERVER,
}


def rows(table: str) -> dict[str, list[str]]:
    """Return the columns of each line of a table."""
    lines = [line.split() for line in table.strip().splitlines()]
    return {role: columns for role, *columns in lines}
