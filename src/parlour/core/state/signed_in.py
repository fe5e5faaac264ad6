"""Who has signed in with the key of a device, and the devices of an account."""

from typing import NamedTuple

from ..events import Device
from ..names.folding import fold_key
from ..roles import Role
from ..storage import StoredAccount
from .state import State


class SignedInAccount(NamedTuple):
    """An account, and its devices in the order of adding; one of them is current."""

    name: str
    role: Role
    devices: tuple[Device, ...]


def signed_in_account(state: State, name: str, key: str) -> SignedInAccount | None:
    """Return the account *name* if the key of one of its devices has the hash *key*.

    It is None as well if the account is disabled: nobody can sign in to that.
    """
    found = state.accounts.device(key)
    if found is None:
        return None
    account, current = found
    if fold_key(account.name) != fold_key(name) or not account.is_enabled:
        return None
    devices = devices_of(state, account, current)
    return SignedInAccount(account.name, account.role, devices)


def devices_of(
    state: State, account: StoredAccount, current: int
) -> tuple[Device, ...]:
    """Return the devices of an account; the number *current* marks one of them."""
    used = [each.device for each in state.sessions.of(account.person)]
    return tuple(
        Device(
            each.number,
            each.label,
            each.added,
            each.number == current,
            used.count(each.number),
        )
        for each in account.devices
    )
