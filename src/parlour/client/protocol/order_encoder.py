"""The requests by which moderators keep order, as types and parameters of the wire."""

from typing import assert_never

from .order_requests import (
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


def order_line(  # noqa: C901 -- one case each
    request: OrderRequest,
) -> tuple[str, dict[str, object]]:
    """Return the type and the parameters of the line for *request*."""
    match request:
        case Kick(room, name, reason):
            return "kick", _given(room=room, name=name, reason=reason or None)
        case Mute(place, name, seconds, reason) | Ban(place, name, seconds, reason):
            kind = "mute" if isinstance(request, Mute) else "ban"
            sanction = _given(room=place, name=name, seconds=seconds)
            return kind, sanction | _given(reason=reason or None)
        case Unmute(place, name, number) | Unban(place, name, number):
            kind = "unmute" if isinstance(request, Unmute) else "unban"
            return kind, _meant(place, name, number)
        case SetRoom(room, locked, slow, private):
            return "set", _given(room=room, locked=locked, slow=slow, private=private)
        case CloseRoom(room):
            return "close", _given(room=room)
        case Invite(place, name, seconds):
            return "invite", _given(room=place, name=name or None, seconds=seconds)
        case Uninvite(place, name, number):
            return "uninvite", _meant(place, name, number)
        case SetRole(place, name, role):
            return "role", _given(room=place, name=name, role=role)
        case Announce(text):
            return "announce", _given(text=text)
        case Erase(room, sequence, name):
            return "erase", _given(room=room, sequence=sequence, name=name or None)
        case AskSanctions(place, before):
            return "sanctions", _given(room=place, before=before)
        case AskActs(place, limit):
            return "audit", _given(room=place, limit=limit)
        case AskInvitations(place, after):
            return "invites", _given(room=place, after=after or None)
        case AskWhy():
            return "why", {}
        case _:
            assert_never(request)


def _meant(room: str | None, name: str, number: int) -> dict[str, object]:
    """Return the parameters that mean something by its number, or by a name."""
    return _given(room=room, name=name or None, number=number or None)


def _given(**parameters: object) -> dict[str, object]:
    """Return the parameters that are not None."""
    return {key: value for key, value in parameters.items() if value is not None}
