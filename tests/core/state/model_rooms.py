"""The model's rules of rooms, direct rooms and what is said in them."""

from parlour.core.entries import DirectOpened, RoomOpened, Said, TopicSet, Whispered
from parlour.core.roles import Role
from tests.core.state.model_restrictions import Restrictions
from tests.core.state.model_tables import AccountRow, Place, SessionRow

SILENT = {"muted", "locked", "too_fast", "no_direct", "other_too_many_direct"}


class RoomRules(Restrictions):
    """What the entries about rooms change. Each rule returns codes of what is void."""

    def enter(self, session: int, room: str) -> list[str]:
        rooms = self.sessions[session].rooms
        if room in rooms:
            return []
        account = self.accounts.get(self.sessions[session].account)
        is_own = account is not None and room in account.rooms
        if not self.is_public(room) and not (is_own and self.is_kept(room)):
            return ["no_such_room"]
        if codes := self.why_not_entered(session, room):
            return codes
        is_full = len(self.public(rooms)) >= self.bounds.rooms_each
        if self.is_public(room) and is_full:
            return ["too_many_rooms"]
        rooms[room] = self.time
        self.note_entered(session, room)
        self.invitations.pop((room, 0, session, ""), None)
        return []

    def enter_direct_rooms(self, session: int) -> None:
        """Add a session to the direct rooms of the others of its person."""
        row = self.sessions[session]
        for each in self.sessions_of(self.person(session)):
            for room in self.sessions[each].rooms:
                is_new = row.knows_rooms and room not in row.rooms
                if is_new and self.is_whispered(room):
                    row.rooms[room] = self.time

    def leave(self, session: int, room: str) -> list[str]:
        """Let a session leave a room, which ends if it is direct and not kept."""
        if session not in self.members(room):
            return ["not_in_room"]
        if self.is_whispered(room):
            self.end_direct(room)
        else:
            del self.sessions[session].rooms[room]
        return []

    def drop(self, session: int, room: str) -> None:
        """Take a session from a room, of which its person may have others."""
        if self.members_of(room, self.person(session)) == {session}:
            self.leave(session, room)
        else:
            del self.sessions[session].rooms[room]

    def end_direct(self, room: str) -> None:
        for each in self.members(room):
            del self.sessions[each].rooms[room]
        del self.places[room]

    def end_direct_rooms(self, session: int) -> None:
        for room in list(self.sessions[session].rooms):
            if self.is_whispered(room):
                self.end_direct(room)

    def say(self, entry: Said) -> list[str]:
        session = self.at(entry.attachment)
        codes = self.why_not_said(session, entry.room)
        is_retry = entry.key and (entry.token, entry.key) in self.said
        if codes and not (is_retry and codes[0] in SILENT):
            return codes
        if self.next_sequence(entry) and session is not None:
            self.note_spoken(session, entry.room)
        return []

    def why_not_said(self, session: int | None, room: str) -> list[str]:
        """Return why somebody cannot say anything new in a room now."""
        if not self.is_open(room):
            return ["no_such_room"]
        if session not in self.members(room) or self.is_whispered(room):
            is_private = self.places[room].is_private
            return ["no_such_room" if is_private else "not_in_room"]
        assert session is not None
        codes = self.why_silent(session, room)
        if codes or not self.is_kept(room):
            return codes
        other = self.other_account(room, session)
        if other is None or not other.is_enabled:
            return ["no_direct"]
        is_unheard = self.must_show(room, session)
        return ["other_too_many_direct"] if is_unheard else []

    def other_account(self, room: str, session: int) -> AccountRow | None:
        pair = self.places[room].pair
        assert pair is not None
        (other,) = pair - {self.person(session)}
        return self.accounts.get(-other)

    def must_show(self, room: str, session: int) -> bool:
        """Return whether the other account must hear of a room before a message."""
        other, keys = (
            self.other_account(room, session),
            self.keys_of(self.person(session)),
        )
        if other is None:
            return False
        is_ignored = not keys.isdisjoint(other.ignored)
        return other.is_enabled and room not in other.rooms and not is_ignored

    def whisper(self, session: int, entry: Whispered) -> list[str]:
        room = entry.room
        if not self.is_whispered(room) or session not in self.members(room):
            return ["no_such_room"]
        is_retry = entry.key and (entry.token, entry.key) in self.said
        place, sender = self.places[room], self.person(session)
        assert place.pair is not None
        hearing = {
            other
            for other in place.pair - place.shown - {sender}
            if self.keys_of(sender).isdisjoint(self.ignored_by(other))
        }
        if not is_retry and (codes := self.why_no_writing(session, None)):
            return codes
        if not is_retry and any(map(self.knows_enough, hearing)):
            return ["other_too_many_direct"]
        if self.next_sequence(entry):
            place.shown |= hearing
        return []

    def erase_direct(self, session: int, room: str, target: int) -> list[str]:
        """Erase a message of a direct room that is not kept."""
        if not self.is_whispered(room) or session not in self.members(room):
            return ["no_such_room"]
        place = self.places[room]
        if not 1 <= target <= place.sequence:
            return ["no_such_message"]
        place.sequence = self.number(place.sequence)
        return []

    def next_sequence(self, entry: Said | Whispered) -> bool:
        """Count a message; return False if it was said already."""
        if entry.key and (entry.token, entry.key) in self.said:
            return False
        place = self.places[entry.room]
        place.sequence = self.number(place.sequence)
        if entry.key:
            self.said[entry.token, entry.key] = place.sequence
        return True

    def set_topic(self, entry: TopicSet) -> list[str]:
        if not entry.attachment:
            return self.set_topic_as_operator(entry)
        session = self.at(entry.attachment)
        if session is None or not self.is_public(entry.room):
            return ["not_in_room"]
        account = self.accounts.get(self.sessions[session].account)
        is_own = account is not None and entry.room in account.rooms
        if not is_own and session not in self.members(entry.room):
            return ["not_in_room"]
        is_owned = Role.OWNER in self.places[entry.room].roles.values()
        if codes := self.why_banned(session, entry.room):
            return codes
        if is_owned and self.role_of(session, entry.room) < Role.MODERATOR:
            return ["not_allowed"]
        if codes := self.why_no_writing(session, entry.room):
            return codes
        self.places[entry.room].topic = entry.topic
        return []

    def set_topic_as_operator(self, entry: TopicSet) -> list[str]:
        if not self.is_public(entry.room):
            return ["no_such_room"]
        self.places[entry.room].topic = entry.topic
        return []

    def open_room(self, entry: RoomOpened) -> list[str]:
        room, keys = entry.room, set(entry.keys)
        open_rooms = self.public(self.places)
        known = [each for each in self.places if not self.is_direct(each)]
        is_full = room not in self.places and len(known) >= self.bounds.known_rooms
        if self.is_open(room):
            is_other = self.is_public(room) and not self.places[room].is_private
            return ["room_name_taken"] if entry.is_private and is_other else []
        if room.startswith("direct:"):
            return ["no_such_room"]
        session = self.at(entry.attachment)
        if session is not None and (codes := self.why_no_writing(session, None)):
            return codes
        if codes := self.why_no_privacy(entry) or self.why_not_reopened(entry):
            return codes
        if entry.owner and entry.owner not in self.accounts:
            return ["no_such_account"]
        similar = [each for each in open_rooms if keys & self.places[each].keys]
        if similar and all(self.places[each].is_private for each in similar):
            return ["room_unavailable"]
        if similar:
            return ["room_name_taken"]
        owner = self.owner(room) if room in self.places else int(entry.owner)
        if owner and self.owns_enough(owner, room):
            return ["too_many_rooms"]
        if is_full or len(open_rooms) >= self.bounds.open_rooms:
            return ["rooms_full"]
        if room not in self.places:
            roles = {int(entry.owner): Role.OWNER} if entry.owner else {}
            self.places[room] = Place(roles=roles, is_private=entry.is_private)
        place = self.places[room]
        place.is_open, place.keys = True, keys
        return []

    def why_no_privacy(self, entry: RoomOpened) -> list[str]:
        """Return why nobody opens a private room, or one that is private."""
        session, room = self.at(entry.attachment), entry.room
        if room in self.places and self.places[room].is_private:
            if session is None:
                return ["room_unavailable"]
            return self.why_not_entered(session, room)
        if not entry.is_private:
            return []
        if not entry.owner:
            return ["not_signed_in"]
        if room in self.places:
            return ["room_name_taken"]
        return []

    def why_not_reopened(self, entry: RoomOpened) -> list[str]:
        """Return why somebody does not open a closed room again, a public one."""
        is_closed = entry.room in self.places and not entry.is_private
        if not is_closed or self.places[entry.room].is_private:
            return []
        return self.why_banned(self.at(entry.attachment), entry.room)

    def owns_enough(self, owner: int, room: str) -> bool:
        """Return whether an account can have no other open room, called *room*."""
        owned = self.owned_by(owner)
        open_count = sum(self.places[each].is_open for each in owned)
        return open_count >= self.bounds.owned_rooms or (
            room not in owned and len(owned) >= self.bounds.known_owned_rooms
        )

    def owned_by(self, owner: int) -> list[str]:
        rooms = self.places.items()
        return [name for name, row in rooms if row.roles.get(owner) is Role.OWNER]

    def owner(self, room: str) -> int:
        """Return the account that owns a room, or 0."""
        roles = self.places[room].roles
        return next((n for n, role in roles.items() if role is Role.OWNER), 0)

    def close_room(self, room: str) -> None:
        if not self.is_open(room) or room == "lobby" or self.members(room):
            return
        if self.is_whispered(room) or (self.is_kept(room) and self.owners(room)):
            return
        place = self.places[room]
        if Role.OWNER not in place.roles.values() and not place.is_private:
            self.places[room].is_open = False
            if not self.places[room].sequence:
                self.forget_room(room)

    def forget_room(self, room: str) -> None:
        """Delete a room in which nothing was said, and what there was about it."""
        del self.places[room]
        for each in self.accounts.values():
            each.rooms = [name for name in each.rooms if name != room]
        rows = self.sanctions.items()
        self.sanctions = {n: row for n, row in rows if row.room != room}
        self.forget_invitations(room)

    def forget_invitations(self, room: str) -> None:
        invited = self.invitations.items()
        self.invitations = {key: row for key, row in invited if key[0] != room}

    def open_direct(self, session: int, entry: DirectOpened) -> list[str]:
        person, other = self.person(session), int(entry.other)
        if not self.sessions_of(other) or (person != other and max(person, other) < 0):
            return ["no_such_user"]
        if found := self.direct_room_of(person, other):
            is_known = person in self.places[found].shown
            if not is_known and self.knows_enough(person):
                return ["too_many_direct"]
            self.places[found].shown.add(person)
            self.sessions[session].rooms.setdefault(found, self.time)
            return []
        if codes := self.why_no_direct(person, other):
            return codes
        room, pair = entry.room, frozenset({person, other})
        if not room.startswith("direct:") or room in self.places:
            return ["room_name_taken"]
        self.places[room] = Place(pair=pair, shown={person})
        for each in pair:
            (partner,) = pair - {each}
            for member in self.sessions_of(each):
                if self.can_hear(self.sessions[member], partner) or member == session:
                    self.sessions[member].rooms[room] = self.time
        return []

    @staticmethod
    def can_hear(row: SessionRow, partner: int) -> bool:
        """Return whether a client shows what *partner* says in a direct room."""
        return row.knows_rooms or (row.is_plain and partner < 0)

    def why_no_direct(self, person: int, other: int) -> list[str]:
        others = [self.sessions[each] for each in self.sessions_of(other)]
        direct = [each for each in self.places if self.is_whispered(each)]
        if person == other:
            return ["direct_self"]
        if not any(self.can_hear(each, person) for each in others):
            return ["no_direct"]
        if len(direct) >= self.bounds.all_direct_rooms:
            return ["rooms_full"]
        if self.knows_enough(person):
            return ["too_many_direct"]
        return ["other_too_many_direct"] if self.knows_enough(other) else []
