"""What the forms of moderators say, as lines of the session dialect."""

from collections.abc import Mapping
from typing import Final

from parlour.core.durations import WRONG_TIME, parse_seconds
from parlour.core.events import Refused, RoomName
from parlour.core.limits import MAX_REASON, MAX_SLOW, MAX_TOPIC
from parlour.core.roles import Role, role_name

from . import parameters
from .form_session import INCOMPLETE
from .hub_session import Data, Line
from .parameters import Arguments

ROOM_ROLES: Final = (Role.MODERATOR, Role.MEMBER, Role.OWNER)
SERVER_ROLES: Final = (Role.MODERATOR, Role.MEMBER, Role.ADMIN)
ON_ROOMS: Final = frozenset(
    {"kick", "lock", "unlock", "slow", "topic", "private", "public", "close", "erase"}
)
ON_SERVER: Final = frozenset({"announce"})

FIELDS: Final[Mapping[str, str]] = {
    "bad_time": "time",
    "bad_reason": "reason",
    "bad_slow": "slow",
    "bad_topic": "topic",
    "not_confirmed": "closing",
    "bad_text": "text",
    "cannot_ban": "whom",
    "no_name": "whom",
    "no_such_user": "whom",
    "not_there": "whom",
    "no_such_account": "whose",
}
"""The field beside which a reason is shown, by its code; else above the forms."""
INVITATION_FIELDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("bad_time", "bad_seconds"), "lasting"),
    **dict.fromkeys(("no_such_user", "already_in_room", "cannot_invite"), "invited"),
}
"""The same for an invitation."""

DONE: Final[Mapping[str, str]] = {
    "kick": "Done: the user was removed from the room.",
    "mute": "Done: the user is muted.",
    "ban": "Done: the user is banned.",
    "unmute": "Done: the user may speak again.",
    "unban": "Done: the ban is lifted.",
    "lock": "Done: the room is locked.",
    "unlock": "Done: the room is unlocked.",
    "slow": "Done: slow mode is changed.",
    "topic": "Done: the topic is changed.",
    "private": "Done: the room is private.",
    "public": "Done: the room is public.",
    "invite": "Done: the invitation is made.",
    "uninvite": "Done: the invitation is taken back.",
    "role": "Done: the role is given.",
    "announce": "Done: the announcement is made.",
}
"""What the page says after an act."""
SHOWN_ELSEWHERE: Final = frozenset({"close", "erase"})
"""The acts after which another page shows what has changed."""

UNKNOWN_ACT: Final = Refused("bad_form", INCOMPLETE)
NOT_CONFIRMED: Final = Refused("not_confirmed", "that is not the name of the room")
NO_NAME: Final = Refused("no_name", "a name has at least one character")
WRONG_SLOW: Final = Refused(
    "bad_slow", f"slow mode has from 0 to {MAX_SLOW:,} whole seconds"
)


_WRONG_TIME: Final = WRONG_TIME.strip().removesuffix(".")
WRONG_SECONDS: Final = Refused("bad_time", _WRONG_TIME[0].lower() + _WRONG_TIME[1:])


def requested_line(form: Arguments, room: RoomName | None) -> Line | Refused:
    """Return the line that a *form* about a room, or the server, asks for."""
    act = parameters.value(form, "act")
    place: Data = {} if room is None else {"room": room}
    if act not in DONE.keys() | SHOWN_ELSEWHERE or act in (
        ON_ROOMS if room is None else ON_SERVER
    ):
        return UNKNOWN_ACT
    match act:
        case "lock" | "unlock":
            return "set", {**place, "locked": act == "lock"}
        case "private" | "public":
            return "set", {**place, "private": act == "private"}
        case "close":
            typed = _one_line(form, "closing").removeprefix("#").lower()
            return ("close", place) if typed == room else NOT_CONFIRMED
        case "erase":
            number = parameters.number(parameters.value(form, "number"))
            return (act, {**place, "sequence": number}) if number else UNKNOWN_ACT
        case "invite":
            return _invitation(form, place)
        case "slow":
            return _slow_mode(form, place)
        case "topic":
            return act, {**place, "topic": _one_line(form, "topic")}
        case "announce":
            return _announcement(_one_line(form, "text"))
        case "role":
            return _role(form, place)
        case "unmute" | "unban" | "uninvite":
            number = parameters.number(parameters.value(form, "number"))
            return (act, {**place, "number": number}) if number else UNKNOWN_ACT
        case _:
            return _sanction(form, act, place)


def _slow_mode(form: Arguments, place: Data) -> Line | Refused:
    seconds = parameters.number(parameters.value(form, "slow").strip())
    if seconds is None or seconds > MAX_SLOW:
        return WRONG_SLOW
    return "set", {**place, "slow": seconds}


def _sanction(form: Arguments, act: str, place: Data) -> Line | Refused:
    name, reason = _one_line(form, "whom"), _one_line(form, "reason")
    if not name:
        return NO_NAME
    if len(reason) > MAX_REASON:
        return Refused("bad_reason", f"a reason has at most {MAX_REASON} characters")
    data: Data = {**place, "name": name, "reason": reason}
    time = _one_line(form, "time")
    if act == "kick" or not time:
        return act, data
    seconds = parse_seconds(time)
    if seconds == 0:
        return WRONG_SECONDS
    return act, data if seconds is None else {**data, "seconds": seconds}


def _invitation(form: Arguments, place: Data) -> Line | Refused:
    """Return an invitation; one without a name is a code, as all on the server are."""
    name, time = _one_line(form, "invited"), _one_line(form, "lasting")
    data = {**place, "name": name} if name and place else {**place}
    if not time:
        return "invite", data
    seconds = parse_seconds(time)
    return ("invite", {**data, "seconds": seconds}) if seconds else WRONG_SECONDS


def _role(form: Arguments, place: Data) -> Line | Refused:
    name, role = _one_line(form, "whose"), parameters.value(form, "role")
    roles = ROOM_ROLES if place else SERVER_ROLES
    if role not in map(role_name, roles):
        return UNKNOWN_ACT
    if not name:
        return Refused("no_such_account", NO_NAME.reason)
    return "role", {**place, "name": name, "role": role}


def _announcement(text: str) -> Line | Refused:
    if 1 <= len(text) <= MAX_TOPIC:
        return "announce", {"text": text}
    return Refused("bad_text", f"an announcement has 1 to {MAX_TOPIC} characters")


def _one_line(form: Arguments, name: str) -> str:
    """Return a field on one line, as the script would send it."""
    return parameters.one_line(parameters.value(form, name))
