"""What messages change, and why they may be void."""

from collections.abc import Sequence

from ..entries import Said, Whispered
from ..events import Message, Refused, RoomName, SessionId
from ..storage import Numbering
from . import refusals
from .effects import AlreadySaid, Outcome, Void
from .kept_direct_rooms import KeptDirectRooms
from .restrictions import Restrictions
from .room import Room
from .slow_mode import note_spoken
from .tables import Tables


class MessageEntries:
    """Applies messages: each has the next sequence of its room, unless it is void."""

    def __init__(
        self,
        tables: Tables,
        restrictions: Restrictions,
        kept: KeptDirectRooms,
        numbering: Numbering,
    ) -> None:
        self._sessions, self._rooms = tables.sessions, tables.rooms
        self._restrictions, self._kept = restrictions, kept
        self._keys, self._passed_time = tables.keys, tables.passed_time
        self._number = numbering

    def say(self, said: Sequence[Said], time: float) -> tuple[list[Outcome], int]:
        """Apply consecutive messages of one room.

        Return what became of each, and how many are new messages.
        """
        room = self.stored_room(said[0].room)
        if room is None:
            return [Void(self._why_absent(said[0].room))] * len(said), 0
        name, sequence, number = room.name, room.sequence, self._number
        absent = self.absent(room, said)
        is_restricted = self._restrictions.restricts(room, time)
        keys, passed = self._keys, self._passed_time.seconds
        effects: list[Outcome] = []
        count = len(said)
        for each in said:
            key = each.key
            if absent and each.attachment in absent:
                effects.append(Void(self._why_absent(name)))
                count -= 1
                continue
            if key and (first := keys.find(each.token, key, passed)) is not None:
                effects.append(AlreadySaid(first))
                count -= 1
                continue
            if is_restricted and (why := self._why_silent(each.attachment, room, time)):
                effects.append(Void(why))
                count -= 1
                continue
            sequence = number(sequence)
            source, account, session = each.source, each.account, each.session
            effects.append(
                Message(name, sequence, time, source, each.text, account, session)
            )
            if key:
                keys.add(each.token, key, sequence, passed)
            if room.slow and (speaker := self._sessions.at(each.attachment)):
                note_spoken(speaker, room, time)
        room.sequence = sequence
        return effects, count

    def stored_room(self, name: RoomName) -> Room | None:
        """Return the open room called *name*, if its messages are stored, or None.

        Those of a direct room that is not kept are whispered.
        """
        room = self._rooms.get_open(name)
        return None if room is None or not room.is_kept else room

    def why_void(
        self, attachment: SessionId, name: RoomName, time: float
    ) -> Refused | None:
        """Return why a message to a room at the wall time *time* is void, or None."""
        room = self.stored_room(name)
        if room is None or not self._is_in(room, attachment):
            return self._why_absent(name)
        if not self._restrictions.restricts(room, time):
            return None
        return self._why_silent(attachment, room, time)

    def absent(self, room: Room, said: Sequence[Said]) -> set[SessionId]:
        """Return the senders of messages whose session is not in a room."""
        # Most senders are sessions that were never resumed: one look at each of them.
        members, moved = room.members, self._sessions.moved
        doubtful = {
            sender
            for each in said
            if (sender := each.attachment) not in members or sender in moved
        }
        return {each for each in doubtful if not self._is_in(room, each)}

    def said_as(self, said: Said | Whispered) -> int | None:
        """Return the sequence of the message with the key of *said*, or None."""
        return self._keys.find(said.token, said.key, self._passed_time.seconds)

    def _why_silent(
        self, attachment: SessionId, room: Room, time: float
    ) -> Refused | None:
        session = self._sessions.at(attachment)
        if session is None:
            return None
        why = self._restrictions.refusal_to_speak(session, room, time)
        if why is None and room.pair is not None:
            why = self._kept.refusal_to_speak(session, room)
        return why

    def _why_absent(self, name: RoomName) -> Refused:
        """Return why a message is void whose sender is not in the room."""
        room = self._rooms.get_open(name)
        is_known = room is not None and not room.is_private
        return refusals.not_in_room() if is_known else refusals.no_such_room()

    def _is_in(self, room: Room, attachment: SessionId) -> bool:
        session = self._sessions.at(attachment)
        return session is not None and session.id in room.members
