"""What the entries that keep order change: rules of the state and of every store.

Both apply the same entries, and so have the same sanctions and roles.
"""

from collections.abc import Callable, Collection, Iterable, Mapping

from .entries import Erased, Sanctioned, Target, TextsErased, batch_time
from .events import AccountNumber, RoomName, SessionId
from .limits import MAX_SANCTIONS
from .roles import Role
from .storage import Sanction


def new_sanction(entry: Sanctioned, number: int, time: float) -> Sanction:
    """Return the sanction *number*, which begins at the wall time *time*.

    Its end is in whole microseconds, as it is stored.
    """
    until = None if entry.until is None else batch_time(entry.until)
    return Sanction(
        number,
        entry.kind,
        entry.room,
        entry.target,
        entry.by,
        time,
        until,
        entry.reason,
    )


def replaced_sanctions(sanctions: Collection[Sanction], time: float) -> list[Sanction]:
    """Return those that are removed before one is added at the wall time *time*.

    They have ended; but none is removed while there are fewer than `MAX_SANCTIONS`,
    wherever they hold.
    """
    if len(sanctions) < MAX_SANCTIONS:
        return []
    return [each for each in sanctions if each.is_over(time)]


def closed_sanctions(
    sanctions: Collection[Sanction], room: RoomName, owner: AccountNumber
) -> list[Sanction]:
    """Return those that end when a room of *owner*, 0 for nobody, is shut.

    One of its owner remains: to close the room and open it again is no way out of it.
    """
    return [
        each
        for each in sanctions
        if each.room == room and not (owner and each.target.account == owner)
    ]


def owner_of(roles: Mapping[AccountNumber, Role]) -> AccountNumber:
    """Return the account that owns the room with these *roles*, or 0."""
    owners = (each for each, role in roles.items() if role is Role.OWNER)
    return next(owners, AccountNumber(0))


def single_erasures(entry: TextsErased) -> list[Erased]:
    """Return what *entry* does as one erasure for each message, in order.

    They are no acts for the audit log: that has the erasure of the account.
    """
    author = Target(entry.name, entry.account)
    return [
        Erased(SessionId(0), "", entry.room, target, author, is_own=True)
        for target in entry.targets
    ]


def lost_rooms(
    old: Role,
    new: Role,
    rooms: Iterable[RoomName],
    is_foreign: Callable[[RoomName], bool],
) -> list[RoomName]:
    """Return which of its *rooms* an account leaves when it gets a *new* server role.

    An administrator enters private rooms without an invitation, and leaves them when
    the account becomes something else. *is_foreign* returns whether a room is private,
    and the account has no role there.
    """
    if not old >= Role.ADMIN > new:
        return []
    return [each for each in dict.fromkeys(rooms) if is_foreign(each)]


def changed_roles(
    roles: Mapping[AccountNumber, Role], account: AccountNumber, role: Role
) -> dict[AccountNumber, Role]:
    """Return the *roles* in a room after an account gets one.

    There is one owner: the one before becomes a moderator. A member has no role there.
    """
    changed = dict(roles)
    if role is Role.OWNER:
        for each, old in roles.items():
            if old is Role.OWNER:
                changed[each] = Role.MODERATOR
    if role is Role.MEMBER:
        changed.pop(account, None)
    else:
        changed[account] = role
    return changed
