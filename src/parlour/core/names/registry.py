"""The names that are taken."""

from ..events import SessionId
from .validation import keys


class NameRegistry:
    """The names that are taken, each by one session."""

    def __init__(self) -> None:
        self._taken: dict[str, SessionId] = {}
        self._names: dict[SessionId, str] = {}

    def __getitem__(self, session: SessionId) -> str:
        return self._names[session]

    def take(self, session: SessionId, name: str) -> bool:
        """Give *name* to *session* in place of its old one, unless another has it."""
        wanted = keys(name)
        if any(self._taken.get(key, session) != session for key in wanted):
            return False
        self.release(session)
        self._taken.update(dict.fromkeys(wanted, session))
        self._names[session] = name
        return True

    def take_address(self, session: SessionId, address: str) -> None:
        """Name *session* after its *address*, with a suffix if that is taken."""
        name, count = address, 1
        while not self.take(session, name):
            count += 1
            name = f"{address}#{count}"

    def move(self, old: SessionId, new: SessionId) -> None:
        """Give the name of *old* to *new*, in place of its own."""
        name = self._names[old]
        self.release(old)
        self.take(new, name)

    def release(self, session: SessionId) -> None:
        """Free the name of *session*, if it has one."""
        name = self._names.pop(session, None)
        if name is not None:
            for key in keys(name):
                del self._taken[key]
