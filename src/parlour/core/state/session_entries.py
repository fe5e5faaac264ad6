"""What the entries about sessions change."""

from typing import Final

from ..entries import SessionOpened
from ..events import SessionId
from ..limits import MAX_IGNORED
from . import refusals
from .effects import (
    Effect,
    IgnoredChanged,
    NameChanged,
    SessionEnded,
    SessionStarted,
    SessionSuspended,
    Void,
)
from .memberships import Memberships
from .rooms import Rooms
from .sessions import Session, Sessions

RESUMED: Final = "came_back"  # a session left because its client resumed another one
NODE_BITS: Final = 32  # of a session's id: its number within a node


class SessionEntries:
    """Opens, holds, closes and renames sessions, and keeps whom they ignore."""

    def __init__(
        self, sessions: Sessions, rooms: Rooms, memberships: Memberships
    ) -> None:
        self._sessions, self._rooms = sessions, rooms
        self._memberships = memberships

    def open(self, entry: SessionOpened, time: float) -> list[Effect]:
        """Open a session, or resume the one with the same token."""
        effects: list[Effect] = []
        own = self._sessions.at(entry.attachment)
        known = self._sessions.with_token(entry.token)
        if entry.must_have_name and not self._is_name_free(entry, own, known):
            return [Void(refusals.name_taken(entry.name))]
        if known is not None:
            if own is not None and own is not known:
                effects += self.close(own, RESUMED)
            session, previous = known, known.attachment
            self._sessions.attach(session, entry.attachment)
        elif own is not None:
            session, previous = own, own.attachment
            self._sessions.attach(session, entry.attachment)
            self._sessions.set_token(session, entry.token)
        elif entry.attachment in self._sessions:
            return []  # ids are unique: that connection's session is elsewhere now
        else:
            session, previous = self._new_session(entry), SessionId(0)
        session.knows_rooms = entry.knows_rooms
        effects.append(
            SessionStarted(session.id, entry.attachment, previous, session.rooms)
        )
        # Rooms that it leaves hear the old name, and those that it enters the new one.
        effects += self._memberships.leave_others(session, entry.rooms)
        void: list[Effect] = []
        if entry.name and session.name != entry.name:
            if previous and self._sessions.names.is_free(session.id, entry.keys):
                old = session.name
                self.rename(session, entry.name, entry.keys)
                is_at_start = previous != entry.attachment
                rooms = session.rooms
                effects.append(
                    NameChanged(session.id, old, entry.name, rooms, is_at_start)
                )
            else:
                void.append(Void(refusals.name_taken(entry.name)))
        return effects + self._memberships.enter_all(session, entry.rooms, time) + void

    def _is_name_free(
        self, entry: SessionOpened, own: Session | None, known: Session | None
    ) -> bool:
        """Return whether nobody has the name but the sessions that it replaces."""
        replaced = [each.id for each in (own, known) if each is not None]
        owners = [self._sessions.names.owner((key,)) for key in entry.keys]
        return all(each is None or each in replaced for each in owners)

    def _new_session(self, entry: SessionOpened) -> Session:
        session = Session(entry.attachment, entry.address)
        names = self._sessions.names
        if entry.name and names.claim(session.id, entry.keys):
            session.name = entry.name
        else:
            session.name = names.claim_address(session.id, entry.address)
        session.token, session.account = entry.token, entry.account
        self._sessions.add(session)
        return session

    def hold(self, attachment: SessionId) -> list[Effect]:
        """Hold a session for its client to return, if it has a token; else close it."""
        session = self._sessions.at(attachment)
        if session is None or session.is_held:
            return []
        if not session.token:
            return self.close(session, refusals.LOST)
        session.is_held = True
        return [SessionSuspended(session.id, attachment)]

    def close(self, session: Session, reason: str) -> list[Effect]:
        """Close a session, which leaves all of its rooms."""
        effects: list[Effect] = []
        for room in session.rooms:
            effects += self._memberships.leave(session, room, reason)
        self._sessions.remove(session)
        effects.append(SessionEnded(session.id, session.attachment, session.name))
        return effects

    def rename(
        self, session: Session, name: str, keys: tuple[str, ...]
    ) -> list[Effect]:
        """Give a session another name, if it is free."""
        if session.name == name:
            return []
        if not self._sessions.names.claim(session.id, keys):
            return [Void(refusals.name_taken(name))]
        old, session.name = session.name, name
        for room in session.rooms:
            self._rooms[room].forget_users()
        return [NameChanged(session.id, old, name, session.rooms)]

    def ignore(self, session: Session, name: str, key: str) -> list[Effect]:
        """Let a session ignore *name*, by its conflict key."""
        ignored = session.ignored or {}
        if key not in ignored and len(ignored) >= MAX_IGNORED:
            return [Void(refusals.too_many_ignored())]
        session.ignored = {**ignored, key: name}
        return [IgnoredChanged(session.id)]

    def unignore(self, session: Session, key: str) -> list[Effect]:
        """Let a session no longer ignore a name."""
        ignored = dict(session.ignored or {})
        ignored.pop(key, None)
        session.ignored = ignored or None
        return [IgnoredChanged(session.id)]

    def lose_node(self, node: int) -> list[Effect]:
        """Hold or close each session whose connection was at *node*.

        Those that it held already are orphans as well: another node has to close them.
        """
        lost = [each for each in self._sessions if each.attachment >> NODE_BITS == node]
        effects: list[Effect] = []
        for session in sorted(lost, key=lambda each: each.id):
            if session.token:
                session.is_held = True
                effects.append(
                    SessionSuspended(session.id, session.attachment, is_orphan=True)
                )
            else:
                effects += self.close(session, refusals.LOST)
        return effects
