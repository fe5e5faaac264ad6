"""The events about invitations: parameters of the wire to events, within bounds."""

from typing import Final

from .invitation_links import MAX_CODE
from .secret import Secret
from .server_events import InvitationSent, Invited
from .wire_values import get_name, get_room, get_text

MAX_TIME: Final = 64  # characters of a time


def invitation_event(
    kind: str, data: dict[str, object]
) -> Invited | InvitationSent | None:
    """Return an event about an invitation, or None."""
    room, until = get_room(data, default=""), get_text(data, "until")[:MAX_TIME]
    match kind:
        case "invited" if room:
            return Invited(room, get_name(data, "by"), until)
        case "invitation":
            text = get_text(data, "invite")
            code = Secret(text) if 0 < len(text) <= MAX_CODE else None
            return InvitationSent(room, get_name(data, "name"), code, until)
        case _:
            return None
