"""Parse the commands about accounts, and recognise lines that may hold a secret."""

import re
from typing import Final, NamedTuple

from ..protocol.invitation_links import INVITE, with_whole_link
from ..protocol.requests import AccountRequest, AskDevices, Logout, RevokeDevice
from .command_table import BY_NAME, SECRET_COMMANDS
from .similar_commands import similar_command

NEVER_TYPED: Final = (
    "A password is never part of a command, since others could read it: type {} and "
    "Enter, and the password when you are asked for it"
)
OTHER_CHATS: Final = frozenset({"auth", "id", "identify", "nickserv", "ns", "oper"})
"""Commands with passwords in other chats; some resemble commands of this one."""

QUOTE_NAME: Final = '. A name of several words is quoted: /login "Jan Novak"'
MAX_DIGITS: Final = 9  # of the number of a device

_SLASHES: Final = "/\\\uff0f\u29f8\u2215"  # typed as a slash, as by an input method
_INVITE: Final = re.compile(rf"\b{INVITE}=", re.IGNORECASE)
_NAME: Final = re.compile(r'"[^"]+"|[^\s"]*')


class StartLogin(NamedTuple):
    """Sign in to *account*; "" for the name that the user has or wants."""

    account: str


class StartRegister(NamedTuple):
    """Make an account of the name that the user has."""


class StartPasswordChange(NamedTuple):
    """Change the password of the account."""


PasswordCommand = StartLogin | StartRegister | StartPasswordChange
"""Commands after which the client asks for a password."""


def parse_account_command(
    name: str, argument: str
) -> PasswordCommand | AccountRequest | None:
    """Return what the command *name* means; None if its argument is wrong."""
    match name:
        case "login":
            return StartLogin(argument.strip('"'))
        case "register":
            return StartRegister()
        case "passwd":
            return StartPasswordChange()
        case "devices":
            return AskDevices()
        case "logout":
            return Logout()
        case _:
            is_number = argument.isascii() and argument.isdecimal()
            if not is_number or len(argument) > MAX_DIGITS:
                return None
            return RevokeDevice(int(argument))


def secret_mistake(line: str) -> str:
    """Return why *line* must not be used if it contains a password, or "".

    That is so if blanks are around the slash, or if it is another slash, too.
    """
    word, argument = _words(line)
    if word not in SECRET_COMMANDS or not argument:
        return ""
    if word != "login":
        return NEVER_TYPED.format(f"/{word}")
    if _NAME.fullmatch(argument):
        return ""
    return NEVER_TYPED.format("/login NAME") + QUOTE_NAME


def may_hold_secret(line: str) -> bool:
    """Return whether *line* is not to be remembered, since a password may be in it.

    That is so for a mistyped command, for one that resembles none, such as those of
    other chats, and for the code of an invitation, too.
    """
    if _INVITE.search(with_whole_link(line)):
        return True
    word, argument = _words(line)
    if not word:
        return False
    if word in BY_NAME or not argument:
        return word in SECRET_COMMANDS
    meant = similar_command(word).partition(" ")[0]
    return not meant or meant in SECRET_COMMANDS or word in OTHER_CHATS


def without_secret(line: str) -> str:
    """Return *line* as it may be shown."""
    if not secret_mistake(line) and (_words(line)[0] in BY_NAME):
        return _INVITE.split(with_whole_link(line))[0]
    if not may_hold_secret(line):
        return line
    return f"{line.split(maxsplit=1)[0]} …"


def _words(line: str) -> tuple[str, str]:
    """Return the command of *line* in lower case and its argument, "" if it has none.

    Blanks may follow the slash. A line that begins with two slashes is a message.
    """
    text = line.strip()
    if not text or text[0] not in _SLASHES or line.startswith("//"):
        return "", ""
    word, *rest = [*text[1:].split(maxsplit=1), ""][:2]
    return word.lower(), "".join(rest)
