"""The events about invitations: parameters of the wire to events, within bounds."""

from typing import Final

from .invitation_links import MAX_CODE
from .secret import Secret
from .server_events import (
    InvitationEnded,
    InvitationInfo,
    Invitations,
    InvitationSent,
    InvitationTakenBack,
    Invited,
)
from .wire_values import get_count, get_name, get_room, get_text

MAX_TIME: Final = 64  # characters of a time
MAX_LISTED: Final = 1_000  # invitations of one answer


def invitation_event(
    kind: str, data: dict[str, object]
) -> (
    Invited
    | InvitationEnded
    | InvitationSent
    | InvitationTakenBack
    | Invitations
    | None
):
    """Return an event about an invitation, or None."""
    room, until = get_room(data, default=""), get_text(data, "until")[:MAX_TIME]
    match kind:
        case "invited" if room:
            return Invited(room, get_name(data, "by"), until)
        case "invitation":
            text = get_text(data, "invite")
            code = Secret(text) if 0 < len(text) <= MAX_CODE else None
            number, name = get_count(data, "number"), get_name(data, "name")
            return InvitationSent(room, number, name, code, until)
        case "uninvited" if number := get_count(data, "number"):
            return InvitationTakenBack(room, number, get_name(data, "name"))
        case "uninvited" if room:
            return InvitationEnded(room, get_name(data, "by"))
        case "invitations":
            return Invitations(room, _listed(data), data.get("more") is True)
        case _:
            return None


def _listed(data: dict[str, object]) -> tuple[InvitationInfo, ...]:
    rows = data.get("invitations")
    return tuple(
        InvitationInfo(
            get_count(row, "number"),
            get_name(row, "name"),
            get_name(row, "by"),
            get_text(row, "until")[:MAX_TIME],
        )
        for row in (rows[:MAX_LISTED] if isinstance(rows, list) else [])
        if isinstance(row, dict)
    )
