"""What the operator of the machine asks for: as an entry, or as an answer.

A server takes the requests from its admin socket. While none runs, a tool carries them
out in the history. Both judge the entries by the state, as those of anybody else; the
operator may do everything.
"""

from typing import Final, NamedTuple, assert_never

from .admin_lists import AdminLists
from .entries import (
    AccountEnabled,
    AccountEntry,
    AccountErased,
    Announced,
    DeviceRevoked,
    Erased,
    InvitationEntry,
    Invited,
    Kicked,
    Lifted,
    OrderEntry,
    PasswordSet,
    Registered,
    RoleSet,
    RoomSet,
    Sanctioned,
    Shut,
    TextsErased,
    Uninvited,
)
from .events import Refused, RoomName, SessionId
from .limits import MAX_TEXTS_ERASED
from .names.folding import fold_key
from .names.validation import normalize_name
from .protocol.admin_answers import (
    Answer,
    DeviceList,
    Done,
    ErasedTexts,
)
from .protocol.admin_requests import (
    ROLES,
    CreateAccount,
    EnableAccount,
    EraseAccount,
    EraseTexts,
    InviteAccount,
    ListAccountInvitations,
    ListAccounts,
    ListDevices,
    OrderRequest,
    Request,
    RevokeDevice,
    SetPassword,
    UninviteAccount,
)
from .protocol.commands import Erase, ListActs, ListSanctions, SetRole
from .roles import role_name
from .sessions.acts import acts_query, requested_act
from .sessions.erasures import erasure, found_message
from .state import refusals
from .state.names import name_keys
from .state.state import State
from .storage import FOUND_AMONG, FindMessage, FindTexts, Page, ReadActs, StoredAccount

NOBODY: Final = SessionId(0)  # the attachment of the operator, who has no session

CHANGED_MEANWHILE: Final = "the password was changed at the same time; try again"


class Act(NamedTuple):
    """An entry to propose, and the answer once it is recorded."""

    entry: AccountEntry | OrderEntry | InvitationEntry
    done: Done | ErasedTexts

    def outcome(self, why: Refused | None) -> Answer:
        """Return the answer after the entry was recorded, or *why* it was not."""
        if why is None:
            return self.done
        if isinstance(self.entry, PasswordSet) and why.code == "auth_failed":
            return why.replace(reason=CHANGED_MEANWHILE)
        return why


class Lookup(NamedTuple):
    """A question for the history: `Administration.found` takes its answer."""

    request: Erase

    @property
    def query(self) -> FindMessage:
        """The question."""
        return FindMessage(self.request.room, self.request.sequence, self.request.name)


class TextLookup(NamedTuple):
    """A question for texts of *account*: `Administration.found` takes the answer.

    They are in the room *number* called *room*, after the message *after*.
    """

    account: StoredAccount
    room: RoomName
    number: int
    after: int

    @property
    def query(self) -> FindTexts:
        """The question."""
        return FindTexts(self.room, self.account.number, self.after)


class Administration:
    """Requests of the operator, about *state*.

    *is_serving* says whether the state has the sessions of a server.
    """

    def __init__(self, state: State, *, is_serving: bool) -> None:
        self._state = state
        self._lists = AdminLists(state, is_serving=is_serving)

    def requested(
        self, request: Request, wall: float
    ) -> Act | Lookup | TextLookup | ReadActs | Answer:
        """Return what *request* asks for, at the wall time *wall*.

        `found` takes the page for a lookup, and `acts_answer` makes an answer of the
        page for a query.
        """
        match request:
            case CreateAccount():
                return self._create(request)
            case InviteAccount(code, seconds):
                until = wall + seconds
                return Act(Invited(NOBODY, "", None, until, code=code), Done())
            case UninviteAccount(number):
                return Act(Uninvited(NOBODY, "", None, number), Done())
            case ListAccountInvitations():
                return self._lists.invitations(wall)
            case ListAccounts(after):
                return self._lists.accounts(after)
            case (
                SetPassword()
                | EnableAccount()
                | EraseAccount()
                | EraseTexts()
                | RevokeDevice()
                | ListDevices()
            ):
                account = self._state.accounts.named(fold_key(request.name))
                if account is None:
                    return refusals.no_such_account()
                return self._about(account, request)
            case _:
                return self._keep_order(request, wall)

    def found(self, lookup: Lookup | TextLookup, page: Page | Refused) -> Act | Answer:
        """Return the erasure of what the history has found."""
        if isinstance(lookup, TextLookup):
            return (
                page if isinstance(page, Refused) else _erasure_of_texts(lookup, page)
            )
        message = found_message(lookup.request, page)
        if isinstance(message, Refused):
            return message
        return Act(erasure(self._state, message), Done(message.source))

    def _create(self, request: CreateAccount) -> Act | Refused:
        name = normalize_name(request.name)
        if isinstance(name, Refused):
            return name
        if request.role not in ROLES:
            return _unknown_role()
        keys = name_keys(name)
        for key in keys:
            if (owner := self._state.accounts.named(key)) is not None:
                reason = f"there is an account {owner.name}"
                if fold_key(owner.name) != fold_key(name):
                    reason = f"{name} looks like the account {owner.name}"
                return Refused("name_registered", reason)
        role = ROLES[request.role]
        entry = Registered(NOBODY, name, keys, request.password, role)
        return Act(entry, Done(name))

    def _about(
        self,
        account: StoredAccount,
        request: SetPassword
        | EnableAccount
        | EraseAccount
        | EraseTexts
        | RevokeDevice
        | ListDevices,
    ) -> Act | TextLookup | DeviceList | ErasedTexts:
        number, done = account.number, Done(account.name)
        match request:
            case SetPassword(_, password):
                entry = PasswordSet(NOBODY, number, account.generation, password)
                return Act(entry, done)
            case EnableAccount(_, is_enabled):
                return Act(AccountEnabled(number, is_enabled), done)
            case EraseAccount():
                return Act(AccountErased(number), done)
            case EraseTexts(_, room, after):
                return self._find_texts(account, room, after)
            case RevokeDevice(_, device):
                return Act(DeviceRevoked(number, device, is_by_operator=True), done)
            case ListDevices():
                return self._lists.devices(account)
            case _:
                assert_never(request)

    def _keep_order(
        self, request: OrderRequest, wall: float
    ) -> Act | Lookup | ReadActs | Answer:
        if isinstance(request, ListActs):
            return acts_query(request)
        if isinstance(request, ListSanctions):
            return self._lists.sanctions(request, wall)
        if isinstance(request, Erase):
            room = self._state.rooms.get(request.room)
            is_kept = room is not None and not room.is_direct
            return Lookup(request) if is_kept else refusals.no_such_room(request.room)
        match request:
            case SetRole(None, _, role) if role_name(role) not in ROLES:
                return _unknown_role()
        entry = requested_act(self._state, request, NOBODY, "", wall)
        if isinstance(entry, Refused):
            return entry
        return Act(entry, Done(_name_in(entry)))

    def _find_texts(
        self, account: StoredAccount, number: int, after: int
    ) -> TextLookup | ErasedTexts:
        """Return a question for texts in the first room from *number* on that has any.

        Closed rooms are among them, and direct rooms.
        """
        rooms = (
            each
            for each in self._state.rooms
            if each.number >= number and each.is_kept and each.sequence
        )
        room = min(rooms, key=lambda each: each.number, default=None)
        if room is None:
            return ErasedTexts(0, number, after, more=False)
        start = after if room.number == number else 0
        return TextLookup(account, room.name, room.number, start)


def _erasure_of_texts(lookup: TextLookup, page: Page) -> Act | ErasedTexts:
    """Return the erasure of the texts of a *page*, and where to go on."""
    targets = tuple(each.sequence for each in page.messages)
    number, after = lookup.number, lookup.after + FOUND_AMONG
    if len(targets) == MAX_TEXTS_ERASED:
        after = targets[-1]
    elif not page.has_more:
        number, after = number + 1, 0
    done = ErasedTexts(len(targets), number, after, more=True)
    if not targets:
        return done
    account = lookup.account
    return Act(TextsErased(account.number, account.name, lookup.room, targets), done)


def _unknown_role() -> Refused:
    reason = f"a role on the server is one of {', '.join(ROLES)}"
    return Refused("bad_data", reason)


def _name_in(entry: OrderEntry) -> str:
    """Return the name of whom *entry* is about, or ""."""
    match entry:
        case Kicked(target=target) | Sanctioned(target=target):
            return target.name
        case Lifted(name=name) | RoleSet(name=name):
            return name
        case Erased(author=author):
            return author.name
        case RoomSet() | Shut() | Announced():
            return ""
        case _:
            assert_never(entry)
