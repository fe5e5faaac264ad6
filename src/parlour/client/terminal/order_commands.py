"""Parse the commands by which moderators keep order."""

import re
from typing import Final

from parlour.core.durations import FOREVER, WRONG_TIME, parse_seconds
from parlour.core.limits import (
    MAX_INVITATION_TIME,
    MAX_PAGE,
    MAX_REASON,
    MAX_SLOW,
    MAX_TOPIC,
)
from parlour.core.typed_numbers import parse_number

from ..protocol.order_requests import (
    Announce,
    AskActs,
    AskInvitations,
    AskSanctions,
    AskWhy,
    Ban,
    CloseRoom,
    Erase,
    Invite,
    Kick,
    Mute,
    OrderRequest,
    SetRole,
    SetRoom,
    Unban,
    Uninvite,
    Unmute,
)
from ..protocol.rooms import folded
from .command_table import FOR_OPTION, ON_SERVER, SERVER_OPTION
from .similar_commands import printable
from .typed_names import LACKS_QUOTE, lacks_quote, split_name, unquoted

USUAL_ACTS: Final = 20  # that /audit asks for
ROOM_ROLES: Final = ("member", "moderator", "owner")
SERVER_ROLES: Final = ("member", "moderator", "admin")

MAX_NUMBER: Final = 10**15 - 1
"""Stands for all larger numbers, which no message or invitation has."""

WITHOUT_OPTIONS: Final = {
    *("announce", "why", "lock", "unlock", "slow", "private", "public", "close"),
    "erase",
}
"""The commands that take no options."""

_UNDO: Final[dict[str, type[Unmute | Unban | Uninvite]]] = {
    "unmute": Unmute,
    "unban": Unban,
    "uninvite": Uninvite,
}
_LIKE_TIME: Final = re.compile(r"[0-9]\w*")


def parse_order_command(command: str, argument: str, room: str) -> OrderRequest | str:
    """Return what a *command* in *room* asks for, or what is wrong with its argument.

    The latter is a sentence with a blank behind it, or empty.
    """
    if command in WITHOUT_OPTIONS:
        return _parse_simple(command, argument, room)
    place: str | None = room
    option, *others = argument.split(maxsplit=1) or [""]
    if option == SERVER_OPTION and command in ON_SERVER:
        place, argument = None, "".join(others)
    elif option.startswith("--") and option != FOR_OPTION:
        return f"Unknown option {printable(option)}. "
    match command:
        case "bans":
            return _bans(argument, place)
        case "invite":
            return _invitation(argument, place)
        case "invites":
            return _invitations(argument, place)
        case "audit":
            return _audit(argument, place)
        case "role":
            return _role(argument, place)
        case "unmute" | "unban" | "uninvite":
            number = parse_number(argument)
            name = "" if number else unquoted(argument)
            return _UNDO[command](place, name, number) if argument else ""
        case _:
            return _sanction(command, argument, room, place)


def _parse_simple(command: str, argument: str, room: str) -> OrderRequest | str:
    """Do the same for a command of `WITHOUT_OPTIONS`."""
    match command:
        case "announce":
            return _announcement(argument)
        case "why":
            return AskWhy()
        case "lock" | "unlock":
            return SetRoom(room, locked=command == "lock")
        case "slow":
            return _slow(argument, room)
        case "erase":
            return _erase(argument, room)
        case "private" | "public":
            return SetRoom(room, private=command == "private")
        case _:
            return CloseRoom(folded(argument)) if folded(argument) else ""


def _sanction(
    command: str, argument: str, room: str, place: str | None
) -> OrderRequest | str:
    if lacks_quote(argument):
        return LACKS_QUOTE
    if (found := split_name(argument)) is None:
        return ""
    name, rest = found
    if command == "kick":
        return _too_long(rest) or Kick(room, name, rest)
    first, *others = rest.split(maxsplit=1) or [""]
    seconds: int | None = None
    if first.lower() == FOREVER or _LIKE_TIME.fullmatch(first):
        seconds, rest = parse_seconds(first), "".join(others)
        if seconds == 0:
            return WRONG_TIME
    if reason := _too_long(rest):
        return reason
    return (Mute if command == "mute" else Ban)(place, name, seconds, rest)


def _invitation(argument: str, place: str | None) -> Invite | str:
    """Return an invitation; what follows a name is the time until it ends."""
    typed, has_time, time = argument.rpartition(FOR_OPTION)
    if not has_time:
        typed, time = argument, ""
    seconds = parse_seconds(time.strip()) if has_time else None
    if has_time and not seconds:
        return f"An invitation ends: {WRONG_TIME}"
    if seconds is not None and seconds > MAX_INVITATION_TIME:
        return f"At most {MAX_INVITATION_TIME // 86_400} days. "
    if lacks_quote(typed.strip()):
        return LACKS_QUOTE
    name = unquoted(typed.strip())
    if name and place is None:
        return "/invite --server takes no name. "
    return Invite(place, name, seconds)


def _invitations(argument: str, place: str | None) -> AskInvitations | str:
    """Return the question for invitations, all or those after a number."""
    after = _number(argument or "0")
    return "" if after is None else AskInvitations(place, after)


def _number(text: str) -> int | None:
    """Return a number that may have commas, at most :data:`MAX_NUMBER`, or None."""
    digits = text.replace(",", "")
    if not (digits.isascii() and digits.isdecimal()):
        return None
    return int(digits) if len(digits) < len(f"{MAX_NUMBER}") else MAX_NUMBER


def _too_long(reason: str) -> str:
    if len(reason) <= MAX_REASON:
        return ""
    return f"The reason is longer than {MAX_REASON} characters. "


def _announcement(text: str) -> Announce | str:
    if len(text) > MAX_TOPIC:
        return f"The text is longer than {MAX_TOPIC} characters. "
    return Announce(text)


def _erase(argument: str, room: str) -> Erase | str:
    """Return the request for the last message of somebody, or one by its number.

    A number in quotes is a name.
    """
    number = _number(argument.removeprefix("#"))
    if number is not None:
        return Erase(room, number)
    name = unquoted(argument)
    return Erase(room, name=name) if name else ""


def _slow(argument: str, room: str) -> SetRoom | str:
    """Return the request for a slow room; ``off`` is 0 seconds."""
    seconds = _number("0" if argument.lower() == "off" else argument)
    if seconds is None:
        return ""
    if seconds > MAX_SLOW:
        return f"At most {MAX_SLOW} seconds. "
    return SetRoom(room, slow=seconds)


def _bans(argument: str, place: str | None) -> AskSanctions | str:
    """Return the request for the newest sanctions, or for those before a number."""
    if not argument:
        return AskSanctions(place)
    word, *others = argument.split(maxsplit=1)
    before = _number("".join(others)) if word == "before" else None
    return "" if before is None else AskSanctions(place, before)


def _audit(argument: str, place: str | None) -> AskActs | str:
    """Return the request for the last acts, a number of which is given or the usual."""
    limit = _number(argument or f"{USUAL_ACTS}")
    if limit is None:
        return ""
    if not 1 <= limit <= MAX_PAGE:
        return f"At most {MAX_PAGE:,} acts at a time. "
    return AskActs(place, limit)


def _role(argument: str, place: str | None) -> SetRole | str:
    """Return the request for a role, the last word; a name need not be quoted."""
    name, *others = argument.rsplit(maxsplit=1) or [""]
    role, roles = "".join(others).lower(), SERVER_ROLES if place is None else ROOM_ROLES
    if not role:
        return ""
    if role not in roles:
        where = "on the whole server" if place is None else "in a room"
        return f"Roles {where} are {', '.join(roles)}. "
    return SetRole(place, unquoted(name), role)
