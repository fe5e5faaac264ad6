"""Events about the account of a session."""

from ..roles import Role
from .value import Value


class AccountInfo(Value, frozen=True, gc=False):
    """The session is signed in to the account called *name*.

    *device* is the number of the device by which it signed in, or 0. *key* is given
    once, when the device is new, and empty otherwise.
    """

    name: str
    role: Role
    device: int = 0
    key: str = ""

    def __repr__(self) -> str:
        """Return a description without the key."""
        return f"<account {self.name!r}, {self.role.name}, device {self.device}>"


class Device(Value, frozen=True, gc=False):
    """A device of the account of a session; *is_current* marks the session's own."""

    number: int
    label: str
    added: float
    is_current: bool
    sessions: int


class Devices(Value, frozen=True, gc=False):
    """All devices of the account, in the order of adding."""

    devices: tuple[Device, ...]
