"""The items about accounts that the client shows, as values.

A *line* is the line of the wire without its LF, and without any secret.
"""

from typing import NamedTuple


class SignedIn(NamedTuple):
    """The client is signed in to an account, or the account has another role."""

    name: str
    role: str
    line: bytes  # without the key


class SignInRefused(NamedTuple):
    """The client could not sign in when it connected, or not be a guest.

    If it *is_admitted*, it is a guest now. If not, the server hears nothing from it but
    a `Login`, or a `Rename` of one who continues as a guest.
    """

    account: str  # "" for a guest
    reason: str  # as received: unsafe to print
    is_admitted: bool = False
    line: bytes = b""
    code: str = ""


class PasswordChanged(NamedTuple):
    """The password is changed, and all other devices are signed out."""

    line: bytes


class DeviceRow(NamedTuple):
    """A device that may sign in without a password."""

    number: int
    label: str  # as received: unsafe to print
    added: str  # RFC 3339
    is_current: bool
    sessions: int


class DeviceList(NamedTuple):
    """An answer: the devices of the account, after one was *revoked* unless it is 0."""

    devices: tuple[DeviceRow, ...]
    line: bytes
    revoked: int = 0


AccountItem = SignedIn | SignInRefused | PasswordChanged | DeviceList
