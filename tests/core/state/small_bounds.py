"""Small limits, which random entries reach."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from parlour.core import account_changes, invitation_rules, order_rules
from parlour.core.state import (
    account_entries,
    direct_rooms,
    invitations,
    kept_direct_rooms,
    memberships,
    registrations,
    room_bounds,
    room_entries,
    session_entries,
    sign_ins,
)
from tests.core.state.model_tables import Bounds

SMALL = Bounds()


@contextmanager
def small_bounds() -> Iterator[None]:
    """Let the state have the limits of `SMALL`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memberships, "MAX_ROOMS_EACH", SMALL.rooms_each)
        patch.setattr(direct_rooms, "MAX_DIRECT_ROOMS", SMALL.direct_rooms)
        patch.setattr(direct_rooms, "MAX_ALL_DIRECT_ROOMS", SMALL.all_direct_rooms)
        patch.setattr(kept_direct_rooms, "MAX_DIRECT_ROOMS", SMALL.direct_rooms)
        kept = SMALL.kept_direct_rooms
        patch.setattr(kept_direct_rooms, "MAX_KEPT_DIRECT_ROOMS", kept)
        patch.setattr(room_entries, "MAX_OPEN_ROOMS", SMALL.open_rooms)
        patch.setattr(room_entries, "MAX_KNOWN_ROOMS", SMALL.known_rooms)
        patch.setattr(session_entries, "MAX_IGNORED", SMALL.ignored)
        patch.setattr(sign_ins, "MAX_ACCOUNT_SESSIONS", SMALL.account_sessions)
        patch.setattr(account_entries, "MAX_IGNORED", SMALL.ignored)
        patch.setattr(account_entries, "MAX_ROOMS_EACH", SMALL.rooms_each)
        patch.setattr(registrations, "MAX_IGNORED", SMALL.ignored)
        patch.setattr(registrations, "MAX_ACCOUNTS", SMALL.accounts)
        patch.setattr(account_changes, "MAX_DEVICES", SMALL.devices)
        patch.setattr(room_bounds, "MAX_SANCTIONS", SMALL.sanctions)
        patch.setattr(room_bounds, "MAX_ROOM_SANCTIONS", SMALL.room_sanctions)
        all_sanctions = SMALL.all_room_sanctions
        patch.setattr(room_bounds, "MAX_ALL_ROOM_SANCTIONS", all_sanctions)
        patch.setattr(room_bounds, "MAX_MODERATORS", SMALL.moderators)
        patch.setattr(order_rules, "MAX_SANCTIONS", SMALL.sanctions)
        patch.setattr(room_bounds, "MAX_OWNED_ROOMS", SMALL.owned_rooms)
        patch.setattr(room_bounds, "MAX_KNOWN_OWNED_ROOMS", SMALL.known_owned_rooms)
        patch.setattr(invitations, "MAX_INVITATIONS", SMALL.invitations)
        patch.setattr(invitations, "MAX_ROOM_INVITATIONS", SMALL.room_invitations)
        patch.setattr(invitations, "MAX_SENT_INVITATIONS", SMALL.sent_invitations)
        patch.setattr(invitation_rules, "MAX_INVITATIONS", SMALL.invitations)
        yield
