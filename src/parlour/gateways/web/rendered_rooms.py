"""Render rooms and invitations for the templates."""

from collections.abc import Iterable
from html import escape
from typing import Final, NamedTuple

from parlour.core.events import LOBBY, InvitationHeard, ListedRoom, RoomName
from parlour.core.roles import OPERATOR_NAME
from parlour.core.sessions.own_rooms import OwnRoom

from .paths import room_path
from .rendering import MARKUP_SIZE, MAX_RESPONSE, fitting
from .safe_text import visible_name

MAX_ROOMS: Final = 100  # rooms in a list; a link leads to the others


class RenderedRoom(NamedTuple):
    """A room in a list: the number of its users, and what somebody has not read."""

    name: str
    path: str
    topic: str
    users: str
    is_private: bool = False
    unread: int = 0
    mentions: int = 0  # of the unread messages, those with the name of the reader


class RenderedInvitation(NamedTuple):
    """A room to which somebody is invited, and by whom."""

    room: str
    path: str
    by: str


def render_rooms(
    rooms: Iterable[ListedRoom], own: Iterable[OwnRoom] = ()
) -> list[RenderedRoom]:
    """Render *rooms* in order, up to the limits; *own* are those of the reader."""
    readings = {each.listed.room: each.reading for each in own}
    rendered: list[RenderedRoom] = []
    for room in list(rooms)[:MAX_ROOMS]:
        found = _render_room(room)
        if reading := readings.get(room.room):
            found = found._replace(unread=reading.unread, mentions=reading.mentions)
        rendered.append(found)
    return fitting(rendered, _room_size, MAX_RESPONSE // 2)


def render_invitations(
    invitations: Iterable[InvitationHeard],
) -> list[RenderedInvitation]:
    """Render *invitations*, sorted by room."""
    return [
        RenderedInvitation(
            visible_name(each.room),
            room_path(each.room),
            visible_name(each.by or OPERATOR_NAME),
        )
        for each in sorted(invitations, key=lambda each: each.room)
    ]


def first_rooms(rooms: Iterable[ListedRoom], current: RoomName) -> list[ListedRoom]:
    """Return the rooms that a list shows: the lobby first, and always *current*."""
    found = sorted(rooms, key=lambda each: (each.room != LOBBY, each.room))
    shown, others = found[:MAX_ROOMS], found[MAX_ROOMS:]
    shown[1:1] = [each for each in others if each.room == current]
    return shown[:MAX_ROOMS]


def _render_room(room: ListedRoom) -> RenderedRoom:
    users = "1 user" if room.users == 1 else f"{room.users:,} users"
    name, topic = visible_name(room.room), visible_name(room.topic)
    return RenderedRoom(name, room_path(room.room), topic, users, room.is_private)


def _room_size(room: RenderedRoom) -> int:
    return len(escape(room.name + room.topic).encode()) + MARKUP_SIZE // 2
