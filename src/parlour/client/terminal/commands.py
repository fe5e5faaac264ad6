"""Parse typed lines: what each line means.

The module has more than 300 lines, since it has a case for each command.
"""

import re
from typing import Final, NamedTuple

from parlour.core.events import LOBBY
from parlour.markup import ACTION

from ..protocol.invitation_links import is_link, parse_link, with_whole_link
from ..protocol.local_commands import (
    ClearScreen,
    Highlight,
    LocalCommand,
    SetBell,
    ShowIgnored,
    ShowLast,
    ShowRooms,
    ShowTopic,
    ShowWhole,
    SwitchRoom,
)
from ..protocol.requests import (
    AskHistory,
    AskRooms,
    AskUsers,
    Direct,
    Ignore,
    Join,
    LeaveRoom,
    Rename,
    Request,
    Say,
    Search,
    SetTopic,
    Unignore,
)
from ..protocol.rooms import folded
from .account_commands import (
    PasswordCommand,
    parse_account_command,
    secret_mistake,
)
from .attention import BellMode
from .command_help import MODERATION_PAGE, help_about, help_list, help_moderation
from .command_table import (
    ALL_ROOMS,
    BY_NAME,
    MODERATION,
    PRIVATE_OPTION,
    CommandHelp,
)
from .order_commands import parse_order_command
from .similar_commands import printable, unknown
from .typed_names import LACKS_QUOTE, lacks_quote, split_name, unquoted

OTHER_SLASHES: Final = "\\\uff0f\u29f8\u2215"  # typed instead, as by an input method
MAX_REQUESTED: Final = 1_000  # messages in one /history, the server's own limit

BELL_MODES: Final = {"", *(mode.value for mode in BellMode)}
DEFAULT_LAST: Final = 20  # messages that /last shows
MAX_DIGITS: Final = 18  # of a number

END_OF_OPTIONS: Final = "--"
"""The argument of /search after which an option is a word to search for."""
NO_TOPIC: Final = '""'
"""The argument of /topic that removes the topic."""

_HISTORY = re.compile(r"([0-9,]{1,7})?\s*(?:before\s+([0-9,]{1,20}))?")


class ShowHelp(NamedTuple):
    """Show help; nothing is sent."""

    text: str


class Leave(NamedTuple):
    """Leave the chat."""


class LeaveOther(NamedTuple):
    """Leave the room that the user means by *target*: its name or its number."""

    target: str


class Confirm(NamedTuple):
    """Ask for confirmation before a line is sent, since it may be a mistake."""

    question: str


class InvalidCommand(NamedTuple):
    """An unknown or incomplete command. It is never sent."""

    reason: str


class EmptyLine(NamedTuple):
    """An empty or blank line. It is never sent."""


Command = (
    PasswordCommand
    | Request
    | LocalCommand
    | ShowHelp
    | Leave
    | LeaveOther
    | InvalidCommand
    | EmptyLine
)
ParsedLine = Command | Confirm


def parse_line(line: str, *, confirm: bool = False, room: str = LOBBY) -> ParsedLine:
    """Return what a line typed in *room* means.

    As the assignment asks, only a slash at the very beginning makes a command. With
    *confirm*, a slash after blanks and several lines in one paste need confirmation.
    A confirmed line is sent as text, without being parsed again.
    """
    if not line.strip():
        return EmptyLine()
    line = with_whole_link(line)
    if reason := secret_mistake(line):
        return InvalidCommand(reason)
    if confirm and "\n" in line:
        count = line.count("\n") + 1
        return Confirm(f"{count} lines: press Enter again to send them as one message")
    if line.startswith("//"):
        return Say(line[1:], room)
    if line.startswith("/"):
        return _parse_command(line[1:], room)
    if confirm and (word := _almost_command(line.split(maxsplit=1)[0], line)):
        return Confirm(
            f"Did you mean the command {word}? Press Enter again to send it as text"
        )
    return Say(line, room)


def _almost_command(word: str, line: str) -> str:
    """Return the command that the first *word* of a *line* may mean, or "".

    The word may follow blanks, or begin with another character than the slash.
    """
    if line.lstrip().startswith("/"):
        return printable(word)
    name = word[1:].lower()
    return f"/{name}" if word[0] in OTHER_SLASHES and name in BY_NAME else ""


def _parse_command(typed: str, room: str) -> ParsedLine:
    word, *rest = re.split(r"\s", typed, maxsplit=1)
    argument = "".join(rest).strip()
    entry = BY_NAME.get(word.lower())
    if entry is None:
        return InvalidCommand(unknown(word, argument))
    if argument and not entry.argument:
        return _usage_error(entry)
    if not argument and not entry.is_optional:
        return _usage_error(entry)
    match entry.name:
        case "setname":
            return Rename(argument)
        case "history":
            return _parse_history(entry, argument, room)
        case "search":
            return _parse_search(entry, argument, room)
        case "users":
            return AskUsers(room)
        case "help":
            return _parse_help(argument)
        case "quit":
            return Leave()
        case "login" | "register" | "passwd" | "devices" | "revoke" | "logout":
            found = parse_account_command(entry.name, argument)
            return _usage_error(entry) if found is None else found
        case _ if entry in MODERATION:
            order = parse_order_command(entry.name, argument, room)
            return _usage_error(entry, order) if isinstance(order, str) else order
        case _:
            return _parse_room_command(entry, argument, room)


def _parse_room_command(entry: CommandHelp, argument: str, room: str) -> ParsedLine:
    match entry.name, argument:
        case "join", _:
            return _parse_join(entry, argument)
        case "leave", _:
            return LeaveOther(argument) if argument else LeaveRoom(room)
        case "room", "":
            return ShowRooms()
        case "room", _:
            return SwitchRoom(argument)
        case "rooms", _:
            return AskRooms(folded(argument))
        case "topic", "":
            return ShowTopic(room)
        case "topic", _:
            return SetTopic(room, "" if argument == NO_TOPIC else argument)
        case "msg", _:
            return _parse_message(entry, argument)
        case "ignore", "":
            return ShowIgnored()
        case "ignore", _:
            return Ignore(unquoted(argument))
        case "unignore", _:
            return Unignore(unquoted(argument))
        case _:
            return _parse_screen_command(entry, argument, room)


def _parse_screen_command(entry: CommandHelp, argument: str, room: str) -> ParsedLine:
    match entry.name:
        case "me":
            return Say(f"{ACTION}{argument}", room)
        case "clear":
            return ClearScreen()
        case "last" | "show":
            return _parse_number(entry, argument, room)
        case "highlight":
            return Highlight(argument)
        case "bell" if argument.lower() in BELL_MODES:
            return SetBell(argument.lower())
        case "bell":
            return _usage_error(entry)
        case _:
            raise AssertionError(entry.name)


def _parse_number(entry: CommandHelp, argument: str, room: str) -> ParsedLine:
    digits = argument.replace(",", "")
    if not argument and entry.name == "last":
        return ShowLast(DEFAULT_LAST, room)
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > MAX_DIGITS:
        return _usage_error(entry)
    number = int(digits)
    if entry.name == "show":
        return ShowWhole(number, room)
    return ShowLast(number, room) if number else _usage_error(entry)


def _parse_join(entry: CommandHelp, argument: str) -> ParsedLine:
    option, *rest = argument.split(maxsplit=1)
    is_private = option == PRIVATE_OPTION
    if is_private:
        argument = "".join(rest)
    elif option.startswith("--"):
        return _usage_error(entry, f"Unknown option {printable(option)}. ")
    if is_link(argument):
        link = parse_link(argument)
        if link is None or not link.room:
            return InvalidCommand("That is not the link of a room")
        return Join(link.room, invite=link.code)
    if re.search(r"\s", argument):
        reason = f"The name of a room is one word (for example {entry.example})"
        return InvalidCommand(reason)
    if not folded(argument):
        return _usage_error(entry)
    return Join(folded(argument), is_private)


def _parse_search(entry: CommandHelp, argument: str, room: str) -> ParsedLine:
    first, *rest = argument.split(maxsplit=1)
    words = "".join(rest)
    if not first.startswith("--") or first.startswith("---"):
        return Search(argument, room)
    if first not in {ALL_ROOMS, END_OF_OPTIONS}:
        return _usage_error(entry, f"Unknown option {printable(first)}. ")
    if not words:
        return _usage_error(entry)
    return Search(words, None if first == ALL_ROOMS else room)


def _parse_message(entry: CommandHelp, argument: str) -> ParsedLine:
    """Return a direct message. A name that contains blanks is quoted."""
    if lacks_quote(argument):
        return _usage_error(entry, LACKS_QUOTE)
    found = split_name(argument)
    return _usage_error(entry) if found is None else Direct(*found)


def _parse_history(entry: CommandHelp, argument: str, room: str) -> ParsedLine:
    found = _HISTORY.fullmatch(argument)
    if found is None:
        return _usage_error(entry)
    limit, before = (
        int(digits) if (digits := (number or "").replace(",", "")) else None
        for number in found.groups()
    )
    if limit is not None and not 1 <= limit <= MAX_REQUESTED:
        reason = f"You can request 1 to {MAX_REQUESTED:,} messages at a time"
        return InvalidCommand(reason)
    return AskHistory(limit, before, room)


def _usage_error(entry: CommandHelp, reason: str = "") -> InvalidCommand:
    shown = f" (for example {entry.example})" if entry.argument else ""
    return InvalidCommand(f"{reason}Usage: {entry.usage}{shown}")


def _parse_help(topic: str) -> ParsedLine:
    if not topic:
        return ShowHelp(help_list())
    if topic.lower() == MODERATION_PAGE:
        return ShowHelp(help_moderation())
    entry = BY_NAME.get(topic.removeprefix("/").lower())
    if entry is None:
        return InvalidCommand(unknown(topic.removeprefix("/")))
    return ShowHelp(help_about(entry))
