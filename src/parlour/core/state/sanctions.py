"""Sanctions: who must not speak, or must not be here, and until when."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from ipaddress import ip_network
from typing import Final, NamedTuple

from ..entries import SanctionKind, Target
from ..events import AccountNumber, RoomName, Value
from ..order_rules import closed_sanctions, replaced_sanctions
from ..storage import Sanction

FOREVER: Final = float("inf")
NEVER: Final = float("-inf")


class Person(Value, frozen=True, gc=False):
    """What is known of somebody who may have a sanction; the fields as in `Target`."""

    account: int
    session: int
    token: str
    network: str


def is_target(target: Target, person: Person) -> bool:
    """Return whether a sanction of *target* holds for *person*.

    A client that signs in is still the one that it was as a guest. A sanction of a
    network spares those who have signed in.
    """
    if target.account and target.account == person.account:
        return True
    if target.session and target.session == person.session:
        return True
    if target.token and target.token == person.token:
        return True
    return not person.account and is_within(person.network, target.network)


def is_within(network: str, wanted: str) -> bool:
    """Return whether *network* is in the network *wanted*; both may be empty."""
    if not network or not wanted:
        return False
    one, other = _parse(network), _parse(wanted)
    if one is None or other is None:
        return network == wanted
    is_narrower = one.version == other.version and other.length <= one.length
    return is_narrower and one.within(other.length) == other


class Sanctions:
    """The sanctions by number, and by kind and place.

    Those that have ended remain until there are too many.
    """

    def __init__(self) -> None:
        self._by_number: dict[int, Sanction] = {}
        self._mutes: _Places = {}
        self._bans: _Places = {}
        self.last_number = 0

    def __len__(self) -> int:
        return len(self._by_number)

    def __iter__(self) -> Iterator[Sanction]:
        return iter(self._by_number.values())

    def get(self, number: int) -> Sanction | None:
        """Return the sanction with this number, or None."""
        return self._by_number.get(number)

    def has_mutes(self, room: RoomName, time: float) -> bool:
        """Return whether anybody is muted in a room, or anywhere, at a wall time.

        This is asked for every run of messages.
        """
        if not self._mutes:
            return False
        here, anywhere = self._mutes.get(room), self._mutes.get(None)
        return (here is not None and time < here.end) or (
            anywhere is not None and time < anywhere.end
        )

    def _of_kind(self, kind: SanctionKind) -> "_Places":
        return self._mutes if kind is SanctionKind.MUTE else self._bans

    @property
    def rooms(self) -> set[RoomName]:
        """The rooms in which there are any."""
        places = self._mutes.keys() | self._bans.keys()
        return {each for each in places if each is not None}

    def reach(
        self, bound: int, places: Collection[RoomName | None], time: float
    ) -> bool:
        """Return whether there are *bound* in *places* that have not ended."""
        kinds = self._mutes, self._bans
        found = [
            kind[each].sanctions for kind in kinds for each in places if each in kind
        ]
        if sum(map(len, found)) < bound:
            return False
        valid = (not each.is_over(time) for place in found for each in place.values())
        return sum(valid) >= bound

    def add(self, sanction: Sanction) -> None:
        """Add a sanction, in place of those that have ended if there are too many."""
        self._remove(replaced_sanctions(self._by_number.values(), sanction.since))
        self._by_number[sanction.number] = sanction
        self.last_number = max(self.last_number, sanction.number)
        places = self._of_kind(sanction.kind)
        places.setdefault(sanction.room, _Place()).add(sanction)

    def remove(self, number: int) -> Sanction:
        """Remove a sanction, and return it."""
        sanction = self._by_number[number]
        self._remove([sanction])
        return sanction

    def forget_room(self, name: RoomName) -> None:
        """Remove the sanctions in a room that no longer exists."""
        if name in self._mutes or name in self._bans:
            self._remove(each for each in self if each.room == name)

    def close_room(self, room: RoomName, owner: AccountNumber) -> None:
        """Remove the sanctions that end with a room of *owner*, who closes it."""
        if room in self._mutes or room in self._bans:
            self._remove(closed_sanctions(self._by_number.values(), room, owner))

    def forget_account(self, number: AccountNumber) -> None:
        """Remove the sanctions of an account that no longer exists."""
        self._remove(each for each in self if each.target.account == number)

    def _remove(self, sanctions: Iterable[Sanction]) -> None:
        """Remove *sanctions*, and the places in which there are no others."""
        removed: dict[tuple[SanctionKind, RoomName | None], list[Sanction]] = {}
        for each in sanctions:
            removed.setdefault((each.kind, each.room), []).append(each)
        for (kind, room), found in removed.items():
            for each in found:
                del self._by_number[each.number]
            places = self._of_kind(kind)
            places[room].remove(found)
            if not places[room].sanctions:
                del places[room]

    def find(
        self, kind: SanctionKind, room: RoomName | None, person: Person, time: float
    ) -> Sanction | None:
        """Return the sanction of *person* in a room that ends last, or None.

        *time* is wall time. A room of None is the server.
        """
        place = self._of_kind(kind).get(room)
        if place is None or time >= place.end:
            return None
        return place.find(person, time)

    def of(self, person: Person, time: float) -> list[Sanction]:
        """Return the sanctions of *person*, by number: in each place the last."""
        places = (*self._mutes.values(), *self._bans.values())
        found = [place.find(person, time) for place in places]
        return sorted(
            (each for each in found if each is not None), key=lambda each: each.number
        )


class _Place:
    """The sanctions of one kind in one room, or on the server.

    *end* is the wall time at which the last of them ends.
    """

    __slots__ = ("_index", "_prefixes", "end", "sanctions")

    def __init__(self) -> None:
        self.sanctions: dict[int, Sanction] = {}
        self.end = NEVER
        self._index: dict[tuple[str, object], list[int]] = {}
        self._prefixes = Counter[tuple[int, int]]()  # lengths of networks, by version

    def add(self, sanction: Sanction) -> None:
        self.sanctions[sanction.number] = sanction
        self.end = max(self.end, _end(sanction))
        for key in _keys(sanction.target):
            self._index.setdefault(key, []).append(sanction.number)
        if network := _parse(sanction.target.network):
            self._prefixes[network.version, network.length] += 1

    def remove(self, sanctions: list[Sanction]) -> None:
        for each in sanctions:
            del self.sanctions[each.number]
            for key in _keys(each.target):
                self._index[key].remove(each.number)
                if not self._index[key]:
                    del self._index[key]
            if network := _parse(each.target.network):
                prefix = network.version, network.length
                self._prefixes[prefix] -= 1
                if not self._prefixes[prefix]:
                    del self._prefixes[prefix]
        self.end = max(map(_end, self.sanctions.values()), default=NEVER)

    def find(self, person: Person, time: float) -> Sanction | None:
        """Return the sanction of *person* that ends last, and is not over, or None."""
        keys: list[tuple[str, object]] = [
            ("session", person.session),
            ("token", person.token),
        ]
        if person.account:
            keys.append(("account", person.account))
        elif person.network:
            keys += self._networks_around(person.network)
        numbers = {number for key in keys for number in self._index.get(key, ())}
        found = [self.sanctions[number] for number in sorted(numbers)]
        valid = [each for each in found if not each.is_over(time)]
        return max(valid, key=_end, default=None)

    def _networks_around(self, network: str) -> list[tuple[str, object]]:
        """Return the keys of the networks that contain *network*, if they have one."""
        parsed = _parse(network)
        if parsed is None:
            return [("network", network)]
        return [
            ("network", parsed.within(length))
            for version, length in self._prefixes
            if version == parsed.version and length <= parsed.length
        ]


_Places = dict[RoomName | None, _Place]
"""By room; None is the server."""


def _end(sanction: Sanction) -> float:
    return FOREVER if sanction.until is None else sanction.until


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
        keys.append(("network", _parse(target.network) or target.network))
    return keys


class _Network(NamedTuple):
    """A network of addresses: the first *length* of the *bits* of its *address*."""

    version: int
    bits: int
    address: int
    length: int

    def within(self, length: int) -> "_Network":
        """Return the network with a prefix of *length* that contains this one."""
        shift = self.bits - length
        return self._replace(address=self.address >> shift << shift, length=length)


@lru_cache(maxsize=4096)  # many look-ups are for the same few networks
def _parse(network: str) -> _Network | None:
    """Return the network of addresses called *network*; None if it is none.

    Such as the path of a Unix socket, which is a network of its own.
    """
    try:
        parsed = ip_network(network, strict=False)
    except ValueError:
        return None
    address, length = int(parsed.network_address), parsed.prefixlen
    return _Network(parsed.version, parsed.max_prefixlen, address, length)
