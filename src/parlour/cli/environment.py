"""Environment variables that set options, and those that are ignored."""

import os
from collections.abc import Collection
from difflib import get_close_matches
from typing import Final

PREFIX: Final = "PARLOUR_"
MAX_NAMED: Final = 8  # ignored variables that are named; the others are counted
MIN_SIMILARITY: Final = 0.75  # of a misspelled name and the right one, from 0 to 1

SERVICE_URLS: Final = ("tcp://", "udp://", "sctp://")
"""Prefixes of values that Kubernetes and Docker set for a service called parlour."""


def ignore_unknown(known: Collection[str]) -> str:
    """Remove the variables with the prefix that a link set, or that are not *known*.

    Returns their names in one line, or "" if there are none.
    """
    options = {name.removeprefix(PREFIX) for name in known}
    misspelled, foreign = [], []
    for name, value in sorted(os.environ.items()):
        if not name.startswith(PREFIX) or not value:
            continue
        if name in known and not _is_link(name, value):
            continue
        del os.environ[name]
        option = name.removeprefix(PREFIX)
        similar = get_close_matches(option, options, 1, MIN_SIMILARITY)
        if name in known:
            foreign.append(f"{name} (set for a link to a service)")
        elif similar:
            misspelled.append(
                f"{_printable(name)} (did you mean {PREFIX}{similar[0]}?)"
            )
        else:
            foreign.append(_printable(name))
    return _in_a_line(misspelled + foreign)


def _is_link(name: str, value: str) -> bool:
    """Return whether a container link set the variable.

    The value of an alias begins with a slash, which no nickname does.
    """
    is_alias = name == f"{PREFIX}NAME" and value.startswith("/")
    return is_alias or value.startswith(SERVICE_URLS)


def _in_a_line(ignored: list[str]) -> str:
    more = len(ignored) - MAX_NAMED
    named = ", ".join(ignored[:MAX_NAMED])
    return f"{named} and {more} more" if more > 0 else named


def _printable(name: str) -> str:
    return name if name.isprintable() else ascii(name)[1:-1]
