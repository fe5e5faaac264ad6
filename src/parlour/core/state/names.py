"""The names that are taken, and the sessions that have them."""

from ..events import SessionId
from ..names.conflicts import conflict_keys


class Names:
    """The owner of each conflict key. No two sessions share a key.

    The keys of a chosen name are computed by its proposer and stand in the entry, since
    nodes may have different tables of Unicode. Those of an address are ASCII.
    """

    def __init__(self) -> None:
        self._owners: dict[str, SessionId] = {}
        self._keys: dict[SessionId, tuple[str, ...]] = {}

    def is_free(self, session: SessionId, keys: tuple[str, ...]) -> bool:
        """Return whether *session* could have the name with these *keys*."""
        owners = self._owners
        return all(owners.get(key, session) == session for key in keys)

    def owner(self, keys: tuple[str, ...]) -> SessionId | None:
        """Return the session that has one of *keys*, or None."""
        for key in keys:
            if key in self._owners:
                return self._owners[key]
        return None

    def keys(self, session: SessionId) -> tuple[str, ...]:
        """Return the keys of the name of *session*."""
        return self._keys[session]

    def claim(self, session: SessionId, keys: tuple[str, ...]) -> bool:
        """Give the name with *keys* to *session* in place of its own, if it is free."""
        if not self.is_free(session, keys):
            return False
        self.release(session)
        self._owners.update(dict.fromkeys(keys, session))
        self._keys[session] = keys
        return True

    def claim_address(self, session: SessionId, address: str) -> str:
        """Return *address*, with the first free suffix if it is taken; claim it."""
        name, count = address, 1
        while not self.claim(session, name_keys(name)):
            count += 1
            name = f"{address}#{count}"
        return name

    def release(self, session: SessionId) -> None:
        """Free the name of *session*, if it has one."""
        for key in self._keys.pop(session, ()):
            self._owners.pop(key, None)  # an entry may repeat a key


def name_keys(name: str) -> tuple[str, ...]:
    """Return the conflict keys of *name*, in a fixed order."""
    return tuple(sorted(conflict_keys(name)))
