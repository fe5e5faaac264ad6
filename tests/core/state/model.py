"""The rules of the state, written once more: as plain tables, without any index.

The model says of each entry why it is void, if it is, and what the chat looks like
afterwards. It is slow, and knows nothing of effects, snapshots or expiry.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from parlour.core.entries import (
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
    TopicSet,
    Unignored,
    Whispered,
)
from parlour.core.state.names import name_keys
from parlour.core.state.state import State


@dataclass
class Bounds:
    """The limits of a small chat, which random entries reach."""

    rooms_each: int = 2
    direct_rooms: int = 1
    all_direct_rooms: int = 3
    open_rooms: int = 4
    known_rooms: int = 6
    ignored: int = 2


@dataclass
class Person:
    """A session."""

    name: str
    keys: set[str]
    attachment: int
    token: str
    knows_rooms: bool = False
    is_held: bool = False
    rooms: list[str] = field(default_factory=list)
    ignored: dict[str, str] = field(default_factory=dict)


@dataclass
class Place:
    """A room."""

    keys: set[str] = field(default_factory=set)
    is_open: bool = True
    sequence: int = 0
    topic: str = ""
    pair: frozenset[int] | None = None
    shown: set[int] = field(default_factory=set)


class Model:
    """The chat as tables."""

    def __init__(self, bounds: Bounds, numbering: Callable[[int], int]) -> None:
        self.bounds, self.number = bounds, numbering
        self.people: dict[int, Person] = {}
        self.places: dict[str, Place] = {}
        self.said: dict[tuple[str, str], int] = {}

    # -- questions ----------------------------------------------------------------

    def at(self, attachment: int) -> int | None:
        """Return who has or had this connection last."""
        found = [n for n, each in self.people.items() if each.attachment == attachment]
        return found[0] if found else None

    def with_token(self, token: str) -> int | None:
        found = [n for n, each in self.people.items() if token and each.token == token]
        return found[0] if found else None

    def is_name_free(self, keys: set[str], *sessions: int | None) -> bool:
        """Return whether nobody but *sessions* has one of these keys."""
        others = [each for n, each in self.people.items() if n not in sessions]
        return all(keys.isdisjoint(each.keys) for each in others)

    def members(self, room: str) -> set[int]:
        return {n for n, each in self.people.items() if room in each.rooms}

    def is_direct(self, room: str) -> bool:
        return room in self.places and self.places[room].pair is not None

    def is_open(self, room: str) -> bool:
        return room in self.places and self.places[room].is_open

    def is_public(self, room: str) -> bool:
        return self.is_open(room) and not self.is_direct(room)

    def count_rooms(self, session: int) -> int:
        return sum(not self.is_direct(room) for room in self.people[session].rooms)

    def open_rooms(self) -> list[str]:
        return [room for room in self.places if self.is_public(room)]

    def direct_room_of(self, one: int, other: int) -> str | None:
        pair = frozenset({one, other})
        found = [name for name, each in self.places.items() if each.pair == pair]
        return found[0] if found else None

    def has_direct_enough(self, session: int) -> bool:
        """Return whether a session knows of as many direct rooms as it may."""
        known = [each for each in self.places.values() if session in each.shown]
        return len(known) >= self.bounds.direct_rooms

    # -- entries ------------------------------------------------------------------

    def apply(self, entry: Entry) -> list[str]:
        """Apply an entry; return the codes of what in it is void, in order."""
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
                return self.open_room(entry.room, set(entry.keys))
            case RoomClosed(room):
                self.close_room(room)
            case TopicSet(room, attachment, topic):
                session = self.at(attachment)
                if not self.is_public(room) or session not in self.members(room):
                    return ["not_in_room"]
                self.places[room].topic = topic
            case NodeLost(node):
                lost = [n for n, p in self.people.items() if p.attachment >> 32 == node]
                for each in lost:
                    self.hold(each)
            case _:
                session = self.at(entry.attachment)
                return [] if session is None else self.act(session, entry)
        return []

    def act(self, session: int, entry: Entry) -> list[str]:
        """Apply what a session does."""
        match entry:
            case Whispered():
                return self.whisper(session, entry)
            case Renamed(_, name, keys):
                return self.rename(session, name, set(keys))
            case Entered(_, room):
                return self.enter(session, room)
            case Left(_, room):
                return self.leave(session, room)
            case DirectOpened(room, _, other):
                return self.open_direct(room, session, other)
            case Ignored(_, name, key):
                return self.ignore(session, name, key)
            case Unignored(_, key):
                self.people[session].ignored.pop(key, None)
        return []

    def open_session(self, entry: SessionOpened) -> list[str]:
        keys, void = set(entry.keys), list[str]()
        known, own = self.with_token(entry.token), self.at(entry.attachment)
        session = known if known is not None else own
        if entry.must_have_name and not self.is_name_free(keys, own, known):
            return ["name_taken"]
        if session is None and entry.attachment in self.people:
            return []
        if own is not None and own != session:
            self.close(own)
        is_new, wants_name = session is None, bool(entry.name)
        if session is None:
            session = entry.attachment
            gets_name = wants_name and self.is_name_free(keys)
            name = entry.name if gets_name else self.free_address(entry.address)
            keys_of_name = keys if gets_name else set(name_keys(name))
            self.people[session] = Person(name, keys_of_name, entry.attachment, "")
        person = self.people[session]
        person.attachment, person.is_held = entry.attachment, False
        person.token, person.knows_rooms = entry.token, entry.knows_rooms
        for room in list(person.rooms):
            is_kept = self.is_direct(room) and person.knows_rooms
            if room in person.rooms and room not in entry.rooms and not is_kept:
                self.leave(session, room)
        for room in dict.fromkeys(entry.rooms):
            void += self.enter(session, room)
        if wants_name and person.name != entry.name:
            void += ["name_taken"] if is_new else self.rename(session, entry.name, keys)
        return void

    def free_address(self, address: str) -> str:
        names = [address, *(f"{address}#{number}" for number in range(2, 99))]
        return next(each for each in names if self.is_name_free(set(name_keys(each))))

    def hold(self, session: int | None) -> None:
        if session is None or self.people[session].is_held:
            return
        if self.people[session].token:
            self.people[session].is_held = True
        else:
            self.close(session)

    def close(self, session: int | None) -> None:
        if session is not None:
            for room in list(self.people[session].rooms):
                self.leave(session, room)
            del self.people[session]

    def rename(self, session: int, name: str, keys: set[str]) -> list[str]:
        if self.people[session].name == name:
            return []
        if not self.is_name_free(keys, session):
            return ["name_taken"]
        self.people[session].name, self.people[session].keys = name, keys
        return []

    def ignore(self, session: int, name: str, key: str) -> list[str]:
        ignored = self.people[session].ignored
        if key not in ignored and len(ignored) >= self.bounds.ignored:
            return ["too_many_ignored"]
        ignored[key] = name
        return []

    def enter(self, session: int, room: str) -> list[str]:
        if room in self.people[session].rooms:
            return []
        if not self.is_public(room):
            return ["no_such_room"]
        if self.count_rooms(session) >= self.bounds.rooms_each:
            return ["too_many_rooms"]
        self.people[session].rooms.append(room)
        return []

    def leave(self, session: int, room: str) -> list[str]:
        if session not in self.members(room):
            return ["not_in_room"]
        if self.is_direct(room):
            for each in self.members(room):
                self.people[each].rooms.remove(room)
            del self.places[room]
        else:
            self.people[session].rooms.remove(room)
        return []

    def say(self, entry: Said) -> list[str]:
        if not self.is_open(entry.room):
            return ["no_such_room"]
        session = self.at(entry.attachment)
        if session not in self.members(entry.room) or self.is_direct(entry.room):
            return ["not_in_room"]
        self.next_sequence(entry)
        return []

    def whisper(self, session: int, entry: Whispered) -> list[str]:
        if not self.is_direct(entry.room):
            return ["no_such_room"]
        if session not in self.members(entry.room):
            return ["no_such_room"]
        is_retry = entry.key and (entry.token, entry.key) in self.said
        place, sender = self.places[entry.room], self.people[session]
        hearing = {
            other
            for other in self.members(entry.room) - place.shown - {session}
            if sender.keys.isdisjoint(self.people[other].ignored)
        }
        if not is_retry and any(map(self.has_direct_enough, hearing)):
            return ["other_too_many_direct"]
        if self.next_sequence(entry):
            place.shown |= hearing
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

    def open_room(self, room: str, keys: set[str]) -> list[str]:
        if self.is_open(room):
            return []
        if room.startswith("direct:"):
            return ["no_such_room"]
        if any(keys & self.places[each].keys for each in self.open_rooms()):
            return ["room_name_taken"]
        is_known = room in self.places
        if len(self.open_rooms()) >= self.bounds.open_rooms:
            return ["rooms_full"]
        known = [each for each in self.places if not self.is_direct(each)]
        if not is_known and len(known) >= self.bounds.known_rooms:
            return ["rooms_full"]
        place = self.places.setdefault(room, Place())
        place.is_open, place.keys = True, keys
        return []

    def close_room(self, room: str) -> None:
        if self.is_public(room) and room != "lobby" and not self.members(room):
            self.places[room].is_open = False
            if not self.places[room].sequence:
                del self.places[room]

    def open_direct(self, room: str, session: int, other: int) -> list[str]:
        if other not in self.people:
            return ["no_such_user"]
        if found := self.direct_room_of(session, other):
            is_known = session in self.places[found].shown
            if not is_known and self.has_direct_enough(session):
                return ["too_many_direct"]
            self.places[found].shown.add(session)
            return []
        if session == other:
            return ["direct_self"]
        if not self.people[other].knows_rooms:
            return ["no_direct"]
        direct = [each for each in self.places.values() if each.pair is not None]
        if len(direct) >= self.bounds.all_direct_rooms:
            return ["rooms_full"]
        if self.has_direct_enough(session):
            return ["too_many_direct"]
        if self.has_direct_enough(other):
            return ["other_too_many_direct"]
        if not room.startswith("direct:") or room in self.places:
            return ["room_name_taken"]
        pair = frozenset({session, other})
        self.places[room] = Place(pair=pair, shown={session})
        for each in pair:
            self.people[each].rooms.append(room)
        return []

    # -- views --------------------------------------------------------------------

    def view(self) -> dict[str, object]:
        """Return what the chat looks like."""
        people = {
            n: (p.name, p.attachment, p.token, p.is_held, p.rooms, p.ignored)
            for n, p in self.people.items()
        }
        places = {
            name: (
                each.is_open,
                each.sequence,
                each.topic,
                sorted(self.members(name)),
                sorted(each.shown),
            )
            for name, each in self.places.items()
        }
        return {"people": people, "places": places}


def view_of(state: State) -> dict[str, object]:
    """Return what the chat looks like by *state*, as `Model.view` does."""
    people = {
        each.id: (
            each.name,
            each.attachment,
            each.token,
            each.is_held,
            list(each.rooms),
            each.ignored or {},
        )
        for each in state.sessions
    }
    places = {
        each.name: (
            each.is_open,
            each.sequence,
            each.topic,
            sorted(each.members),
            sorted(each.shown),
        )
        for each in state.rooms
    }
    return {"people": people, "places": places}
