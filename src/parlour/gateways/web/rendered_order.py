"""Render sanctions, open invitations and acts for those who keep order."""

from collections.abc import Iterable
from typing import NamedTuple

from parlour.core.events import Act, InvitationInfo, SanctionInfo
from parlour.core.protocol.act_text import act_text
from parlour.core.roles import OPERATOR_NAME

from .rendering import RenderedTime, render_date
from .safe_text import visible_name


class RenderedRow(NamedTuple):
    """A mute, a ban or an open invitation; *until* is None if only an act ends it."""

    number: int
    ended_by: str  # that act
    kind: str
    name: str
    until: RenderedTime | None
    by: str
    reason: str = ""


class RenderedAct(NamedTuple):
    """An act of the audit log; *room* is None if it was done on the server."""

    time: RenderedTime
    text: str
    room: str | None


def render_sanctions(sanctions: Iterable[SanctionInfo]) -> list[RenderedRow]:
    """Render *sanctions*, the newest first."""
    rendered = [
        RenderedRow(
            each.number,
            f"un{each.kind}",
            {"mute": "Muted", "ban": "Banned"}[each.kind],
            visible_name(each.name),
            None if each.until is None else render_date(each.until),
            visible_name(each.by or OPERATOR_NAME),
            visible_name(each.reason),
        )
        for each in sanctions
    ]
    return rendered[::-1]


def render_invitations(invitations: Iterable[InvitationInfo]) -> list[RenderedRow]:
    """Render open *invitations*, in order; one without a name is a link."""
    return [
        RenderedRow(
            each.number,
            "uninvite",
            "Invited" if each.name else "Valid",
            visible_name(each.name) or "A link",
            render_date(each.until),
            visible_name(each.by or OPERATOR_NAME),
        )
        for each in invitations
    ]


def render_acts(acts: Iterable[Act]) -> list[RenderedAct]:
    """Render *acts*, the newest first."""
    rendered = [
        RenderedAct(
            render_date(each.time),
            visible_name(act_text(each)),
            None if each.room is None else visible_name(each.room),
        )
        for each in acts
    ]
    return rendered[::-1]
