"""What the operator of the machine asks for: as an entry, or as an answer.

A server takes the requests from its admin socket. While none runs, a tool carries them
out in the history. Both judge the entries by the state, as those of anybody else; the
operator may do everything.
"""

from typing import Final, assert_never

from .admin_acts import Act, Lookup, TextLookup, erasure_of_texts, name_in
from .admin_lists import AdminLists
from .entries import (
    AccountEnabled,
    AccountErased,
    DeviceRevoked,
    Invited,
    PasswordSet,
    Registered,
    TopicSet,
    Uninvited,
)
from .events import Refused, RoomName, SessionId
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
    ListAccounts,
    ListDevices,
    MakeInvitation,
    OrderRequest,
    Request,
    RevokeDevice,
    SetPassword,
)
from .protocol.commands import (
    Erase,
    ListActs,
    ListInvitations,
    ListSanctions,
    SetTopic,
    Unban,
    Uninvite,
    Unmute,
)
from .protocol.process_requests import ProcessRequest
from .protocol.topic_text import topic_error
from .sessions.acts import acts_query, requested_act, rooms_of_sanctions
from .sessions.erasures import erasure, found_message
from .sessions.invite_requests import invitation_of, meant_invitations
from .state import refusals
from .state.names import name_keys
from .state.state import State
from .storage import Page, ReadActs, StoredAccount

NEEDS_SERVER: Final = Refused("no_server", "only a running server can answer that")
NOBODY: Final = SessionId(0)  # the attachment of the operator, who has no session


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
            case MakeInvitation():
                return self._invite(request, wall)
            case Uninvite():
                return self._uninvite(request, wall)
            case ListInvitations(room):
                why = self._state.restrictions.refusal_to_invite(None, room, wall)
                return why or self._lists.invitations(request, wall)
            case SetTopic(room, topic):
                why = topic_error(topic)
                return why or Act(TopicSet(room, NOBODY, topic), Done())
            case ListAccounts(after):
                return self._lists.accounts(after)
            case _ if isinstance(request, ProcessRequest):
                return NEEDS_SERVER
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
            return page if isinstance(page, Refused) else erasure_of_texts(lookup, page)
        message = found_message(lookup.request, page)
        if isinstance(message, Refused):
            return message
        return Act(erasure(self._state, message), Done(message.source))

    def _create(self, request: CreateAccount) -> Act | Refused:
        name = normalize_name(request.name)
        if isinstance(name, Refused):
            return name
        if request.role not in ROLES:
            return refusals.no_such_role(None)
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

    def _invite(self, request: MakeInvitation, wall: float) -> Act | Refused:
        room = None if request.room is None else RoomName(request.room)
        entry = Invited(NOBODY, "", room, wall + request.seconds)
        if request.name is None:
            return Act(entry.replace(code=request.code), Done())
        found = invitation_of(self._state, entry, request.name, wall)
        return found if isinstance(found, Refused) else Act(found, Done(found.name))

    def _uninvite(self, request: Uninvite, wall: float) -> Act | Refused:
        """Return that the newest of the meant invitations is taken back."""
        room, restrictions = request.room, self._state.restrictions
        if why := restrictions.refusal_to_invite(None, room, wall):
            return why
        found = meant_invitations(self._state, request, wall)
        if not found:
            return refusals.no_such_invitation()
        name = self._state.invited_name(found[-1])
        entry = Uninvited(NOBODY, "", room, found[-1].number, name)
        return Act(entry, Done(name, more=len(found) > 1))

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
        entry = requested_act(self._state, request, NOBODY, "", wall)
        if isinstance(entry, Refused):
            if isinstance(request, Unmute | Unban) and request.room is None:
                rooms = rooms_of_sanctions(self._state, request, wall)
                return refusals.sanctioned_in(rooms) if rooms else entry
            return entry
        return Act(entry, Done(name_in(entry)))

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
