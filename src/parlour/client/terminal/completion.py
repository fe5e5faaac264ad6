"""Tab completion of commands, rooms and names. Pure."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Final, NamedTuple

from parlour.core.events import SERVER, Joined, Left, Renamed

from ..protocol.notices import notice
from ..protocol.rooms import SIGIL
from .attention import BellMode
from .command_help import MODERATION_PAGE
from .command_table import (
    ALL_COMMANDS,
    ALL_ROOMS,
    BY_NAME,
    ON_SERVER,
    PRIVATE_OPTION,
    SERVER_OPTION,
)
from .order_commands import ROOM_ROLES, SERVER_ROLES
from .safe_text import MAX_COLUMNS, safe_name

MAX_NAMES: Final = 256  # names from messages; the least recent ones are dropped

MAX_LISTED: Final = 1_000  # names of present users, from the server's list

MENTION: Final = "@"
"""What may come before the name of a user to whom a message is addressed."""

_BLANK = re.compile(r"\s")
_USER_LIST = re.compile(
    r"(?:[0-9,]{1,9} to [0-9,]{1,9} of )?([0-9][0-9,]{0,8}) users?: (.+)"
)


class KnownNames:
    """The names that Tab completes: of present users, and from messages and notices."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}  # from messages, the most recent one last
        self._present: set[str] = set()  # from the server's list
        self.user_count = 0
        """The users who are present; 0 if the server did not list them."""

    def add_from_message(self, source: str, text: str) -> None:
        """Add the source of a message, or the names in a plain server's notice."""
        if source != SERVER:
            self._add(source)
            return
        match notice(text):
            case Joined(_, name):
                self._add(name)
                self.user_count += bool(self.user_count)
            case Renamed(_, name, to):
                self._remove(name)
                self._add(to)
            case Left(_, name):
                self._remove(name)
                self.user_count = max(0, self.user_count - 1)
            case None:
                if found := _USER_LIST.fullmatch(text):
                    self.add_present(found[2].split(", ", MAX_LISTED), is_first=False)
                    self.user_count = int(found[1].replace(",", ""))

    def add_present(self, names: Iterable[str], *, is_first: bool) -> None:
        """Add the names of present users; *is_first* begins a new list."""
        names = list(names)
        if is_first:
            self._present.clear()
            self.user_count = 0
        self.user_count += len(names)
        room = MAX_LISTED - len(self._present)
        self._present.update(islice(filter(_is_completable, names), max(0, room)))

    def by_recency(self) -> list[str]:
        """Return the names, the most recent one first, then the other present users."""
        others = sorted(self._present - self._names.keys(), key=str.casefold)
        return [*reversed(self._names), *others]

    def _remove(self, name: str) -> None:
        self._names.pop(name, None)
        self._present.discard(name)

    def _add(self, name: str) -> None:
        if not _is_completable(name):
            return
        self._names.pop(name, None)
        self._names[name] = None
        if len(self._names) > MAX_NAMES:
            del self._names[next(iter(self._names))]


class Completions(NamedTuple):
    """The names that Tab completes, in the order in which it offers them."""

    people: tuple[str, ...] = ()  # of the current room, the last speaker first
    joined: tuple[str, ...] = ()  # the labels of the rooms that the client is in
    open: tuple[str, ...] = ()  # the labels of rooms of the server


def _is_completable(name: str) -> bool:
    """Return whether *name* is displayed unchanged, so that it can be typed."""
    return bool(name) and name == safe_name(name)


def complete(before: str, known: Completions) -> list[str]:
    """Return the completions of the text *before* the cursor, the best one first.

    They are commands at the beginning of a line, rooms or people after a command that
    takes them, and names everywhere else.
    """
    if before.startswith("/"):
        if not _BLANK.search(before):
            return [f"/{name}" for name in _commands(before[1:])]
        if found := _arguments(before, known):
            return found
    return _names(before, known.people)


def _arguments(before: str, known: Completions) -> list[str]:
    """Return the completions of the argument of a command."""
    word, argument = _BLANK.split(before[1:], maxsplit=1)
    entry = BY_NAME.get(word.lower())
    if entry is None:
        return []
    match entry.name:
        case "help":
            found = [
                *_commands(argument),
                *_starting_with(argument, (MODERATION_PAGE,)),
            ]
        case "join" if argument and PRIVATE_OPTION.startswith(argument):
            found = [f"{PRIVATE_OPTION} "]
        case "close":
            found = _rooms(argument, (r for r in known.joined if r.startswith(SIGIL)))
        case "join" | "rooms":
            ordinary = [label for label in known.joined if label.startswith(SIGIL)]
            found = _rooms(argument, [*known.open, *ordinary])
        case "leave" | "room":
            found = _rooms(argument, known.joined)
        case "msg" | "ignore" | "unignore" | "erase":
            end = " " if entry.name == "msg" else ""
            found = [f"{name}{end}" for name in _people(argument, known.people)]
        case "kick":
            found = [f"{name} " for name in _people(argument, known.people)]
        case name if name in ON_SERVER:
            found = _on_server(name, argument, known.people)
        case "bell":
            found = _starting_with(argument, (mode.value for mode in BellMode))
        case "search" if argument:
            found = _starting_with(argument, (f"{ALL_ROOMS} ",))
        case _:
            found = []
    head = before[: len(before) - len(argument)]
    return [f"{head}{each}" for each in found]


def _on_server(name: str, argument: str, people: Iterable[str]) -> list[str]:
    """Return the completions of the argument of a command with ``--server``."""
    if argument and SERVER_OPTION.startswith(argument):
        return [f"{SERVER_OPTION} "]
    option, blank, rest = argument.partition(" ")
    is_everywhere = bool(blank) and option == SERVER_OPTION
    head = f"{option} " if is_everywhere else ""
    typed = rest if is_everywhere else argument
    if name in ("bans", "audit"):
        return []
    if name == "role" and (_BLANK.search(typed)):
        named, role = typed[: (at := typed.rindex(" ") + 1)], typed[at:]
        roles = SERVER_ROLES if is_everywhere else ROOM_ROLES
        return [f"{head}{named}{each}" for each in _starting_with(role, roles)]
    end = "" if name.startswith("un") else " "
    return [f"{head}{each}{end}" for each in _people(typed, people)]


def _starting_with(prefix: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(prefix.lower())]


def _rooms(prefix: str, labels: Iterable[str]) -> list[str]:
    """Return the rooms that begin with *prefix*, with or without their sign."""
    prefix, found = prefix.casefold(), dict[str, None]()
    for label in labels:
        name = label.removeprefix(SIGIL)
        if label.casefold().startswith(prefix):
            found[label if prefix else name] = None
        elif label[1:].casefold().startswith(prefix):
            found[name] = None
    return list(found)


def _people(prefix: str, people: Iterable[str]) -> list[str]:
    """Return the names that begin with *prefix*, quoted if they contain blanks."""
    prefix = prefix.removeprefix('"').casefold()
    names = [name for name in people if prefix and name.casefold().startswith(prefix)]
    return [f'"{name}"' if _BLANK.search(name) else name for name in names]


def _names(before: str, people: Iterable[str]) -> list[str]:
    """Return the completions of a name at the end of *before*, also after an ``@``.

    Since a name may contain blanks, the last word or the last few words are completed.
    """
    names = list(people)
    return _ending_in(before, names, "") or _ending_in(before, names, MENTION)


def _ending_in(before: str, names: list[str], sign: str) -> list[str]:
    """Return *before* with each of *names* that fits its end, which begins with *sign*.

    A name without a sign addresses a user at the beginning of a line.
    """
    starts = [0, *(blank.end() for blank in _BLANK.finditer(before))]
    return [
        f"{before[:start]}{sign}{name}{' ' if start or sign else ': '}"
        for start in starts
        if before.startswith(sign, start) and 0 < len(before) - start <= MAX_COLUMNS
        for name in names
        if name.casefold().startswith(before[start + len(sign) :].casefold())
    ]


class CompletionCycle:
    """The completions that repeated Tabs go through, and the typed text itself."""

    def __init__(self) -> None:
        self._ring: list[str] = []
        self._position = 0

    def advance(self, before: str, known: Completions, *, back: bool = False) -> str:
        """Return the text *before* the cursor after one more Tab or Shift-Tab."""
        if not self._ring or self._ring[self._position] != before:
            self._ring, self._position = [before, *complete(before, known)], 0
        self._position = (self._position + (-1 if back else 1)) % len(self._ring)
        return self._ring[self._position]


def _commands(prefix: str) -> list[str]:
    """Return the commands that begin with *prefix*; aliases too, if it is not empty."""
    found = [entry for entry in ALL_COMMANDS if entry.name.startswith(prefix)]
    names = [entry.name + (" " if entry.argument else "") for entry in found]
    for entry in ALL_COMMANDS:
        end = " " if entry.argument else ""
        names += [f"{a}{end}" for a in entry.aliases if prefix and a.startswith(prefix)]
    return names
