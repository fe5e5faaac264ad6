"""Checks of passwords that connections wait for."""

from itertools import count
from typing import NamedTuple

from ..checks import Check
from ..events import AccountNumber
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
    """A guest registers its name."""

    label: str


class ChangingPassword(NamedTuple):
    """Somebody changes the password of an account."""

    account: AccountNumber
    name: str
    generation: int


Purpose = SigningIn | Registering | ChangingPassword


class PasswordChecks:
    """The checks in progress: at most one for each connection."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._new: list[Check] = []
        self._purposes: dict[int, Purpose] = {}

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
        check = Check(next(self._numbers), connection.id, password, hash, new)
        self._purposes[check.number] = purpose
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

    def finish(self, check: Check) -> Purpose | None:
        """Forget a check, and return its purpose; None if it is forgotten already."""
        return self._purposes.pop(check.number, None)
