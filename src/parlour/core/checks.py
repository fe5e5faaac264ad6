"""Checks of passwords, which the hub asks for, and their results.

They take long, so they are done outside of the core: `Hub.checks` returns them, and
`Hub.checked` takes the results.
"""

from .events import ConnectionId, Value


class Check(Value, frozen=True, gc=False):
    """A question about a password, for which *connection* waits.

    If *password* is not None, it is compared with *hash*. An empty *hash* is that of an
    account that does not exist: the comparison takes as long as any other, and fails.
    If *new* is not None, and the comparison succeeds, that password is hashed.
    *number* is unique on the node. *account* is the key of the name of the account, or
    empty if the password is that of no account yet.
    """

    number: int
    connection: ConnectionId
    password: str | None = None
    hash: str = ""
    new: str | None = None
    account: str = ""

    def __repr__(self) -> str:
        """Return a description without passwords, for tracebacks and logs."""
        return f"<check {self.number} of connection {self.connection}>"


class Checked(Value, frozen=True, gc=False):
    """The result of a check.

    *is_valid* is true if there was no password to compare, or it was the right one.
    *hash* is that of the new password, or empty if there is none. *key* is random, for
    a device of the account.
    """

    is_valid: bool
    hash: str = ""
    key: str = ""

    def __repr__(self) -> str:
        """Return a description without secrets, for tracebacks and logs."""
        return f"<checked: {self.is_valid}>"
