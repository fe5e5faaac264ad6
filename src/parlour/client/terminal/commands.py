"""What a typed line means, and the table of commands."""

import re
import unicodedata
from difflib import get_close_matches
from typing import Final, NamedTuple

from ..protocol.requests import AskHistory, AskUsers, Rename, Request, Say, Search
from .safe_text import make_safe, shorten

MAX_WORD: Final = 32  # columns of a wrong word that are repeated
OTHER_SLASHES: Final = (
    "\\\uff0f\u29f8\u2215"  # what is typed for a slash, as by an input method
)
MAX_ASKED: Final = 1_000  # messages at a time; a server gives no more

_HISTORY = re.compile(r"([0-9,]{1,7})?\s*(?:before\s+([0-9,]{1,20}))?")
_STUCK = re.compile(r"[^a-z]*([a-z]+)[^a-z0-9]*([0-9]{0,4})(?:[^a-z0-9].*)?")


class ShowHelp(NamedTuple):
    """Print help, to oneself alone."""

    text: str


class Leave(NamedTuple):
    """Leave the chat."""


class Confirm(NamedTuple):
    """Ask before a line is sent: it may have been meant otherwise."""

    question: str


class InvalidCommand(NamedTuple):
    """A command that does not exist or lacks something. It is never sent."""

    reason: str


class EmptyLine(NamedTuple):
    """A line of nothing but blanks, if that. It is never sent."""


Command = Request | ShowHelp | Leave | InvalidCommand | EmptyLine
ParsedLine = Command | Confirm


class CommandHelp(NamedTuple):
    """One row of the table: a command as people know it."""

    name: str
    argument: str  # as in its usage; in [brackets] if it may be missing
    aliases: tuple[str, ...]
    about: str
    example: str

    @property
    def usage(self) -> str:
        """How the command is typed."""
        return f"/{self.name} {self.argument}".rstrip()


COMMANDS = (
    CommandHelp("setname", "NAME", ("nick",), "change your name", "/setname Kobzol"),
    CommandHelp(
        "history",
        "[N] [before NUMBER]",
        (),
        "see what was said before",
        "/history 20 before 4292",
    ),
    CommandHelp(
        "search", "WORDS", ("find",), "see who said that before", "/search balcony"
    ),
    CommandHelp("users", "", ("names", "who"), "see who is here", "/users"),
    CommandHelp(
        "help", "[COMMAND]", (), "see this, or more about a command", "/help users"
    ),
    CommandHelp("quit", "", ("exit", "q"), "leave (so does Ctrl-D)", "/quit"),
)

BY_NAME = {name: entry for entry in COMMANDS for name in (entry.name, *entry.aliases)}


def parse_line(line: str, *, careful: bool = False) -> ParsedLine:
    """Tell what a typed line means.

    Only a slash at the very beginning makes a command, as the assignment has it.
    Somebody *careful* is asked first when the slash comes after blanks, and when
    a paste brought more than one line. What was asked about is meant as it is: to
    say it word for word needs no second look at its meaning.
    """
    if not line.strip():
        return EmptyLine()
    if careful and "\n" in line:
        count = line.count("\n") + 1
        return Confirm(f"{count} lines: press Enter again to send them as one message")
    if line.startswith("//"):
        return Say(line[1:])
    if line.startswith("/"):
        return _command(line[1:])
    if careful and (word := _almost_command(line.split(maxsplit=1)[0], line)):
        return Confirm(
            f"Did you mean the command {word}? Press Enter again to send it as text"
        )
    return Say(line)


def _almost_command(word: str, line: str) -> str:
    """Return the command that the first *word* of a *line* may stand for, or nothing.

    It may come after blanks, or after another slash than the one that makes it one.
    """
    if line.lstrip().startswith("/"):
        return _short(word)
    name = word[1:].lower()
    return f"/{name}" if word[0] in OTHER_SLASHES and name in BY_NAME else ""


def _command(typed: str) -> ParsedLine:
    word, *rest = re.split(r"\s", typed, maxsplit=1)
    argument = "".join(rest).strip()
    entry = BY_NAME.get(word.lower())
    if entry is None:
        return InvalidCommand(_unknown(word, argument))
    wants, may_miss = bool(entry.argument), entry.argument.startswith("[")
    if bool(argument) != wants and not (may_miss and not argument):
        return _misused(entry)
    match entry.name:
        case "setname":
            return Rename(argument)
        case "history":
            return _history(entry, argument)
        case "search":
            return Search(argument)
        case "users":
            return AskUsers()
        case "help":
            return _help(argument)
        case _:
            return Leave()


def _history(entry: CommandHelp, argument: str) -> ParsedLine:
    found = _HISTORY.fullmatch(argument)
    if found is None:
        return _misused(entry)
    limit, before = (
        int(digits) if (digits := (number or "").replace(",", "")) else None
        for number in found.groups()
    )
    if limit is not None and not 1 <= limit <= MAX_ASKED:
        return InvalidCommand(f"One can ask for 1 to {MAX_ASKED:,} messages at a time")
    return AskHistory(limit, before)


def _misused(entry: CommandHelp) -> InvalidCommand:
    shown = f" (for example {entry.example})" if entry.argument else ""
    return InvalidCommand(f"Usage: {entry.usage}{shown}")


def _short(word: str) -> str:
    return shorten(make_safe(word), MAX_WORD)


def _unknown(word: str, argument: str = "") -> str:
    meant = _meant(word or argument.partition(" ")[0])
    hint = f" Did you mean /{meant}?" if meant else ""
    return f"Unknown command /{_short(word)}.{hint} (/help)"


def _meant(word: str) -> str:
    """Return the command that *word* may be a slip for, or nothing.

    What sticks to the command is left out, but for a number.
    """
    word = unicodedata.normalize("NFKC", word[:MAX_WORD]).casefold()
    stuck = _STUCK.fullmatch(word)
    if stuck is not None and stuck[1] in BY_NAME:
        is_number = bool(stuck[2]) and BY_NAME[stuck[1]].name == "history"
        return f"{stuck[1]} {stuck[2]}" if is_number else stuck[1]
    begun = {entry.name for entry in COMMANDS if entry.name.startswith(word)}
    close = get_close_matches(word, BY_NAME, n=1)
    found = begun if word and len(begun) == 1 else close
    return next(iter(found), "")


def _help(topic: str) -> ParsedLine:
    if not topic:
        rows = [f"{entry.usage}: {entry.about}" for entry in COMMANDS]
        rows.append("//text: say /text")
        rows.append("Everything else is said to all. More: /help COMMAND")
        return ShowHelp("\n".join(rows))
    entry = BY_NAME.get(topic.removeprefix("/").lower())
    if entry is None:
        return InvalidCommand(_unknown(topic.removeprefix("/")))
    also = [f"/{alias}" for alias in entry.aliases]
    rows = [f"{entry.usage}: {entry.about}"]
    if entry.argument:
        rows.append(f"for example: {entry.example}")
    if also:
        rows.append(f"also known as: {', '.join(also)}")
    return ShowHelp("\n".join(rows))
