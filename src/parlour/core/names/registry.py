"""The registry of names that are taken, and the sessions that have them."""

from ..events import SessionId
from .conflicts import conflict_keys


class NameRegistry:
    """The name of each session; no two names share a conflict key."""

    def __init__(self) -> None:
        self._owners: dict[str, SessionId] = {}  # by conflict key
        self._names: dict[SessionId, str] = {}

    def __getitem__(self, session: SessionId) -> str:
        return self._names[session]

    def claim(self, session: SessionId, name: str) -> bool:
        """Give *name* to *session* in place of its old one, unless it is taken."""
        keys = conflict_keys(name)
        if any(self._owners.get(key, session) != session for key in keys):
            return False
        self.release(session)
        self._owners.update(dict.fromkeys(keys, session))
        self._names[session] = name
        return True

    def claim_address(self, session: SessionId, address: str) -> None:
        """Name *session* after its *address*, with a suffix if that is taken."""
        name, count = address, 1
        while not self.claim(session, name):
            count += 1
            name = f"{address}#{count}"

    def transfer(self, old: SessionId, new: SessionId) -> None:
        """Give the name of *old* to *new*, in place of its own."""
        name = self._names[old]
        self.release(old)
        self.claim(new, name)

    def release(self, session: SessionId) -> None:
        """Free the name of *session*, if it has one."""
        name = self._names.pop(session, None)
        if name is not None:
            for key in conflict_keys(name):
                del self._owners[key]
