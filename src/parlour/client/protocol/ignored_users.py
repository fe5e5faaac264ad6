"""The users whose messages this client hides.

The server keeps the list, and drops direct messages. In rooms it sends everybody the
same messages, so that each client hides those of the users that it ignores. The list
ends with the session, so the client sends it again to a server that does not have it.
Names are equal here if they are for the server: but for case or width.
"""

from collections.abc import Iterable
from itertools import islice
from typing import Final

from parlour.core.names.folding import fold_key

MAX_IGNORED: Final = 1_000  # names; a Parlour server allows 200


class IgnoredUsers:
    """The names of the ignored users, as of the last list of the server.

    After a restart of the server, they are as they were, until it has them again.
    """

    def __init__(self) -> None:
        self._keys: frozenset[str] = frozenset()
        self._names: tuple[str, ...] = ()
        self._restored: dict[str, str] = {}  # sent again, and not in a list yet
        self._is_known = True  # the server has sent its list on this connection

    def __contains__(self, name: object) -> bool:
        if not self._keys or not isinstance(name, str):
            return False
        return fold_key(name) in self._keys

    def begin(self) -> bool:
        """Start on a new connection; return whether the server may lack the list."""
        self._is_known = not self._names
        self._restored = {}
        return not self._is_known

    def restore(self) -> tuple[str, ...]:
        """Return the names to send again, once the server would have sent its list."""
        if self._is_known:
            return ()
        self._is_known = True
        self._restored = {fold_key(name): name for name in self._names}
        return self._names

    def replace(self, names: Iterable[str]) -> tuple[str, ...]:
        """Replace the list; return the names in it, up to :data:`MAX_IGNORED`."""
        self._is_known = True
        found = {fold_key(name): name for name in islice(names, MAX_IGNORED)}
        for key in found:
            self._restored.pop(key, None)
        found |= self._restored
        self._names = tuple(sorted(found.values()))
        self._keys = frozenset(found)
        return self._names

    def forget(self, name: str) -> None:
        """Do not restore *name*: the user does not ignore it any more."""
        self._restored.pop(fold_key(name), None)
