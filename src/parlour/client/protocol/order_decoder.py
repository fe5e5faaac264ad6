"""The events about keeping order: parameters of the wire to events, within bounds."""

from datetime import datetime
from itertools import islice
from typing import Final

from parlour.core.events import LOBBY, Acted, Announcement, RoomName
from parlour.core.protocol.act_text import TEXTS

from .server_events import Acts, Erased, LoggedAct, Sanction, Sanctions
from .wire_values import get_name, get_room, get_text, is_count

ACTIONS: Final = {*TEXTS, "slow"}
"""The actions that have words; an event with another one is ignored."""

MAX_REASON: Final = 1_024  # characters; a Parlour server allows 200
MAX_ANNOUNCEMENT: Final = 1_024  # characters; a Parlour server allows 200
MAX_SANCTIONS: Final = 200  # in a list; a Parlour server sends 100
MAX_ACTS: Final = 1_000  # in a list; the most that a Parlour server sends
MAX_KIND: Final = 32  # characters of a kind or an action
MAX_TIME: Final = 64  # characters of a time


def order_event(
    kind: str, data: dict[str, object]
) -> Acted | Erased | Announcement | Sanctions | Acts | None:
    """Return an event about keeping order, or None."""
    room = RoomName(get_room(data, default=LOBBY))
    match kind, data:
        case "act", {"action": str(action)} if room and action in ACTIONS:
            reason = get_text(data, "reason")[:MAX_REASON]
            by, name = get_name(data, "by"), get_name(data, "name")
            return Acted(room, action, by, name, _wall_time(data), reason)
        case "erased", {"sequence": int(at), "target": int(target)} if room:
            if not (is_count(at) and is_count(target)):
                return None
            time, by = get_text(data, "time")[:MAX_TIME], get_name(data, "by")
            return Erased(room, at, time, target, by, get_name(data, "name"))
        case "announcement", {"text": str(text)}:
            return Announcement(room, get_name(data, "by"), text[:MAX_ANNOUNCEMENT])
        case "sanctions" | "why", {"sanctions": [*found]}:
            sanctions = (each for each in map(_sanction, found) if each is not None)
            listed = tuple(islice(sanctions, MAX_SANCTIONS))
            has_more = data.get("more") is True
            return Sanctions(listed, is_own=kind == "why", has_more=has_more)
        case "audit", {"acts": [*found]}:
            acts = (each for each in map(_logged_act, found) if each is not None)
            has_more = data.get("more") is True
            return Acts(tuple(islice(acts, MAX_ACTS)), has_more=has_more)
        case _:
            return None


def _sanction(found: object) -> Sanction | None:
    match found:
        case {"number": int(number), **more} if is_count(number):
            data = {str(key): value for key, value in more.items()}
            return Sanction(
                number,
                get_text(data, "kind")[:MAX_KIND],
                get_room(data, default=""),
                get_name(data, "name"),
                get_name(data, "by"),
                get_text(data, "until")[:MAX_TIME],
                get_text(data, "reason")[:MAX_REASON],
            )
        case _:
            return None


def _logged_act(found: object) -> LoggedAct | None:
    match found:
        case {"action": str(action), **more}:
            data = {str(key): value for key, value in more.items()}
            return LoggedAct(
                get_text(data, "time")[:MAX_TIME],
                get_room(data, default=""),
                action[:MAX_KIND],
                get_name(data, "by"),
                get_name(data, "name"),
                _wall_time(data),
                get_text(data, "reason")[:MAX_REASON],
            )
        case _:
            return None


def _wall_time(data: dict[str, object]) -> float | None:
    """Return when an act ends, as wall time, or None if that is not known."""
    try:
        return datetime.fromisoformat(get_text(data, "until")[:MAX_TIME]).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
