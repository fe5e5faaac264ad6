"""What the rules say about every place of the ledger.

The rules are those of the model of the state, which shares no code with it.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import fields
from typing import Final, NamedTuple

from parlour.core.entries import (
    DURABLE,
    Entry,
    Erased,
    Invited,
    Said,
    Sanctioned,
    Target,
    batch_time,
)
from parlour.core.events import SessionId
from parlour.core.roles import Role
from parlour.core.state.state import State
from tests.core.state.model import Model
from tests.core.state.model_tables import Bounds, Place, SanctionRow
from tests.proof.records import LOBBY
from tests.proof.violation import Violation

from .ledger import Ledger

MANY: Final = 1 << 30
NEVER: Final = 1 << 62  # a place after all others


class Item(NamedTuple):
    """A message of a room, or the tombstone of the message *target*."""

    sequence: int
    place: int
    text: str
    account: int
    target: int = 0


class SanctionSpan(NamedTuple):
    """A sanction, and the places between which it was not lifted."""

    row: SanctionRow
    start: int
    end: int


class Law:
    """The chat as it has to be after all entries, and how it came about."""

    def __init__(self, ledger: Ledger, numbering: Callable[[int], int]) -> None:
        self.problems = list[Violation]()
        self.rooms = dict[str, list[Item]]()
        """The messages and tombstones of each room, in order."""
        self.erased = dict[tuple[str, int], int]()
        """The place of each tombstone, by room and target."""
        self.sanctions = dict[int, SanctionSpan]()
        self.model = Model(_bounds(), numbering)
        self.model.places[LOBBY] = Place({*State().rooms[LOBBY].keys})  # type: ignore[index]
        self._hearers = dict[str, list[tuple[int, frozenset[str]]]]()
        self._keys = dict[str, list[tuple[int, bool]]]()
        starts = set(ledger.starts)
        for place, (entry, time) in enumerate(ledger.records):
            if place in starts:
                self._restart(place)
            self._apply(place, entry, time)
        if len(ledger) in starts:
            self._restart(len(ledger))

    # -- questions ----------------------------------------------------------------

    def may_hear(self, person: str, room: str, start: int, end: int) -> bool:
        """Return whether *person* was in a room, at any place from *start* to *end*."""
        states = self._hearers.get(room, [])
        first = max(bisect_right(states, start, key=lambda each: each[0]) - 1, 0)
        return any(person in people for place, people in states[first:] if place <= end)

    def is_valid_throughout(self, key: str, start: int, end: int) -> bool:
        """Return whether one could sign in with *key* at all places."""
        return all(self._validity(key, start, end))

    def was_valid(self, key: str, start: int, end: int) -> bool:
        """Return whether one could sign in with *key* at any of the places."""
        return any(self._validity(key, start, end))

    def _validity(self, key: str, start: int, end: int) -> list[bool]:
        """Return whether *key* was valid at *start*, and after each change."""
        states = self._keys.get(key, [])
        first = bisect_right(states, start, key=lambda each: each[0]) - 1
        before = [False] if first < 0 else []
        found = [
            is_valid for place, is_valid in states[max(first, 0) :] if place <= end
        ]
        return before + found

    # -- changes ------------------------------------------------------------------

    def _apply(self, place: int, entry: Entry, time: float) -> None:
        model = self.model
        if isinstance(entry, Sanctioned | Invited) and entry.until is not None:
            entry = entry.replace(until=batch_time(entry.until))
        if isinstance(entry, Said | Erased):
            self._apply_item(place, entry, time)
            return
        codes = model.apply(entry, time)
        if codes and isinstance(entry, DURABLE):
            self._report_void(place, entry, codes)
        self._note(place + 1)

    def _apply_item(self, place: int, entry: Said | Erased, time: float) -> None:
        """Apply what takes a sequence of its room."""
        model, room = self.model, entry.room
        before = model.places[room].sequence if room in model.places else 0
        if codes := model.apply(entry, time):
            self._report_void(place, entry, codes)
            return
        sequence = model.places[room].sequence
        items = self.rooms.setdefault(room, [])
        if sequence == before:
            details = f"{entry} is a repetition"
            self._problem(place, "nothing is stored twice", details)
        elif isinstance(entry, Said):
            items.append(Item(sequence, place, entry.text, entry.account))
        else:
            items.append(Item(sequence, place, "", 0, entry.target))
            self.erased.setdefault((room, entry.target), place)

    def _report_void(self, place: int, entry: Entry, codes: list[str]) -> None:
        details = f"{entry} is void: {codes}"
        self._problem(place, "only valid entries are stored", details)

    def restart(self) -> None:
        """Forget what no server knows after it has started again."""
        self._restart(NEVER)

    def _restart(self, place: int) -> None:
        model = self.model
        model.sessions = {}
        rooms = list(model.places.items())
        model.places = {
            name: each for name, each in rooms if not model.is_whispered(name)
        }
        for each in model.places.values():
            each.spoke, each.shown = {}, set()
        for row in model.sanctions.values():
            row.target = row.target.replace(session=SessionId(0))
        kept = [(key, row) for key, row in model.invitations.items() if not key[2]]
        model.invitations = dict(kept)
        self._note(place)

    def _note(self, place: int) -> None:
        """Note who hears which room, whose keys are valid, and who has sanctions."""
        model = self.model
        for name in model.places:
            self._note_hearers(place, name)
        valid = {
            key
            for each in model.accounts.values()
            if each.is_enabled
            for key in each.devices.values()
        }
        for key in valid | {*self._keys}:
            states = self._keys.setdefault(key, [])
            if not states or states[-1][1] != (key in valid):
                states.append((place, key in valid))
        for number, row in model.sanctions.items():
            if number not in self.sanctions:
                self.sanctions[number] = SanctionSpan(row, place, NEVER)
        for number, span in self.sanctions.items():
            if number not in model.sanctions and span.end == NEVER:
                self.sanctions[number] = span._replace(end=place)

    def _note_hearers(self, place: int, name: str) -> None:
        model = self.model
        sessions = [model.sessions[each] for each in model.members(name)]
        people = {
            f"account {each.account}" if each.account else each.token
            for each in sessions
        }
        for number, account in model.accounts.items():
            if name in account.rooms or (
                not model.is_direct(name) and model.role(number, name) >= Role.OWNER
            ):
                people.add(f"account {number}")
        states = self._hearers.setdefault(name, [])
        if not states or states[-1][1] != people:
            states.append((place, frozenset(people)))

    def _problem(self, place: int, promise: str, details: str) -> None:
        self.problems.append(Violation(promise, f"place {place}", details))


def is_meant(target: Target, account: int, token: str, networks: set[str]) -> bool:
    """Return whether a client may be the *target* of a sanction."""
    is_account = bool(account) and target.account == account
    is_client = bool(token) and target.token == token
    return is_account or is_client or (not account and target.network in networks)


def _bounds() -> Bounds:
    """Return bounds that no run reaches."""
    return Bounds(*[MANY] * len(fields(Bounds)))
