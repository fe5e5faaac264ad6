"""What a typed line means, and the table of commands."""

import re
from difflib import get_close_matches
from typing import Final, NamedTuple

from .display import clean, shorten

MAX_WORD: Final = 32  # columns of a wrong word that are repeated


class Say(NamedTuple):
    """Say *text* in the room."""

    text: str


class Rename(NamedTuple):
    """Be called *name* from now on."""

    name: str


class AskHistory(NamedTuple):
    """Ask for what was said before."""


class AskUsers(NamedTuple):
    """Ask who is here."""


class Explain(NamedTuple):
    """Print help, to oneself alone."""

    text: str


class Leave(NamedTuple):
    """Leave the chat."""


class Hold(NamedTuple):
    """Ask before a line is sent: it may have been meant otherwise."""

    question: str


class Wrong(NamedTuple):
    """A command that does not exist or lacks something. It is never sent."""

    reason: str


class Nothing(NamedTuple):
    """A line of nothing but blanks, if that. It is never sent."""


Wire = Say | Rename | AskHistory | AskUsers
Meaning = Wire | Explain | Leave | Hold | Wrong | Nothing


class Entry(NamedTuple):
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
    Entry("setname", "NAME", ("nick",), "change your name", "/setname Kobzol"),
    Entry("history", "", (), "see what was said before", "/history"),
    Entry("users", "", ("names", "who"), "see who is here", "/users"),
    Entry("help", "[COMMAND]", (), "see this, or more about a command", "/help users"),
    Entry("quit", "", ("exit", "q"), "leave (so does Ctrl-D)", "/quit"),
)

BY_NAME = {name: entry for entry in COMMANDS for name in (entry.name, *entry.aliases)}


def meaning(line: str, *, careful: bool = False) -> Meaning:
    """Tell what a typed line means.

    Only a slash at the very beginning makes a command, as the assignment has it.
    Somebody *careful* is asked first when the slash comes after blanks, and when
    a paste brought more than one line. What was asked about is meant as it is: to
    say it word for word needs no second look at its meaning.
    """
    if not line.strip():
        return Nothing()
    if careful and "\n" in line:
        count = line.count("\n") + 1
        return Hold(f"{count} lines: press Enter again to send them as one message")
    if line.startswith("//"):
        return Say(line[1:])
    if line.startswith("/"):
        return _command(line[1:])
    if careful and line.lstrip().startswith("/"):
        word = _short(line.split(maxsplit=1)[0])
        return Hold(
            f"Did you mean the command {word}? Press Enter again to send it as text"
        )
    return Say(line)


def _command(typed: str) -> Meaning:
    word, *rest = re.split(r"\s", typed, maxsplit=1)
    argument = "".join(rest).strip()
    entry = BY_NAME.get(word.lower())
    if entry is None:
        return Wrong(_unknown(word))
    wants, may_miss = bool(entry.argument), entry.argument.startswith("[")
    if bool(argument) != wants and not (may_miss and not argument):
        return Wrong(f"Usage: {entry.usage} (for example {entry.example})")
    match entry.name:
        case "setname":
            return Rename(argument)
        case "history":
            return AskHistory()
        case "users":
            return AskUsers()
        case "help":
            return _help(argument)
        case _:
            return Leave()


def _short(word: str) -> str:
    return shorten(clean(word), MAX_WORD)


def _unknown(word: str) -> str:
    word = _short(word)
    close = get_close_matches(word.lower(), BY_NAME, n=1)
    hint = f" Did you mean /{close[0]}?" if close else ""
    return f"Unknown command /{word}.{hint} (/help)"


def _help(topic: str) -> Meaning:
    if not topic:
        rows = [f"{entry.usage:16} {entry.about}" for entry in COMMANDS]
        rows.append(f"{'//text':16} say /text")
        rows.append("Everything else is said to all. More: /help COMMAND")
        return Explain("\n".join(rows))
    entry = BY_NAME.get(topic.removeprefix("/").lower())
    if entry is None:
        return Wrong(_unknown(topic.removeprefix("/")))
    also = [f"/{alias}" for alias in entry.aliases]
    rows = [f"{entry.usage}: {entry.about}", f"for example: {entry.example}"]
    if also:
        rows.append(f"also known as: {', '.join(also)}")
    return Explain("\n".join(rows))
