"""A state as plain values, to compare those of several nodes.

It shares nothing with `State.snapshot`, which could forget something. Only that has
the order of mappings where they have one.
"""

from collections.abc import Mapping
from typing import Any, Final

from parlour.core.state.state import State

LOCAL: Final = {"_number", "_users", "_pages", "_stored", "said"}
"""Attributes that are no part of the state: functions, caches and records."""
UNORDERED: Final = {"shown"}
"""Tuples whose order means nothing."""

Dump = object


def dump(state: State) -> Dump:
    """Return everything that *state* holds."""
    return _dump(state)


def _dump(value: object) -> Dump:
    if isinstance(value, Mapping):
        items = [(_dump(key), _dump(each)) for key, each in value.items()]
        return sorted(items, key=lambda item: repr(item[0]))
    if isinstance(value, list | tuple):
        return [_dump(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    if value is None or isinstance(value, str | int | float | bytes):
        return value
    return [
        (name, _dump(sorted(each) if name in UNORDERED else each))
        for name, each in _attributes(value)
        if name not in LOCAL
    ]


def _attributes(value: object) -> list[tuple[str, Any]]:
    slots = [
        name
        for kind in type(value).__mro__
        for name in getattr(kind, "__slots__", ())
        if hasattr(value, name)
    ]
    return [*((name, getattr(value, name)) for name in sorted(slots)), *_dict(value)]


def _dict(value: object) -> list[tuple[str, Any]]:
    return sorted(getattr(value, "__dict__", {}).items())


def differences(one: Dump, two: Dump, path: str = "") -> list[str]:
    """Return where two dumps differ."""
    if (
        isinstance(one, list | tuple)
        and isinstance(two, list | tuple)
        and len(one) == len(two)
    ):
        here = f"{path}{one[0]}/" if isinstance(one, tuple) else path
        return [
            found
            for each, other in zip(one, two, strict=True)
            for found in differences(each, other, here)
        ]
    return [] if one == two else [f"{path}: {one!r:.200} and {two!r:.200}"]
