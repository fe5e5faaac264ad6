"""Targets: whom a moderator means."""

from ..entries import Target
from ..events import Refused
from ..roles import Role
from . import refusals
from .accounts import Accounts
from .restrictions import person_facts
from .roles_of_people import Roles
from .room import Room
from .sanctions import is_target
from .sessions import Session, Sessions


class Targets:
    """Looks up who is meant by a target, which may name several things."""

    def __init__(self, accounts: Accounts, sessions: Sessions, roles: Roles) -> None:
        self._accounts, self._sessions, self._roles = accounts, sessions, roles

    def refusal(self, target: Target) -> Refused | None:
        """Return why nobody is meant by *target*, or None."""
        if target.account and self._accounts.get(target.account) is None:
            return refusals.no_such_account()
        is_known = target.account or target.session or target.token or target.network
        return None if is_known else refusals.no_such_user()

    def role_of(self, target: Target, room: Room | None) -> Role:
        """Return the highest role of those who are meant; a guest may have signed in.

        A network means guests alone.
        """
        named = self._sessions.get(target.session)
        known = self._sessions.with_token(target.token)
        accounts = [each.account for each in (named, known) if each is not None]
        return max(
            self._roles.of_account(each, room) for each in (target.account, *accounts)
        )

    def are_in(self, target: Target, room: Room) -> bool:
        """Return whether somebody who is meant is in a room."""
        account = self._accounts.get(target.account)
        if account is not None and room.name in account.rooms:
            return True
        return any(room.name in each.rooms for each in self.sessions_of(target))

    def sessions_of(self, target: Target) -> list[Session]:
        """Return the sessions for which a sanction of *target* holds, in order."""
        found = [
            each for each in self._sessions if is_target(target, person_facts(each))
        ]
        return sorted(found, key=lambda each: each.id)
