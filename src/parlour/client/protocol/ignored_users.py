"""The users whose messages this client hides.

The server keeps the list, and drops direct messages. In rooms it sends everybody the
same messages, so that each client hides those of the users that it ignores.
"""

from collections.abc import Iterable
from typing import Final

MAX_IGNORED: Final = 1_000  # names; a Parlour server allows 200


class IgnoredUsers:
    """The names of the ignored users, as of the last list of the server."""

    def __init__(self) -> None:
        self._keys: frozenset[str] = frozenset()

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.casefold() in self._keys

    def replace(self, names: Iterable[str]) -> tuple[str, ...]:
        """Replace the list; return the names in it, up to :data:`MAX_IGNORED`."""
        kept = tuple(names)[:MAX_IGNORED]
        self._keys = frozenset(name.casefold() for name in kept)
        return kept
