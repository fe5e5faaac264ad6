"""The base of all events, commands, entries and queries."""

from typing import Self

import msgspec
from msgspec.structs import replace


class Value(msgspec.Struct, frozen=True, gc=False):
    """An immutable value: an event, a command, a draft or a query."""

    def replace(self, **changes: object) -> Self:
        """Return a copy with *changes*."""
        return replace(self, **changes)
