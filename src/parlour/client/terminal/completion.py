"""What Tab makes of a half typed line. Pure."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final

from parlour.core.events import Joined, Left, Renamed

from ..protocol.display_items import SERVER
from ..protocol.notices import notice
from .commands import COMMANDS
from .safe_text import MAX_COLUMNS, safe_name

MAX_NAMES: Final = 256  # names remembered; those heard longest ago are forgotten

MAX_LISTED: Final = 1_000  # names of those who are here, as the server lists them

_BLANK = re.compile(r"\s")
_LISTED = re.compile(r"(?:[0-9,]+ to [0-9,]+ of )?[0-9,]+ users?: (.+)")


class KnownNames:
    """Who is in the room, and who was heard of. Good for completing only."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}  # heard of, the latest last
        self._here: set[str] = set()  # listed by the server

    def add_from_message(self, source: str, text: str) -> None:
        """Learn from a message, or from the usual notices of a plain server."""
        if source != SERVER:
            self._add(source)
            return
        match notice(text):
            case Joined(_, name):
                self._add(name)
            case Renamed(_, name, to):
                self._forget(name)
                self._add(to)
            case Left(_, name):
                self._forget(name)
            case None:
                if found := _LISTED.fullmatch(text):
                    self.add_present(found[1].split(", ", MAX_LISTED), is_first=False)

    def add_present(self, names: Iterable[str], *, is_first: bool) -> None:
        """Add the names of those who are here; *is_first*: they begin a new list."""
        if is_first:
            self._here.clear()
        room = MAX_LISTED - len(self._here)
        self._here.update(islice(filter(_is_shown_whole, names), max(0, room)))

    def by_recency(self) -> list[str]:
        """Return the names, the one heard last first, and then all who are listed."""
        others = sorted(self._here - self._names.keys(), key=str.casefold)
        return [*reversed(self._names), *others]

    def _forget(self, name: str) -> None:
        self._names.pop(name, None)
        self._here.discard(name)

    def _add(self, name: str) -> None:
        if not _is_shown_whole(name):
            return
        self._names.pop(name, None)
        self._names[name] = None
        if len(self._names) > MAX_NAMES:
            del self._names[next(iter(self._names))]


def _is_shown_whole(name: str) -> bool:
    return bool(name) and name == safe_name(name)


def complete(before: str, names: Iterable[str]) -> list[str]:
    """Return what the text *before* the cursor may become, the best first.

    Commands at the beginning of a line, names everywhere else. A name may have
    blanks: what was begun of one may be the last word, or the last few.
    """
    if before.startswith("/") and not _BLANK.search(before):
        return [f"/{name}" for name in _commands(before[1:])]
    starts = [0, *(blank.end() for blank in _BLANK.finditer(before))]
    if before[: starts[-1]] == "/help ":
        return [f"/help {name}" for name in _commands(before[starts[-1] :])]
    names = list(names)
    return [
        f"{before[:start]}{name}{' ' if start else ': '}"
        for start in starts
        if 0 < len(before) - start <= MAX_COLUMNS
        for name in names
        if name.casefold().startswith(before[start:].casefold())
    ]


class CompletionCycle:
    """Tab after Tab through what a text may become, and round to the text itself."""

    def __init__(self) -> None:
        self._ring: list[str] = []
        self._place = 0

    def advance(self, before: str, names: Iterable[str], *, back: bool = False) -> str:
        """Return what stands *before* the cursor after one more Tab or Shift-Tab."""
        if not self._ring or self._ring[self._place] != before:
            self._ring, self._place = [before, *complete(before, names)], 0
        self._place = (self._place + (-1 if back else 1)) % len(self._ring)
        return self._ring[self._place]


def _commands(prefix: str) -> list[str]:
    """Return the commands that begin so; an alias only when it was begun itself."""
    found = [entry for entry in COMMANDS if entry.name.startswith(prefix)]
    names = [entry.name + (" " if entry.argument else "") for entry in found]
    for entry in COMMANDS:
        end = " " if entry.argument else ""
        names += [f"{a}{end}" for a in entry.aliases if prefix and a.startswith(prefix)]
    return names
