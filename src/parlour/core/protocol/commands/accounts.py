"""Commands about the account of the user, and its credentials."""

from ...events import Value


class Credentials(Value, frozen=True, gc=False):
    """How somebody signs in: by a *password*, or by the *key* of a device, a hash.

    With a *label*, the device is to get a key.
    """

    account: str
    password: str | None = None
    key: str = ""
    label: str = ""

    def __repr__(self) -> str:
        """Return a description without secrets."""
        return f"<credentials of {self.account!r}>"


class Login(Value, frozen=True, gc=False):
    """Sign in."""

    credentials: Credentials


class Register(Value, frozen=True, gc=False):
    """Make an account of the user's name. With a *label*, the device gets a key.

    *invite* is the hash of the code of an invitation, or empty.
    """

    password: str
    label: str
    invite: str = ""

    def __repr__(self) -> str:
        """Return a description without the password."""
        return "<register>"


class ChangePassword(Value, frozen=True, gc=False):
    """Change the *password* of the account to *new*."""

    password: str
    new: str

    def __repr__(self) -> str:
        """Return a description without the passwords."""
        return "<change password>"


class ListDevices(Value, frozen=True, gc=False):
    """Return the devices of the account."""


class RevokeDevice(Value, frozen=True, gc=False):
    """Revoke a device of the account."""

    device: int


class Logout(Value, frozen=True, gc=False):
    """Revoke the device of this session, if it has one, and end the session."""
