"""What the operator of the machine may see: lists, as answers of the admin socket."""

from itertools import islice
from typing import Final

from .events import Act, SanctionInfo
from .protocol.admin_answers import (
    AccountFacts,
    AccountList,
    ActFacts,
    ActFactsList,
    DeviceFacts,
    DeviceList,
    InvitationFacts,
    InvitationFactsList,
    SanctionFacts,
    SanctionFactsList,
)
from .protocol.commands import ListInvitations, ListSanctions
from .roles import role_name
from .sessions.invite_requests import invitations_to
from .sessions.sanction_lists import sanctions_in
from .state.state import State
from .storage import Page, StoredAccount
from .timestamps import rfc3339

ACCOUNTS_PAGE: Final = 500  # accounts in one answer


class AdminLists:
    """Lists of what is in *state*.

    *is_serving* says whether the state has the sessions of a server.
    """

    def __init__(self, state: State, *, is_serving: bool) -> None:
        self._state, self._is_serving = state, is_serving

    def accounts(self, after: int) -> AccountList:
        """Return the first accounts after the one with the number *after*."""
        later = (each for each in self._state.accounts if each.number > after)
        page = list(islice(later, ACCOUNTS_PAGE))
        facts = tuple(
            AccountFacts(
                each.name,
                role_name(each.role),
                rfc3339(each.created),
                len(each.devices),
                not each.is_enabled,
                self._online(bool(self._state.sessions.of(each.person))),
            )
            for each in page
        )
        has_more = len(page) == ACCOUNTS_PAGE and next(later, None) is not None
        return AccountList(facts, page[-1].number if has_more else 0)

    def devices(self, account: StoredAccount) -> DeviceList:
        """Return the devices of an account."""
        sessions = self._state.sessions.of(account.person)
        used = {each.device for each in sessions}
        facts = tuple(
            DeviceFacts(
                each.number,
                each.label,
                rfc3339(each.added),
                self._online(each.number in used),
            )
            for each in account.devices
        )
        return DeviceList(account.name, facts)

    def invitations(self, request: ListInvitations, wall: float) -> InvitationFactsList:
        """Return invitations to a room, or to make an account, at the time *wall*."""
        found = invitations_to(self._state, request, wall)
        facts = (
            InvitationFacts(each.number, rfc3339(each.until), each.by, each.name)
            for each in found.invitations
        )
        return InvitationFactsList(tuple(facts), found.has_more)

    def sanctions(self, request: ListSanctions, wall: float) -> SanctionFactsList:
        """Return who is muted or banned, at the wall time *wall*."""
        found = sanctions_in(self._state, request, wall)
        facts = tuple(map(_sanction_facts, found.sanctions))
        return SanctionFactsList(facts, found.has_more)

    def _online(self, is_online: bool) -> bool | None:
        return is_online if self._is_serving else None


def acts_answer(page: Page) -> ActFactsList:
    """Return the answer to a query of the audit log."""
    return ActFactsList(tuple(map(_act_facts, page.acts)), page.has_more)


def _act_facts(act: Act) -> ActFacts:
    return ActFacts(
        act.number,
        rfc3339(act.time),
        act.action,
        act.room,
        act.by,
        act.name,
        act.reason,
        None if act.until is None else rfc3339(act.until),
    )


def _sanction_facts(info: SanctionInfo) -> SanctionFacts:
    return SanctionFacts(
        info.number,
        info.kind,
        info.name,
        rfc3339(info.since),
        info.room,
        info.by,
        info.reason,
        None if info.until is None else rfc3339(info.until),
    )
