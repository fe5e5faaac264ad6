"""Checks of passwords that connections wait for."""

from itertools import count
from typing import NamedTuple

from ..checks import Check
from ..entries import Invited
from ..events import AccountNumber, ConnectionId
from .connection import Connection


class SigningIn(NamedTuple):
    """Somebody signs in to *account*, which is 0 if it does not exist."""

    account: AccountNumber
    name: str
    """The key of the name that was given, by which failures are counted."""
    generation: int
    label: str
    about: str


class Registering(NamedTuple):
    """A guest registers its name; *invite* is as in `entries.Registered`."""

    label: str
    invite: str = ""


class ChangingPassword(NamedTuple):
    """Somebody changes the password of an account."""

    account: AccountNumber
    name: str
    generation: int


class Inviting(NamedTuple):
    """Somebody makes a code: nothing is checked, but the result has a random key."""

    entry: Invited


Purpose = SigningIn | Registering | ChangingPassword | Inviting


class PasswordChecks:
    """The checks in progress: at most one for each connection."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._new: list[Check] = []
        self._purposes: dict[ConnectionId, tuple[int, Purpose]] = {}

    def ask(
        self,
        connection: Connection,
        purpose: Purpose,
        *,
        password: str | None = None,
        hash: str = "",  # noqa: A002
        new: str | None = None,
    ) -> None:
        """Ask for a check; no line of the connection is processed until its result."""
        account, number = "", next(self._numbers)
        if isinstance(purpose, SigningIn | ChangingPassword):
            account = purpose.name
        check = Check(number, connection.id, password, hash, new, account)
        self._purposes[connection.id] = check.number, purpose
        self._new.append(check)
        connection.blocked += 1

    @property
    def is_due(self) -> bool:
        """Whether `take` would return any."""
        return bool(self._new)

    def take(self) -> list[Check]:
        """Return the new checks, each once."""
        new, self._new = self._new, []
        return new

    def is_awaited(self, check: Check) -> bool:
        """Return whether a connection waits for a check. Any thread may ask."""
        return self._purposes.get(check.connection, (0, None))[0] == check.number

    def finish(self, check: Check) -> Purpose | None:
        """Forget a check, and return its purpose; None if it is forgotten already."""
        number, purpose = self._purposes.get(check.connection, (0, None))
        if number != check.number:
            return None
        del self._purposes[check.connection]
        return purpose

    def forget(self, connection: ConnectionId) -> None:
        """Forget the check of a connection that is gone: it may have no result."""
        self._purposes.pop(connection, None)
