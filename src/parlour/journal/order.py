"""What keeps order in a store: sanctions, and the roles and settings of rooms.

Both stores use these rules; the contract is `Journal.append`.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Final, NamedTuple, assert_never

from parlour.core.entries import (
    Announced,
    Erased,
    Kicked,
    Lifted,
    OrderEntry,
    RoleSet,
    RoomOpened,
    RoomSet,
    Sanctioned,
    SanctionKind,
    Shut,
)
from parlour.core.events import AccountNumber, RoomName, SessionId
from parlour.core.order_rules import (
    changed_roles,
    closed_sanctions,
    lost_rooms,
    new_sanction,
    owner_of,
    replaced_sanctions,
)
from parlour.core.roles import Role, role_name
from parlour.core.storage import Sanction, StoredAccount
from parlour.history.retention import utf8_size

from .accounts import AccountChanges
from .acts import OPENED, NewActs

StoredRoles = tuple[tuple[AccountNumber, Role], ...]
"""The roles in a room, as in `StoredRoom`."""


class RoomSettings(NamedTuple):
    """What the entries that keep order change in a room."""

    roles: StoredRoles = ()
    is_locked: bool = False
    slow: int = 0
    is_private: bool = False


NO_SETTINGS: Final = RoomSettings()


class Sanctions:
    """Sanctions by number, in order, and the number after which new ones are numbered.

    It changes only in `OrderChanges.apply`.
    """

    def __init__(
        self, sanctions: Iterable[Sanction] = (), last_number: int = 0
    ) -> None:
        self.by_number = {each.number: each for each in sanctions}
        self.last_number = last_number

    def stored(self) -> tuple[Sanction, ...]:
        """Return the sanctions as `load` returns them."""
        return tuple(self.by_number.values())


class OrderChanges:
    """The changes of one batch, recorded at the wall time *time*, to *sanctions*.

    What changes in accounts is added to *accounts*, and what the audit log gets to
    *acts*, those of the same batch. *settings* returns those of a room, within the
    batch.
    """

    def __init__(
        self,
        sanctions: Sanctions,
        accounts: AccountChanges,
        acts: NewActs,
        settings: Callable[[RoomName], RoomSettings],
        time: float,
    ) -> None:
        self._stored, self._time = sanctions, time
        self._accounts, self._acts = accounts, acts
        self._settings = settings
        self._changed: dict[int, Sanction] | None = None  # all, after the batch
        self.last_number = sanctions.last_number

    @property
    def has_sanctions(self) -> bool:
        """Whether the batch changes sanctions."""
        return self._changed is not None

    @property
    def count(self) -> int:
        """How many sanctions there are after the batch."""
        return len(self._sanctions)

    @property
    def added(self) -> list[Sanction]:
        """The sanctions that are new after the batch."""
        old = self._stored.by_number
        return [each for number, each in self._sanctions.items() if number not in old]

    @property
    def removed(self) -> list[int]:
        """The numbers of the stored sanctions that do not exist after the batch."""
        new = self._sanctions
        return [number for number in self._stored.by_number if number not in new]

    @property
    def _sanctions(self) -> dict[int, Sanction]:
        return self._stored.by_number if self._changed is None else self._changed

    def open_room(self, entry: RoomOpened) -> RoomSettings:
        """Return the settings of a new room, which belongs to an account, or to nobody.

        That somebody owns a room is an act. Raises ValueError if there is no such
        account.
        """
        is_private = entry.is_private
        if not entry.owner:
            return RoomSettings(is_private=is_private)
        owner = self._accounts.require(entry.owner)
        self._acts.add(owner.name, OPENED, entry.room)
        return RoomSettings(((owner.number, Role.OWNER),), is_private=is_private)

    def add(self, entry: OrderEntry, settings: RoomSettings) -> RoomSettings:
        """Add what *entry* changes; return what the *settings* of its room become.

        Raises ValueError if there is no such account or sanction, or if a text contains
        a lone surrogate.
        """
        utf8_size(_texts(entry))
        match entry:
            case Kicked(_, by, room, target, reason):
                self._accounts.leave(target.account, room)
                self._acts.add(by, "kick", room, target.name, reason=reason)
            case Sanctioned():
                self._add_sanction(entry)
            case Lifted():
                self._remove_sanction(entry)
            case RoleSet():
                return self._set_role(entry, settings)
            case RoomSet():
                return self._set_room(entry, settings)
            case Shut(_, by, room):
                self._accounts.delete_rooms({room})
                self._close_room(room, owner_of(dict(settings.roles)))
                self._acts.add(by, "close", room)
            case Announced():
                self._acts.add(entry.by, "announce", None)
            case Erased(_, by, room, target, author, is_own):
                if not is_own:
                    which = f"message {target}"
                    self._acts.add(by, "erase", room, author.name, reason=which)
            case _:
                assert_never(entry)
        return settings

    def erase_account(self, number: AccountNumber) -> None:
        """Remove the sanctions of an account."""
        kept = {
            n: each
            for n, each in self._sanctions.items()
            if each.target.account != number
        }
        if len(kept) < len(self._sanctions):
            self._changed = kept

    def delete_rooms(self, rooms: Collection[RoomName]) -> None:
        """Remove the sanctions in *rooms*, which are deleted."""
        if any(each.room in rooms for each in self._sanctions.values()):
            kept = (each for each in self._sanctions.values() if each.room not in rooms)
            self._changed = {each.number: each for each in kept}

    def _close_room(self, name: RoomName, owner: AccountNumber) -> None:
        """Remove the sanctions that end with a room of *owner* that is shut."""
        for each in closed_sanctions(self._sanctions.values(), name, owner):
            del self._change()[each.number]

    def apply(self) -> None:
        """Change the sanctions, after the batch was stored."""
        self._stored.by_number = self._sanctions
        self._stored.last_number = self.last_number

    def _change(self) -> dict[int, Sanction]:
        if self._changed is None:
            self._changed = dict(self._stored.by_number)
        return self._changed

    def _add_sanction(self, entry: Sanctioned) -> None:
        sanctions = self._change()
        self.last_number += 1
        sanction = new_sanction(entry, self.last_number, self._time)
        for each in replaced_sanctions(sanctions.values(), self._time):
            del sanctions[each.number]
        # Another session may have this id after a restart.
        target = sanction.target.replace(session=SessionId(0))
        sanctions[sanction.number] = sanction.replace(target=target)
        if entry.kind is SanctionKind.BAN and entry.room is not None:
            self._accounts.leave(target.account, entry.room)
        self._acts.add(
            entry.by,
            entry.kind.value,
            entry.room,
            target.name,
            sanction.until,
            entry.reason,
        )

    def _remove_sanction(self, entry: Lifted) -> None:
        if entry.number not in self._sanctions:
            raise ValueError(f"there is no sanction {entry.number}")
        sanction = self._change().pop(entry.number)
        action = f"un{sanction.kind.value}"
        self._acts.add(entry.by, action, sanction.room, sanction.target.name)

    def _set_role(self, entry: RoleSet, settings: RoomSettings) -> RoomSettings:
        account = self._accounts.require(entry.account)
        self._acts.add(entry.by, role_name(entry.role), entry.room, account.name)
        if entry.room is None:
            self._set_role_on_server(account, entry)
            return settings
        roles = changed_roles(dict(settings.roles), account.number, entry.role)
        return settings._replace(roles=tuple(roles.items()))

    def _set_role_on_server(self, account: StoredAccount, entry: RoleSet) -> None:
        def is_foreign(room: RoomName) -> bool:
            settings = self._settings(room)
            return settings.is_private and account.number not in dict(settings.roles)

        for room in lost_rooms(account.role, entry.role, account.rooms, is_foreign):
            self._accounts.leave(account.number, room)
        self._accounts.add(entry)

    def _set_room(self, entry: RoomSet, settings: RoomSettings) -> RoomSettings:
        is_locked, slow = entry.is_locked, entry.slow
        if is_locked is not None and is_locked != settings.is_locked:
            self._acts.add(entry.by, "lock" if is_locked else "unlock", entry.room)
            settings = settings._replace(is_locked=is_locked)
        if slow is not None and slow != settings.slow:
            self._acts.add(entry.by, "slow", entry.room, f"{slow}")
            settings = settings._replace(slow=slow)
        is_private = entry.is_private
        if is_private is not None and is_private != settings.is_private:
            self._acts.add(entry.by, "private" if is_private else "public", entry.room)
            settings = settings._replace(is_private=is_private)
        return settings


def without_role(settings: RoomSettings, account: AccountNumber) -> RoomSettings:
    """Return *settings*, themselves if *account* has no role, without its role."""
    if all(each != account for each, _ in settings.roles):
        return settings
    roles = tuple(each for each in settings.roles if each[0] != account)
    return settings._replace(roles=roles)


def changed_room(entry: OrderEntry) -> RoomName | None:
    """Return the room whose settings *entry* may change, or None."""
    return entry.room if isinstance(entry, RoleSet | RoomSet) else None


def _texts(entry: OrderEntry) -> str:
    """Return the texts of *entry* that are stored."""
    match entry:
        case Kicked(by=by, room=room, target=target, reason=reason):
            return by + room + target.name + reason
        case Sanctioned(by=by, room=room, target=target, reason=reason):
            texts = by, room or "", target.name, target.token, target.network, reason
            return "".join(texts)
        case Lifted(by=by, name=name) | RoleSet(by=by, name=name):
            return by + name
        case Erased(by=by, author=author):
            return by + author.name
        case RoomSet(by=by) | Announced(by=by):
            return by
        case Shut(by=by, room=room):
            return by + room
        case _:
            assert_never(entry)
