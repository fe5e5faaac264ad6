"""Who has signed in with the key of a device, as a gateway shows it."""

from typing import NamedTuple

from ..events import Device
from ..names.folding import fold_key
from ..roles import Role
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
    used = [each.device for each in state.sessions.of(account.person)]
    devices = tuple(
        Device(
            each.number,
            each.label,
            each.added,
            each.number == current,
            used.count(each.number),
        )
        for each in account.devices.values()
    )
    return SignedInAccount(account.name, account.role, devices)
