"""Sanctions: who must not speak, or must not be here, and until when."""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Final

from ..entries import SanctionKind, Target
from ..events import RoomName, Value
from ..limits import MAX_SANCTIONS
from ..storage import Sanction

Place = tuple[SanctionKind, RoomName | None]
"""A kind of sanction, in one room or on the whole server."""


class Person(Value, frozen=True, gc=False):
    """What is known of somebody who may have a sanction; the fields as in `Target`."""

    account: int
    session: int
    token: str
    network: str


class Sanctions:
    """The sanctions by number, and an index of what identifies their targets.

    Those that have ended remain until there are too many.
    """

    def __init__(self) -> None:
        self._by_number: dict[int, Sanction] = {}
        self._index: dict[Place, dict[tuple[str, object], list[int]]] = {}
        self._prefixes: dict[Place, dict[tuple[int, int], int]] = {}
        self.last_number = 0

    def __len__(self) -> int:
        return len(self._by_number)

    def __iter__(self) -> Iterator[Sanction]:
        return iter(self._by_number.values())

    def get(self, number: int) -> Sanction | None:
        """Return the sanction with this number, or None."""
        return self._by_number.get(number)

    def has(self, kind: SanctionKind, room: RoomName | None) -> bool:
        """Return whether anybody has, or had, such a sanction in a room."""
        return (kind, room) in self._index

    def is_full(self, time: float) -> bool:
        """Return whether there are too many, even without those that have ended."""
        if len(self._by_number) < MAX_SANCTIONS:
            return False
        return all(not each.is_over(time) for each in self)

    def add(self, sanction: Sanction) -> None:
        """Add a sanction, in place of some that have ended if there are too many."""
        if len(self._by_number) >= MAX_SANCTIONS:
            for each in [each for each in self if each.is_over(sanction.since)]:
                self.remove(each.number)
        self._by_number[sanction.number] = sanction
        self.last_number = max(self.last_number, sanction.number)
        place = sanction.kind, sanction.room
        index = self._index.setdefault(place, {})
        for key in _keys(sanction.target):
            index.setdefault(key, []).append(sanction.number)
        if sanction.target.network:
            prefixes = self._prefixes.setdefault(place, {})
            prefix = _prefix(sanction.target.network)
            prefixes[prefix] = prefixes.get(prefix, 0) + 1

    def remove(self, number: int) -> Sanction:
        """Remove a sanction, and return it."""
        sanction = self._by_number.pop(number)
        place = sanction.kind, sanction.room
        index = self._index[place]
        for key in _keys(sanction.target):
            index[key].remove(number)
            if not index[key]:
                del index[key]
        if not index:
            del self._index[place]
        if sanction.target.network:
            prefixes, prefix = self._prefixes[place], _prefix(sanction.target.network)
            prefixes[prefix] -= 1
            if not prefixes[prefix]:
                del prefixes[prefix]
        return sanction

    def find(
        self, kind: SanctionKind, room: RoomName | None, person: Person, time: float
    ) -> Sanction | None:
        """Return the sanction of *person* in a room that ends last, or None.

        *time* is wall time. A room of None is the server.
        """
        place = kind, room
        index = self._index.get(place)
        if index is None:
            return None
        if person.account:
            keys: list[tuple[str, object]] = [("account", person.account)]
        else:
            keys = [("session", person.session), ("token", person.token)]
            if person.network:
                wanted = self._prefixes.get(place, {})
                keys += [("network", each) for each in _within(person.network, wanted)]
        numbers = {number for key in keys for number in index.get(key, ())}
        found = [self._by_number[number] for number in sorted(numbers)]
        valid = [each for each in found if not each.is_over(time)]
        return max(valid, key=_end, default=None)


def _end(sanction: Sanction) -> float:
    return FOREVER if sanction.until is None else sanction.until


FOREVER: Final = float("inf")


def _keys(target: Target) -> list[tuple[str, object]]:
    """Return what identifies a target: each of these alone does."""
    keys: list[tuple[str, object]] = []
    if target.account:
        keys.append(("account", target.account))
    if target.session:
        keys.append(("session", target.session))
    if target.token:
        keys.append(("token", target.token))
    if target.network:
        keys.append(("network", str(ip_network(target.network))))
    return keys


def _prefix(network: str) -> tuple[int, int]:
    parsed = ip_network(network)
    return parsed.version, parsed.prefixlen


def _within(network: str, prefixes: dict[tuple[int, int], int]) -> list[str]:
    """Return the prefixes of the lengths in *prefixes* that contain *network*."""
    try:
        parsed = ip_network(network)
    except ValueError:
        return []  # such as the path of a Unix socket
    return [
        str(parsed.supernet(new_prefix=length))
        for version, length in sorted(prefixes)
        if version == parsed.version and length <= parsed.prefixlen
    ]
