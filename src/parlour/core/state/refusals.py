"""Why an entry is void, in words for the one who proposed it.

The module has more than 300 lines, since it lists all reasons.
"""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Final

from ..events import Refused, RoomName, is_direct_room
from ..limits import (
    MAX_ACCOUNT_SESSIONS,
    MAX_ACCOUNTS,
    MAX_ALL_DIRECT_ROOMS,
    MAX_ALL_ROOM_SANCTIONS,
    MAX_DIRECT_ROOMS,
    MAX_IGNORED,
    MAX_KNOWN_OWNED_ROOMS,
    MAX_MODERATORS,
    MAX_OPEN_ROOMS,
    MAX_OWNED_ROOMS,
    MAX_ROOM_SANCTIONS,
    MAX_ROOMS_EACH,
    MAX_SANCTIONS,
)
from ..roles import OPERATOR_NAME, ROOM_ROLES, SERVER_ROLES, role_name
from ..timestamps import utc_minute

if TYPE_CHECKING:
    from ..storage import Sanction

MAX_NAMED: Final = 5  # rooms that a refusal lists
LEFT: Final = "left"  # the reason of one who left a room and not the chat
BANNED: Final = "banned"  # the reason of one who must not be there any more
LOST: Final = "lost"  # the reason of one whose connection broke


def name_taken(name: str) -> Refused:
    """Return the refusal of a name that another session has."""
    return Refused("name_taken", f"the name {name} is taken, or looks like one that is")


def name_registered(name: str) -> Refused:
    """Return the refusal of a name that belongs to an account."""
    reason = f"the name {name} is registered, or looks like one that is"
    return Refused("name_registered", f"{reason}; sign in if it is yours")


def account_name(name: str) -> Refused:
    """Return the refusal of another name for somebody who has signed in."""
    reason = f"you are signed in as {name}, and an account keeps its name"
    return Refused("account_name", reason)


def auth_failed() -> Refused:
    """Return the refusal of a wrong account, password or key, whichever it is."""
    return Refused("auth_failed", "the account or the password is wrong")


def account_disabled() -> Refused:
    """Return the refusal of somebody whose account an administrator has disabled."""
    return Refused("account_disabled", "this account is disabled")


def too_many_sessions() -> Refused:
    """Return the refusal of one session more than an account may have."""
    reason = f"the account has {MAX_ACCOUNT_SESSIONS} sessions, the most allowed"
    return Refused("too_many_sessions", f"{reason}; end one first")


def already_signed_in() -> Refused:
    """Return the refusal of a second sign-in of one session."""
    return Refused("already_signed_in", "you are signed in already")


def sign_in_required() -> Refused:
    """Return the refusal of what a guest may not do on this server."""
    return Refused("sign_in_required", "this server is for people who have an account")


def locked(room: RoomName) -> Refused:
    """Return the refusal of a message in a room that is locked."""
    return Refused("locked", f"#{room} is locked: only moderators speak", room=room)


def not_signed_in() -> Refused:
    """Return the refusal of what only somebody with an account may do."""
    return Refused("not_signed_in", "you are not signed in")


def no_such_account() -> Refused:
    """Return the refusal of an account that does not exist."""
    return Refused("no_such_account", "there is no such account")


def no_such_device() -> Refused:
    """Return the refusal of a device that the account does not have."""
    return Refused("no_such_device", "the account has no such device")


def accounts_full() -> Refused:
    """Return the refusal of one account more than a server has."""
    reason = f"the server has {MAX_ACCOUNTS:,} accounts, the most allowed"
    return Refused("accounts_full", reason)


def no_such_room(room: RoomName | None = None) -> Refused:
    """Return the refusal of a room that is not open."""
    if room and is_direct_room(room):
        return Refused("no_such_room", "the conversation is over", room=room)
    which = f"#{room}" if room else "that room"
    return Refused("no_such_room", f"{which} is not open", room=room)


def not_in_room(room: RoomName | None = None) -> Refused:
    """Return the refusal of what only members of a room may do."""
    which = f"#{room}" if room else "that room"
    if room and is_direct_room(room):
        which = "this conversation"
    return Refused("not_in_room", f"you are not in {which}", room=room)


def no_topic(room: RoomName) -> Refused:
    """Return the refusal of a topic for a direct room."""
    return Refused("bad_topic", "a conversation of two has no topic", room=room)


def room_name_taken(room: RoomName) -> Refused:
    """Return the refusal of a name that looks like that of another room."""
    reason = f"#{room} looks like the name of another room"
    return Refused("room_name_taken", reason, room=room)


def room_unavailable(room: RoomName) -> Refused:
    """Return the refusal of a private room, and of a name that no room can have.

    They are alike, so that nobody learns of a private room but that its name is in use.
    """
    return Refused("room_unavailable", "that room's name is reserved", room=room)


def room_exists(room: RoomName) -> Refused:
    """Return the refusal of a new private room whose name another room has."""
    reason = f"there is a room #{room} already; choose another name"
    return Refused("room_name_taken", reason, room=room)


def lobby_is_public(room: RoomName) -> Refused:
    """Return the refusal to close the lobby, or to make it private."""
    reason = f"#{room} is for everybody, and always open"
    return Refused("not_allowed", reason, room=room)


def private_needs_account(room: RoomName) -> Refused:
    """Return the refusal of a private room of a guest."""
    reason = "a private room belongs to an account; sign in first"
    return Refused("not_signed_in", reason, room=room)


def too_many_owned(room: RoomName) -> Refused:
    """Return the refusal of one open room more than an account may own."""
    reason = f"an account owns at most {MAX_OWNED_ROOMS} open rooms; close one first"
    return Refused("too_many_rooms", reason, room=room)


def too_many_owned_known(room: RoomName) -> Refused:
    """Return the refusal of one room more than an account may own, also closed."""
    most = f"an account owns at most {MAX_KNOWN_OWNED_ROOMS} rooms, also closed ones"
    return Refused("too_many_rooms", f"{most}; open one of these again", room=room)


def invalid_invite(room: RoomName | None = None) -> Refused:
    """Return the refusal of a code that is wrong, or was used, or has ended."""
    reason = "that invitation is wrong, was used, or has ended"
    return Refused("invalid_invite", reason, room=room)


def no_such_invitation() -> Refused:
    """Return the refusal to take back an invitation that there is not."""
    reason = "there is no such invitation: it was used, was taken back or has ended"
    return Refused("no_such_invitation", reason)


def already_in_room(name: str, room: RoomName) -> Refused:
    """Return the refusal to invite somebody to a room who is in it."""
    return Refused("already_in_room", f"{name} is in #{room} already", room=room)


def cannot_invite(name: str) -> Refused:
    """Return the refusal to invite somebody whose client knows no rooms."""
    return Refused("cannot_invite", f"{name} cannot enter other rooms")


def too_many_invitations() -> Refused:
    """Return the refusal of one invitation more than there may be."""
    reason = "there are too many invitations that wait; try again when some have ended"
    return Refused("too_many_invitations", reason)


def too_many_rooms(room: RoomName) -> Refused:
    """Return the refusal of one room more than a session may be in."""
    reason = f"you are in {MAX_ROOMS_EACH} rooms, the most allowed; leave one first"
    return Refused("too_many_rooms", reason, room=room)


def rooms_full(room: RoomName) -> Refused:
    """Return the refusal of one room more than a server has."""
    reason = f"the server has {MAX_OPEN_ROOMS:,} rooms, the most allowed"
    return Refused("rooms_full", reason, room=room)


def no_such_user() -> Refused:
    """Return the refusal of a conversation with somebody who is not here."""
    return Refused("no_such_user", "nobody of that name is here")


def not_here() -> Refused:
    """Return the refusal to a guest of a conversation with one who is away."""
    reason = "that user is not here; only somebody with an account can write to them"
    return Refused("no_such_user", reason)


def not_there(room: RoomName) -> Refused:
    """Return the refusal to remove somebody from a room who is not in it."""
    return Refused("no_such_user", f"nobody of that name is in #{room}", room=room)


def direct_self() -> Refused:
    """Return the refusal of a conversation with oneself."""
    return Refused("direct_self", "a direct message needs somebody else")


def no_direct(name: str) -> Refused:
    """Return the refusal of a conversation with one whose client knows no rooms."""
    return Refused("no_direct", f"{name} cannot receive direct messages")


def too_many_direct() -> Refused:
    """Return the refusal of one conversation more than a session may be in."""
    count = f"{MAX_DIRECT_ROOMS} direct conversations"
    reason = f"you are in {count}, the most allowed; leave one first"
    return Refused("too_many_direct", reason)


def other_too_many_direct() -> Refused:
    """Return the refusal of a conversation with one who is in too many."""
    reason = "that user is in too many direct conversations; try later"
    return Refused("other_too_many_direct", reason)


def direct_full(bound: int = MAX_ALL_DIRECT_ROOMS) -> Refused:
    """Return the refusal of one conversation more than a server has, the *bound*."""
    reason = f"the server has {bound:,} direct conversations, the most"
    return Refused("rooms_full", reason)


def too_many_ignored() -> Refused:
    """Return the refusal of one ignored name more than a session may have."""
    reason = f"you ignore {MAX_IGNORED} names, the most allowed"
    return Refused("too_many_ignored", reason)


def too_fast(room: RoomName, slow: int, left: float) -> Refused:
    """Return the refusal of a message too soon after the last one in a slow room."""
    unit = "second" if slow == 1 else "seconds"
    reason = f"#{room} is slow: one message in {slow:,} {unit}"
    again = f"try again in {max(ceil(left), 1):,}"
    return Refused("too_fast", f"{reason}; {again}", room=room)


def muted(sanction: "Sanction") -> Refused:
    """Return the refusal of a message by somebody who is muted."""
    where = "" if sanction.room is None else f" in #{sanction.room}"
    reason = f"you are muted{where} {_until(sanction)}, {_by(sanction)}"
    return Refused("muted", reason, room=sanction.room)


def muted_name(sanction: "Sanction") -> Refused:
    """Return the refusal of another name for somebody who is muted."""
    why = muted(sanction)
    return why.replace(reason=f"you cannot change your name: {why.reason}")


def banned(sanction: "Sanction") -> Refused:
    """Return the refusal of somebody who is banned."""
    where = "" if sanction.room is None else f" from #{sanction.room}"
    reason = f"you are banned{where} {_until(sanction)}, {_by(sanction)}"
    return Refused("banned", reason, room=sanction.room)


def no_such_message(room: RoomName) -> Refused:
    """Return the refusal to erase what was never said, or is not kept any more."""
    reason = "there is no such message here: it never existed, or is erased or expired"
    return Refused("no_such_message", reason, room=room)


def no_message_of(name: str, room: RoomName) -> Refused:
    """Return the refusal to erase the last message of somebody who has said nothing."""
    reason = f"no message of {name} was found among the newest ones"
    return Refused("no_such_message", reason, room=room)


def not_author(room: RoomName) -> Refused:
    """Return the refusal to erase what the other one of a direct room has said."""
    reason = "in a direct conversation, users can erase only their own messages"
    return Refused("not_allowed", reason, room=room)


def no_such_sanction() -> Refused:
    """Return the refusal to lift what is over, or was never there."""
    reason = "nobody with that name or number is muted or banned here"
    return Refused("no_such_sanction", reason)


def sanctioned_in(rooms: Sequence[RoomName]) -> Refused:
    """Return the refusal to lift on the server what holds in *rooms*."""
    named = ", ".join(f"#{room}" for room in rooms[:MAX_NAMED])
    more = f" and {len(rooms) - MAX_NAMED:,} more" if len(rooms) > MAX_NAMED else ""
    reason = f"it holds in {named}{more}, not on the whole server; add --room"
    return Refused("no_such_sanction", reason)


def too_many_sanctions() -> Refused:
    """Return the refusal of one sanction more than there may be on the server."""
    reason = f"the server has {MAX_SANCTIONS:,} mutes and bans, the most allowed"
    return Refused("too_many_sanctions", f"{reason}; lift one first")


def too_many_room_sanctions(room: RoomName) -> Refused:
    """Return the refusal of one sanction more than the rooms of an owner may have."""
    where = f"#{room}, with the other rooms of its owner"
    reason = f"{where}, has {MAX_ROOM_SANCTIONS} mutes and bans, the most allowed"
    return Refused("too_many_sanctions", f"{reason}; lift one first", room=room)


def rooms_too_many_sanctions(room: RoomName) -> Refused:
    """Return the refusal of one sanction more than all rooms may have."""
    most = f"all rooms have {MAX_ALL_ROOM_SANCTIONS:,} mutes and bans, the most allowed"
    return Refused("too_many_sanctions", most, room=room)


def too_many_moderators(room: RoomName) -> Refused:
    """Return the refusal of one moderator more than a room may have."""
    reason = f"#{room} has {MAX_MODERATORS} moderators, the most allowed"
    return Refused("too_many_moderators", f"{reason}; dismiss one first", room=room)


def no_such_role(room: RoomName | None) -> Refused:
    """Return the refusal of a role that nobody can have in *room*, or on the server."""
    where, roles = "on the server", SERVER_ROLES
    if room is not None:
        where, roles = "in a room", ROOM_ROLES
    known = ", ".join(map(role_name, roles))
    return Refused("bad_data", f"a role {where} is one of {known}", room=room)


def own_role() -> Refused:
    """Return the refusal of another role for oneself."""
    return Refused("not_allowed", "nobody changes their own role")


def role_too_high(role: str) -> Refused:
    """Return the refusal to give somebody a role above one's own."""
    return Refused("not_allowed", f"only somebody who is at least {role} may do that")


def _until(sanction: "Sanction") -> str:
    if sanction.until is None:
        return "until somebody lifts it"
    return f"until {utc_minute(sanction.until)}"


def _by(sanction: "Sanction") -> str:
    """Return by whom, and why."""
    because = f": {sanction.reason}" if sanction.reason else ""
    return f"by {sanction.by or OPERATOR_NAME}{because}"
