"""Who is online, and in which rooms: lists for the operator of the machine."""

from heapq import nsmallest
from typing import Final

from .protocol.process_answers import (
    RoomFacts,
    RoomFactsList,
    UserFacts,
    UserFactsList,
)
from .sessions.connection import Connection
from .sessions.registry import Connections
from .state.room import Room
from .state.sessions import Session
from .state.state import State
from .timestamps import rfc3339

USERS_PAGE: Final = 200  # users in one answer
ROOMS_PAGE: Final = 500  # rooms in one answer
ROOMS_NAMED: Final = 20  # rooms of a user that are named; the others are counted


def online_users(
    state: State, connections: Connections, after: int, now: float
) -> UserFactsList:
    """Return the first users after the session *after*, by their numbers."""
    later = (each for each in state.sessions if each.id > after)
    found = nsmallest(USERS_PAGE + 1, later, key=lambda each: each.id)
    page, offset = found[:USERS_PAGE], connections.wall_offset
    facts = (_user(state, each, connections.of(each.id), now, offset) for each in page)
    return UserFactsList(tuple(facts), len(found) > USERS_PAGE)


def open_rooms(state: State, after: int) -> RoomFactsList:
    """Return the first open rooms after the one with the number *after*.

    Direct rooms are not among them: who writes to whom is nobody's business.
    """
    later = (each for each in state.rooms.listable if each.number > after)
    found = nsmallest(ROOMS_PAGE + 1, later, key=lambda each: each.number)
    page = found[:ROOMS_PAGE]
    facts = tuple(_room(state, each) for each in page)
    return RoomFactsList(facts, len(found) > ROOMS_PAGE)


def _user(
    state: State,
    session: Session,
    connection: Connection | None,
    now: float,
    offset: float,
) -> UserFacts:
    rooms = [name for name in session.rooms if not state.rooms[name].is_direct]
    kind, since, idle = "lost", None, None
    if connection is not None:
        kind = "page" if connection.kind.is_page else "client"
        if session.is_plain:
            kind = "plain"
        since = rfc3339(connection.since + offset)
        idle = max(int(now - connection.active_at), 0)
    return UserFacts(
        session.id,
        session.name,
        bool(session.account),
        session.address,
        kind,
        tuple(rooms[:ROOMS_NAMED]),
        max(len(rooms) - ROOMS_NAMED, 0),
        since,
        idle,
    )


def _room(state: State, room: Room) -> RoomFacts:
    owner = state.accounts.get(room.owner)
    return RoomFacts(
        room.number,
        room.name,
        len(room.members),
        room.sequence,
        owner.name if owner is not None else None,
        room.is_locked,
        room.slow,
        room.is_private,
    )
