"""The roles that people have, on the server and in a room."""

from ..events import AccountNumber
from ..roles import Role
from .accounts import Accounts
from .room import Room
from .sessions import Session


class Roles:
    """Looks up roles: the higher one of that on the server and that in a room."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts

    def of(self, session: Session | None, room: Room | None) -> Role:
        """Return the role of the user of a session; None is the operator's."""
        return (
            Role.OPERATOR if session is None else self.of_account(session.account, room)
        )

    def of_account(self, number: AccountNumber, room: Room | None) -> Role:
        """Return the role of an account, in *room* or on the server; 0 is a guest."""
        account = self._accounts.get(number)
        if account is None:
            return Role.GUEST
        if room is None or number not in room.roles:
            return account.role
        return max(account.role, room.roles[number])
