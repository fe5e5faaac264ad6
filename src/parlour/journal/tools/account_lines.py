"""Accounts, roles, invitations, sanctions and acts as lines of JSON.

Nothing in them is secret: an account has no password and no devices, and a sanction no
token, so a guest is known by its network only. Invitations by codes have no line.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Final, NamedTuple

import msgspec

from parlour.core.entries import SanctionKind, Target
from parlour.core.events import (
    AccountNumber,
    Act,
    Refused,
    RoomName,
    Value,
    is_direct_room,
)
from parlour.core.limits import (
    MAX_DIRECT_ROOMS,
    MAX_IGNORED,
    MAX_NAME,
    MAX_REASON,
    MAX_ROOMS_EACH,
)
from parlour.core.names.folding import fold_key
from parlour.core.names.validation import normalize_known_name
from parlour.core.roles import SERVER_ROLES, Role, role_name
from parlour.core.storage import Invitation, Sanction, StoredAccount

from ..sqlite.rows import MAX_SEQUENCE
from .json_values import (
    MAX_ACCOUNT_NUMBER,
    is_unicode,
    parse_time,
    render_line,
    render_time,
    room_name,
)

NO_PASSWORD: Final = ""
"""The hash of no password: nobody can sign in with it."""
SERVER: Final = {role_name(each): each for each in SERVER_ROLES}
ROOM: Final = {role_name(each): each for each in (Role.MODERATOR, Role.OWNER)}

MAX_ROOMS: Final = MAX_ROOMS_EACH + MAX_DIRECT_ROOMS  # of an account

_Number = Annotated[int, msgspec.Meta(gt=0, le=MAX_ACCOUNT_NUMBER)]
_Label = Annotated[str, msgspec.Meta(max_length=4 * MAX_NAME)]  # also of a network
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=4 * MAX_NAME)]
_Names = Annotated[tuple[_Name, ...], msgspec.Meta(max_length=MAX_IGNORED)]
_Rooms = Annotated[tuple[str, ...], msgspec.Meta(max_length=MAX_ROOMS)]
_Sequence = Annotated[int, msgspec.Meta(ge=0, le=MAX_SEQUENCE)]
_Reads = Annotated[dict[str, _Sequence], msgspec.Meta(max_length=MAX_ROOMS)]
_Reason = Annotated[str, msgspec.Meta(max_length=MAX_REASON)]
_Action = Annotated[str, msgspec.Meta(pattern=r"^[a-z-]{1,32}\Z")]


class RoleLine(NamedTuple):
    """The role of an account in a room."""

    room: RoomName
    account: AccountNumber
    role: Role


class _Account(Value, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    number: _Number
    name: str
    role: str
    created: str
    disabled: bool = False
    rooms: _Rooms = ()
    ignored: _Names = ()
    read: _Reads = msgspec.field(default_factory=dict)


class _Role(Value, frozen=True, forbid_unknown_fields=True):
    room: str
    account: _Number
    role: str


class _Invitation(Value, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    room: str
    account: _Number
    name: _Label
    until: str
    by: _Label = ""
    ignored: bool = False


class _Sanction(Value, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    kind: str
    since: str
    name: _Label
    room: str | None = None
    account: Annotated[int, msgspec.Meta(ge=0, le=MAX_ACCOUNT_NUMBER)] = 0
    network: _Label = ""
    by: _Label = ""
    until: str | None = None
    reason: _Reason = ""


class _Act(Value, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    time: str
    action: _Action
    room: str | None = None
    name: _Label = ""
    by: _Label = ""
    until: str | None = None
    reason: _Reason = ""


Form = _Account | _Role | _Invitation | _Sanction | _Act

TYPES: Final[Mapping[str, type[Form]]] = {
    "account": _Account,
    "role": _Role,
    "invitation": _Invitation,
    "sanction": _Sanction,
    "act": _Act,
}
"""The types of these lines."""


def parse_account_line(
    kind: str, data: dict[str, object]
) -> StoredAccount | RoleLine | Invitation | Sanction | Act:
    """Return what is in a line of one of `TYPES`. Raises ValueError with the reason.

    Sanctions and acts have no number; the caller numbers them.
    """
    if not is_unicode(json.dumps(data, ensure_ascii=False)):
        raise ValueError("it contains a lone surrogate, which is not a character")
    try:
        form = msgspec.convert(data, TYPES[kind])
    except msgspec.ValidationError as exc:
        raise ValueError(f"it is not as `parlour export` writes it: {exc}") from None
    match form:
        case _Account():
            return _account(form)
        case _Role():
            role = _one_of(ROOM, form.role, "in a room")
            account = AccountNumber(form.account)
            return RoleLine(room_name(form.room), account, role)
        case _Invitation():
            return _invitation(form)
        case _Sanction():
            return _sanction(form)
        case _Act():
            return _act(form)


def render_account(account: StoredAccount) -> str:
    """Return *account* as a line without LF, and without its secrets."""
    return _render(
        "account",
        _Account(
            account.number,
            account.name,
            role_name(account.role),
            render_time(account.created),
            not account.is_enabled,
            account.rooms,
            tuple(name for _, name in account.ignored),
            dict(account.reads),
        ),
    )


def render_role(line: RoleLine) -> str:
    """Return a role as a line without LF."""
    return _render("role", _Role(line.room, line.account, role_name(line.role)))


def render_invitation(invitation: Invitation) -> str:
    """Return the *invitation* of an account to a room as a line without LF."""
    assert invitation.room is not None, "it is of an account"
    name, until = invitation.name, render_time(invitation.until)
    room, account = invitation.room, invitation.account
    by, is_ignored = invitation.by, invitation.is_ignored
    form = _Invitation(room, account, name, until, by, is_ignored)
    return _render("invitation", form)


def render_sanction(sanction: Sanction) -> str:
    """Return *sanction* as a line without LF, and without the token of its target."""
    target = sanction.target
    return _render(
        "sanction",
        _Sanction(
            sanction.kind.value,
            render_time(sanction.since),
            target.name,
            sanction.room,
            target.account,
            target.network,
            sanction.by,
            _render_end(sanction.until),
            sanction.reason,
        ),
    )


def render_act(act: Act) -> str:
    """Return *act* as a line without LF."""
    until, time = _render_end(act.until), render_time(act.time)
    name, by, reason = act.name, act.by, act.reason
    return _render("act", _Act(time, act.action, act.room, name, by, until, reason))


def _render(kind: str, form: Value) -> str:
    data = msgspec.to_builtins(form)
    assert isinstance(data, dict)
    return render_line(kind, data)


def _account(form: _Account) -> StoredAccount:
    name = normalize_known_name(form.name)
    if name != form.name:
        why = name.reason if isinstance(name, Refused) else f"it would be {name}"
        raise ValueError(f"its name is not a valid name: {why}")
    ignored = {fold_key(each): each for each in form.ignored}
    rooms = tuple(dict.fromkeys(map(room_name, form.rooms)))
    direct = sum(is_direct_room(each) for each in rooms)
    if len(rooms) - direct > MAX_ROOMS_EACH:
        raise ValueError(f"it is in more than {MAX_ROOMS_EACH} rooms")
    if direct > MAX_DIRECT_ROOMS:
        raise ValueError(f"it is in more than {MAX_DIRECT_ROOMS} direct rooms")
    if not form.read.keys() <= set(rooms):
        raise ValueError("it has read a room in which it is not")
    return StoredAccount(
        AccountNumber(form.number),
        form.name,
        NO_PASSWORD,
        _one_of(SERVER, form.role, "on the server"),
        parse_time(form.created),
        not form.disabled,
        rooms=rooms,
        ignored=tuple(ignored.items()),
        reads=tuple((each, form.read[each]) for each in rooms if each in form.read),
    )


def _invitation(form: _Invitation) -> Invitation:
    _require_printable(form.name, form.by)
    room, until = room_name(form.room), parse_time(form.until)
    account, is_ignored = AccountNumber(form.account), form.ignored
    return Invitation(room, form.by, until, form.name, account, is_ignored=is_ignored)


def _sanction(form: _Sanction) -> Sanction:
    if form.kind not in {each.value for each in SanctionKind}:
        raise ValueError("it is neither a mute nor a ban")
    if not (form.account or form.network):
        raise ValueError("it is of nobody: it has neither an account nor a network")
    account = AccountNumber(form.account)
    _require_printable(form.name, form.network, form.by, form.reason)
    return Sanction(
        0,
        SanctionKind(form.kind),
        None if form.room is None else room_name(form.room),
        Target(form.name, account, network=form.network),
        form.by,
        parse_time(form.since),
        _parse_end(form.until),
        form.reason,
    )


def _act(form: _Act) -> Act:
    _require_printable(form.name, form.by, form.reason)
    room = None if form.room is None else room_name(form.room)
    until, time = _parse_end(form.until), parse_time(form.time)
    return Act(0, time, form.by, form.action, room, form.name, until, form.reason)


def _one_of(roles: Mapping[str, Role], role: str, where: str) -> Role:
    if role not in roles:
        raise ValueError(f"a role {where} is one of {', '.join(roles)}")
    return roles[role]


def _require_printable(*texts: str) -> None:
    if not all(map(str.isprintable, texts)):
        raise ValueError("it has characters that cannot be printed")


def _parse_end(until: str | None) -> float | None:
    return None if until is None else parse_time(until)


def _render_end(until: float | None) -> str | None:
    return None if until is None else render_time(until)
