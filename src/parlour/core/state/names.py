"""The names that are taken, and the people who have them."""

from ..events import PersonId
from ..names.conflicts import conflict_keys
from ..names.validation import GUEST


class Names:
    """The owner of each conflict key. No two people share a key.

    The keys of a chosen name are computed by its proposer and stand in the entry, since
    nodes may have different tables of Unicode. Those of names that nobody chooses are
    ASCII. *last_guest* is the number of the last guest that was named by one.
    """

    def __init__(self) -> None:
        self._owners: dict[str, PersonId] = {}
        self._keys: dict[PersonId, tuple[str, ...]] = {}
        self.last_guest = 0

    def is_free(self, person: PersonId, keys: tuple[str, ...]) -> bool:
        """Return whether *person* could have the name with these *keys*."""
        owners = self._owners
        return all(owners.get(key, person) == person for key in keys)

    def owner(self, keys: tuple[str, ...]) -> PersonId | None:
        """Return the person who has one of *keys*, or None."""
        for key in keys:
            if key in self._owners:
                return self._owners[key]
        return None

    def keys(self, person: PersonId) -> tuple[str, ...]:
        """Return the keys of the name of *person*."""
        return self._keys[person]

    def claim(self, person: PersonId, keys: tuple[str, ...]) -> bool:
        """Give the name with *keys* to *person* in place of its own, if it is free."""
        if not self.is_free(person, keys):
            return False
        self.release(person)
        self._owners.update(dict.fromkeys(keys, person))
        self._keys[person] = keys
        return True

    def claim_unchosen(self, person: PersonId, address: str) -> str:
        """Return the name of somebody who has chosen none, or cannot have it; claim it.

        It is *address*, with the first free suffix if it is taken. If that is empty, it
        is the next number of a guest: no two guests have the same one after each other.
        """
        if not address:
            return self._claim_number(person)
        name, count = address, 1
        while not self.claim(person, name_keys(name)):
            count += 1
            name = f"{address}#{count}"
        return name

    def _claim_number(self, person: PersonId) -> str:
        while True:
            self.last_guest += 1
            name = f"{GUEST}{self.last_guest}"
            if self.claim(person, name_keys(name)):
                return name

    def release(self, person: PersonId) -> None:
        """Free the name of *person*, if it has one."""
        for key in self._keys.pop(person, ()):
            self._owners.pop(key, None)  # an entry may repeat a key


def name_keys(name: str) -> tuple[str, ...]:
    """Return the conflict keys of *name*, in a fixed order."""
    return tuple(sorted(conflict_keys(name)))
