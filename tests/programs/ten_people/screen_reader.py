"""Read the messages of each room on a terminal, as a user does."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from .users import TEXT

MESSAGE = re.compile(rf"(?:([#@]\S+) )?([^\s#>]+): ({TEXT})")
DIVIDER = re.compile(r"──── (\S+) ────")
UNREAD = re.compile(r"-- \d+ unread messages? in (\S+):")
RENAMED = re.compile(r"(?:([#@]\S+) )?\[Server\]: (\S+) renamed to (\S+)")
ENDED = re.compile(r"-- You left (\S+)|-- (\S+) is closed for you: .*")


class Shown(NamedTuple):
    """A message on the screen; *stay* counts how often the user had left the room."""

    label: str
    stay: int
    source: str
    text: str


class ShownRename(NamedTuple):
    """A rename on the screen."""

    label: str
    stay: int
    name: str
    to: str


class ScreenReader:
    """The messages and renames on a screen, and the messages shown before their room.

    *current* is the label of the first room. A client that *shows_all* puts the room in
    front of each message. Another one shows the current room; while the user is
    elsewhere, it shows messages for the user alone, and again when the user goes there.
    """

    def __init__(self, current: str, *, shows_all: bool) -> None:
        self.messages: list[Shown] = []
        self.previews: list[Shown] = []
        self.renames: list[ShownRename] = []
        self._current, self._unread = current, ""
        self._shows_all = shows_all
        self.stays = Counter[str]()
        """How often the user has left a room, by its label."""

    def read(self, lines: Iterable[str]) -> None:
        """Read all *lines* of the screen, from the first one."""
        for line in lines:
            if found := DIVIDER.fullmatch(line):
                self._current, self._unread = found[1], ""
            elif found := UNREAD.fullmatch(line):
                self._unread = found[1]
            elif found := ENDED.fullmatch(line):
                self.stays[found[1] or found[2]] += 1
            elif found := RENAMED.fullmatch(line):
                room = self._room(found[1])
                stay = self.stays[room]
                self.renames.append(ShownRename(room, stay, found[2], found[3]))
            elif found := MESSAGE.fullmatch(line):
                self._add(*found.groups())

    def _add(self, label: str | None, source: str, text: str) -> None:
        room = self._room(label)
        shown = Shown(room, self.stays[room], source, text)
        is_preview = bool(label) and not self._shows_all
        (self.previews if is_preview else self.messages).append(shown)

    def _room(self, label: str | None) -> str:
        """Return the label of the room that a row is about."""
        return label or self._unread or self._current
