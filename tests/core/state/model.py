"""The rules of the state, written once more: as plain tables, without any index.

The model says of each entry why it is void, if it is, and what the chat looks like
afterwards. It is slow, and knows nothing of effects, snapshots or keys that expire.

``model_tables``        the tables, and questions about them
``model_restrictions``  who may do what, and who must not
``model_rooms``         the rules of rooms, direct rooms and messages
``model_sessions``      those of sessions
``model_accounts``      those of accounts
``model_order``         those of kicks, mutes, bans, roles and settings
``model_invitations``   those of invitations
"""

from parlour.core.entries import (
    ACCOUNT_ENTRIES,
    INVITATION_ENTRIES,
    ORDER_ENTRIES,
    DirectErased,
    DirectOpened,
    Entered,
    Entry,
    Ignored,
    Left,
    NodeLost,
    Renamed,
    RoomClosed,
    RoomOpened,
    Said,
    SessionClosed,
    SessionHeld,
    SessionOpened,
    SignedIn,
    TopicSet,
    Unignored,
    Whispered,
)
from parlour.core.roles import Role
from parlour.core.state.room import Room
from parlour.core.state.state import SessionEntry, State
from tests.core.state.model_invitations import InvitationRules


class Model(InvitationRules):
    """The chat as tables, and the rules by which entries change them."""

    def apply(self, entry: Entry, time: float) -> list[str]:  # noqa: C901 -- as `State`
        """Apply an entry; return the codes of what in it is void, in order."""
        self.time = time
        match entry:
            case SessionOpened():
                return self.open_session(entry)
            case SessionHeld(attachment):
                self.hold(self.at(attachment))
            case SessionClosed(attachment):
                self.close(self.at(attachment))
            case Said():
                return self.say(entry)
            case RoomOpened():
                return self.open_room(entry)
            case RoomClosed(room):
                self.close_room(room)
            case TopicSet():
                return self.set_topic(entry)
            case NodeLost(node):
                rows = self.sessions.items()
                for each in [n for n, row in rows if row.attachment >> 32 == node]:
                    self.hold(each)
            case _ if isinstance(entry, ACCOUNT_ENTRIES):
                return self.change_account(entry)
            case _ if isinstance(entry, ORDER_ENTRIES):
                return self.keep_order(entry)
            case _ if isinstance(entry, INVITATION_ENTRIES):
                return self.change_invitations(entry)
            case _:
                session = self.at(entry.attachment)
                return [] if session is None else self.act(session, entry)
        return []

    def act(self, session: int, entry: SessionEntry) -> list[str]:
        """Apply what a session does."""
        match entry:
            case Whispered():
                return self.whisper(session, entry)
            case SignedIn():
                return self.sign_in(session, entry)
            case Renamed(_, name, keys):
                return self.rename(session, name, set(keys))
            case Entered(_, room):
                return self.enter(session, room)
            case Left(_, room):
                return self.leave(session, room)
            case DirectOpened():
                return self.open_direct(session, entry)
            case DirectErased(room, target=target):
                return self.erase_direct(session, room, target)
            case Ignored(_, name, key):
                return self.ignore(session, name, key)
            case Unignored(_, key):
                self.sessions[session].ignored.pop(key, None)
        return []

    def roster(self, room: str) -> list[tuple[str, float, Role]]:
        """Return one row per person: the name, since when it is there, and the role."""
        since: dict[int, float] = {}
        known: dict[int, tuple[str, Role]] = {}
        for each in self.members(room):
            person, time = self.person(each), self.sessions[each].rooms[room]
            since[person] = min(since.get(person, time), time)
            known[person] = self.name_of(each), self.role_of(each, room)
        return sorted(
            (name, since[person], role) for person, (name, role) in known.items()
        )

    def view(self) -> dict[str, object]:
        """Return what the chat looks like."""
        sessions = {
            n: (
                *(self.name_of(n), row.account, row.device, row.attachment, row.token),
                *(row.is_held, row.knows_rooms, list(row.rooms), row.ignored),
                *(row.network, row.is_plain),
            )
            for n, row in self.sessions.items()
        }
        accounts = {
            n: (
                *(row.name, row.password, row.generation, row.role, row.is_enabled),
                *(row.devices, row.last_device, row.rooms, row.ignored),
                [(room, row.reads[room]) for room in row.rooms],
            )
            for n, row in self.accounts.items()
        }
        places = {
            name: (
                *(each.is_open, each.sequence, each.topic, self.roster(name)),
                *(sorted(self.members(name)), each.pair, sorted(each.shown)),
                *(each.roles, each.is_locked, each.slow, list(each.spoke.items())),
                each.is_private,
            )
            for name, each in self.places.items()
        }
        sanctions = {
            n: (row.kind, row.room, row.target, row.until)
            for n, row in self.sanctions.items()
        }
        return {
            "sessions": sessions,
            "accounts": accounts,
            "places": places,
            "sanctions": sanctions,
            "invitations": [
                (*key, row.until, row.by) for key, row in self.invitations.items()
            ],
        }


def roster_of(state: State, room: Room) -> list[tuple[str, float, Role]]:
    """Return one row per person, as `Model.roster` does."""
    users = room.users(state.sessions, state.roles.of_account)
    return sorted((each.name, each.since, each.role) for each in users)


def view_of(state: State) -> dict[str, object]:
    """Return what the chat looks like by *state*, as `Model.view` does."""
    sessions = {
        each.id: (
            *(each.name, each.account, each.device, each.attachment, each.token),
            *(each.is_held, each.knows_rooms, list(each.rooms), each.ignored or {}),
            *(each.network, each.is_plain),
        )
        for each in state.sessions
    }
    accounts = {
        each.number: (
            *(each.name, each.password, each.generation, each.role, each.is_enabled),
            {device.number: device.key for device in each.devices},
            *(each.last_device, list(each.rooms), dict(each.ignored)),
            list(each.reads),
        )
        for each in state.accounts
    }
    places = {
        each.name: (
            *(each.is_open, each.sequence, each.topic),
            roster_of(state, each),
            sorted(each.members),
            None if each.pair is None else frozenset(each.pair),
            sorted(each.shown),
            *(each.roles, each.is_locked, each.slow, list(each.spoke.items())),
            each.is_private,
        )
        for each in state.rooms
    }
    sanctions = {
        each.number: (each.kind, each.room, each.target, each.until)
        for each in state.sanctions
    }
    return {
        "sessions": sessions,
        "accounts": accounts,
        "places": places,
        "sanctions": sanctions,
        "invitations": [(*each.key, each.until, each.by) for each in state.invitations],
    }
