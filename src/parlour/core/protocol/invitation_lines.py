"""Lines of the session dialect about invitations: commands and events."""

from typing import Annotated, Final, assert_never

import msgspec

from ..events import (
    InvitationEnded,
    InvitationHeard,
    InvitationList,
    InvitationSent,
    InvitationTakenBack,
    Refused,
    RoomName,
)
from ..limits import INVITATION_TIME, MAX_INVITATION_TIME
from ..timestamps import rfc3339
from .commands import Invite, ListInvitations, Uninvite
from .json_objects import (
    Data,
    PositiveNumber,
    SequenceNumber,
    TargetName,
    bad_data,
    given,
    optional,
)

INVITATION_TYPES: Final = ("invite", "uninvite", "invites")

InvitationSeconds = Annotated[int, msgspec.Meta(ge=1, le=MAX_INVITATION_TIME)]
"""The time for which an invitation is valid, in the data of a line."""


class _RoomData(msgspec.Struct):
    room: str | None = None

    @property
    def room_name(self) -> RoomName | None:
        """The room; None for invitations to make an account."""
        return None if self.room is None else RoomName(self.room)


class _InviteData(_RoomData):
    name: TargetName | None = None
    seconds: InvitationSeconds = INVITATION_TIME


class _UninviteData(_RoomData):
    name: TargetName | None = None
    number: PositiveNumber | None = None


class _InvitesData(_RoomData):
    after: SequenceNumber = 0


def invitation_command(
    kind: str, data: object
) -> Invite | Uninvite | ListInvitations | Refused:
    """Return the command of a line with a *kind* of `INVITATION_TYPES`."""
    try:
        match kind:
            case "invite":
                return _invite(data if data is not None else {})
            case "uninvite":
                return _uninvite(data)
            case _:
                listed = msgspec.convert(optional(data), _InvitesData)
                return ListInvitations(listed.room_name, listed.after)
    except ValueError as exc:
        return bad_data(kind, exc)


def _invite(found: object) -> Invite | Refused:
    data = msgspec.convert(found, _InviteData)
    if data.room is None and data.name is not None:
        return Refused("bad_data", '"invite" with a "name" needs a "room"')
    return Invite(data.room_name, data.name or "", data.seconds)


def _uninvite(found: object) -> Uninvite | Refused:
    data = msgspec.convert(found, _UninviteData)
    if (data.name is None) == (data.number is None):
        return Refused("bad_data", '"uninvite" needs a "name" or a "number"')
    return Uninvite(data.room_name, data.name or "", data.number or 0)


def invitation_type_and_data(
    event: InvitationHeard
    | InvitationEnded
    | InvitationSent
    | InvitationTakenBack
    | InvitationList,
) -> tuple[str, Data]:
    """Return the type and the data for an *event* about an invitation."""
    match event:
        case InvitationHeard(room, by, until):
            return "invited", given(room=room, by=by) | {"until": rfc3339(until)}
        case InvitationEnded(room, by):
            return "uninvited", given(room=room, by=by)
        case InvitationSent(place, number, until, name, code):
            facts = given(room=place, number=number, name=name, invite=code)
            return "invitation", facts | {"until": rfc3339(until)}
        case InvitationTakenBack(place, number, name):
            return "uninvited", given(room=place, number=number, name=name)
        case InvitationList(place, invitations, has_more):
            listed = [
                given(number=each.number, name=each.name, by=each.by)
                | {"until": rfc3339(each.until)}
                for each in invitations
            ]
            data = {"invitations": listed, "more": has_more}
            return "invitations", given(room=place) | data
        case _:
            assert_never(event)
