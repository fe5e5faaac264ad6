"""The client's own words about keeping order, and those of the server in local time.

All notes are safe to print; a message of the server is not escaped yet.
"""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final, assert_never

from parlour.core.events import SERVER, Acted, Erased, RoomName
from parlour.core.protocol.act_text import ACTIONS, act_text, erasure_text
from parlour.core.roles import OPERATOR_NAME
from parlour.core.timestamps import rfc3339
from parlour.core.typed_numbers import parse_number

from ..protocol.display_items import Answer, AnswerRow, ChatMessage, Note
from ..protocol.invitation_links import link_to
from ..protocol.order_handler import NOT_REACHED
from ..protocol.order_items import (
    Act,
    ActList,
    InvitationList,
    InvitationLost,
    InvitationMade,
    InvitationReceived,
    InvitationUndone,
    MessageErased,
    NotedItem,
    OrderDone,
    SanctionList,
    SanctionRow,
)
from ..protocol.order_requests import (
    Announce,
    Ban,
    CloseRoom,
    Erase,
    Invite,
    Kick,
    Mute,
    OrderCommand,
    SetRole,
    SetRoom,
    Unban,
    Uninvite,
    Unmute,
)
from ..protocol.server_events import InvitationInfo, LoggedAct
from ..terminal.formatter import local_time
from ..terminal.safe_text import make_safe, safe_name
from .labels import room_label

EVERYWHERE: Final = "the whole server"
UNTIL: Final = "until "
FOREVER: Final = "forever"  # until it is lifted
NOTHING_FOR_YOU: Final = "You are neither muted nor banned"
OWN_VERBS: Final = {"mute": "muted", "ban": "banned"}  # by the kind of a sanction

_UTC_MINUTE: Final = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}) UTC")


def order_notes(
    item: NotedItem, address: str = ""
) -> Iterator[Answer | ChatMessage | Note]:
    """Yield the notes about *item*; *address* is that of the server."""
    match item:
        case Act(room, action, by, name, until, reason, line):
            act = Acted(RoomName(room), action, by, name, until, reason)
            text = act_text(act, _local_minute)
            yield ChatMessage(SERVER, text, line, room=room)
        case MessageErased(room, target, by, name, time, line):
            event = Erased(RoomName(room), 0, 0.0, target, by, name)
            yield ChatMessage(SERVER, erasure_text(event), line, time, room)
        case SanctionList():
            yield _sanctions(item)
        case ActList():
            yield _acts(item)
        case OrderDone(request):
            yield Note(f"Done: {done(request)}")
        case InvitationReceived(room, by, until):
            who, label = safe_name(by) if by else OPERATOR_NAME, room_label(room)
            join = f"/join {make_safe(room)}"
            yield Note(f"{who} invites you to {label}{_until(until)}: {join}")
        case InvitationLost(room, by):
            who, label = safe_name(by) if by else OPERATOR_NAME, room_label(room)
            yield Note(f"{who} has taken back your invitation to {label}")
        case InvitationUndone(room, number, name):
            what = f"of {safe_name(name)}" if name else f"{number}, {_secret(room)}"
            yield Note(f"Taken back: the invitation {what} {_purpose(room)}")
        case InvitationList():
            yield _invitations(item)
        case InvitationMade():
            yield _invitation(item, address)
        case _:
            assert_never(item)


def _until(until: str) -> str:
    end = local_time(until).rstrip() if until else ""
    return f", {UNTIL}{end}" if end else ""


def _invitation(made: InvitationMade, address: str) -> Note:
    """Return what came of an invitation: what to give to others, if it is a code."""
    room, _, name, code, until, _ = made
    if code is None:
        return Note(f"Invited {safe_name(name)} to {room_label(room)}{_until(until)}")
    if not room:
        what = f"can register an account{_until(until)}. It works once"
        how = "Enter /register, and type it when the client asks for an invitation"
        user = "The first person to use this code"
        return Note(f"{user} {what}. {how}: {make_safe(code.reveal())}")
    link = make_safe(link_to(address, room, code.reveal()))
    what = f"is invited to {room_label(room)}{_until(until)}. It works once"
    text = f"The first person to use this link {what}:"
    return Note(text, copied=f"/join {link}")


def _purpose(room: str) -> str:
    return f"to {room_label(room)}" if room else "to register an account"


def _secret(room: str) -> str:
    return "a link" if room else "a code"


def _invitations(found: InvitationList) -> Answer:
    """Return the invitations as a table."""
    count, where = len(found.invitations), _purpose(found.room)
    noun = "1 invitation" if count == 1 else f"{count:,} invitations"
    heading = f"{noun} {where}:" if count else f"No open invitations {where}"
    rows = [AnswerRow(SERVER, heading)]
    rows += [_invitation_row(each, found.room) for each in found.invitations]
    if found.has_more and count:
        last, option = found.invitations[-1].number, "" if found.room else " --server"
        rows.append(AnswerRow(SERVER, f"More: /invites{option} {last}"))
    return Answer(tuple(rows), found.line, room="")


def _invitation_row(invitation: InvitationInfo, room: str) -> AnswerRow:
    """Return an invitation with its number, by which it can be taken back."""
    number, name, by, until = invitation
    who, end = name or _secret(room), local_time(until).rstrip()
    author = by or OPERATOR_NAME
    text = f"{number} {who}, {UNTIL}{end}, by {author}"
    return AnswerRow(SERVER, text, cells=(f"{number}", who, end, author))


def in_local_time(text: str) -> str:
    """Return a text of the server with its times in the local time zone."""
    return _UTC_MINUTE.sub(_localized, text)


def _localized(found: re.Match[str]) -> str:
    try:
        moment = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        return found[0]
    return local_time(moment.isoformat()).rstrip() or found[0]


def _local_minute(time: float) -> str:
    return local_time(rfc3339(time)).rstrip()


def done(request: OrderCommand) -> str:  # noqa: C901 -- one case each
    """Return what a request does, and how it is undone."""
    match request:
        case Kick(_, name):
            return f"{_name(name)} is removed from the room"
        case Mute(room, name):
            return f"{_name(name)} is muted{_where(room)}. To undo: {_undo(request)}"
        case Ban(room, name):
            return f"{_name(name)} is banned{_where(room)}. To undo: {_undo(request)}"
        case Unmute(room, name, number):
            if number:
                return f"mute {number} is lifted{_where(room)}"
            return f"{_name(name)} may speak again{_where(room)}"
        case Unban(room, name, number):
            what = f"ban {number}" if number else f"the ban of {_name(name)}"
            return f"{what} is lifted{_where(room)}"
        case SetRoom(_, locked, slow, private):
            if private is not None:
                return f"the room is {'private' if private else 'public'}"
            if locked is not None:
                return f"the room is {'locked' if locked else 'not locked'}"
            unit = "second" if slow == 1 else "seconds"
            return f"slow mode is {f'one message in {slow} {unit}' if slow else 'off'}"
        case SetRole(room, name, role):
            return f"the role of {_name(name)} is {role}{_where(room)}"
        case Announce():
            return "the announcement is made"
        case CloseRoom(room):
            return f"{room_label(room)} is closed"
        case Invite():
            return "the invitation is made"
        case Uninvite():
            return "the invitation is taken back"
        case Erase():
            return f"the message is erased. {NOT_REACHED}"
        case _:
            assert_never(request)


def _name(name: str) -> str:
    return safe_name(name)


def _where(room: str | None) -> str:
    return f" on {EVERYWHERE}" if room is None else ""


def _undo(request: Mute | Ban) -> str:
    """Return the command that lifts a sanction again."""
    command = "/unmute" if isinstance(request, Mute) else "/unban"
    option = " --server" if request.room is None else ""
    name = _name(request.name)
    if parse_number(name):
        name = f'"{name}"'
    return f"{command}{option} {name}"


def _sanctions(found: SanctionList) -> Answer:
    """Return the sanctions as a table."""
    count = len(found.sanctions)
    noun = "1 sanction" if count == 1 else f"{count:,} sanctions"
    where = f"in {room_label(found.room)}" if found.room else f"on {EVERYWHERE}"
    if found.is_own:
        own = "1 mute or ban" if count == 1 else f"{count:,} mutes or bans"
        heading = f"You have {own}:" if count else NOTHING_FOR_YOU
        if found.has_more:
            heading = f"These are the newest {count:,} of your mutes and bans:"
    elif count and found.has_more:
        option = "" if found.room else "--server "
        older = f"/bans {option}before {found.sanctions[0].number}"
        heading = f"The newest {noun} {where}; older ones: {older}"
    else:
        heading = f"{noun} {where}:" if count else f"Nobody is muted or banned {where}"
    row: Callable[[SanctionRow], AnswerRow] = _own_row if found.is_own else _row
    rows = [AnswerRow(SERVER, heading), *map(row, found.sanctions)]
    return Answer(tuple(rows), found.line, room="")


def _row(sanction: SanctionRow) -> AnswerRow:
    """Return a sanction as those see it who may lift it, with its number."""
    number, kind, _, name, *_ = sanction
    end, why = _end(sanction), _author_and_reason(sanction)
    text = f"{number} {kind} of {name}, {end}, by {why}"
    cells = f"{number}", kind, name, end.removeprefix(UNTIL), why
    return AnswerRow(SERVER, text, cells=cells)


def _own_row(sanction: SanctionRow) -> AnswerRow:
    """Return a sanction as the one sees it for whom it holds.

    It is a sentence and no row of a table, which would cut a long reason.
    """
    where = f"in {room_label(sanction.room)}" if sanction.room else f"on {EVERYWHERE}"
    if sanction.kind == "ban" and sanction.room:
        where = f"from {room_label(sanction.room)}"
    verb = OWN_VERBS.get(sanction.kind, sanction.kind)
    end, why = _end(sanction), _author_and_reason(sanction)
    return AnswerRow(SERVER, f"{verb} {where}, {end}, by {why}")


def _end(sanction: SanctionRow) -> str:
    end = local_time(sanction.until).rstrip() if sanction.until else ""
    return f"{UNTIL}{end}" if end else FOREVER


def _author_and_reason(sanction: SanctionRow) -> str:
    because = f": {sanction.reason}" if sanction.reason else ""
    return f"{sanction.by or OPERATOR_NAME}{because}"


def _acts(found: ActList) -> Answer:
    """Return acts of the audit log, each as a sentence."""
    count = len(found.acts)
    where = f"in {room_label(found.room)}" if found.room else f"on {EVERYWHERE}"
    noun = "act" if count == 1 else f"{count:,} acts"
    last = "last " if found.has_more else ""
    empty = f"The audit log has no acts {where}"
    heading = f"The {last}{noun} {where}:" if count else empty
    rows = [AnswerRow(SERVER, _act_row(each, found.room)) for each in found.acts]
    return Answer((AnswerRow(SERVER, heading), *rows), found.line, room="")


def _act_row(act: LoggedAct, room: str) -> str:
    """Return what was done, and when; where, unless it was done in *room*."""
    when = local_time(act.time).rstrip()
    where = f" in {room_label(act.room)}" if act.room and act.room != room else ""
    event = Acted(
        RoomName(act.room), act.action, act.by, act.name, act.until, act.reason
    )
    if act.action in ACTIONS:
        text = act_text(event, _local_minute)
    else:
        text = f"{act.by or OPERATOR_NAME}: {act.action} {act.name}".rstrip()
    place = f"{when}{where}".lstrip()
    return f"{place}: {text}" if place else text
