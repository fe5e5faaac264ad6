"""Reads a new password, from the terminal or from standard input, and hashes it.

It is no argument and no variable, because other users of the machine can read these.
The tool hashes it, not the server: so the password never leaves this process, and the
server's queue of passwords to check does not wait for it.
"""

import sys
from typing import Final

from parlour.system.standard_streams import print_error

from .errors import FAILED, fail

MAX_LINE: Final = 4096  # bytes that are read from a pipe
MAX_TRIES: Final = 3  # to type a password that is long enough, twice

DIFFERENT: Final = "the two passwords are not the same"
NOT_TEXT: Final = "the password is not text in the encoding of the input"


def is_typed() -> bool:
    """Return whether the user types the password on a terminal."""
    return sys.stdin.isatty()


def read_hash() -> str:
    """Return the hash of a new password that the user enters. Exits if it is bad."""
    from parlour.core.checks import Check  # noqa: PLC0415
    from parlour.core.events import ConnectionId, Refused  # noqa: PLC0415
    from parlour.core.sessions.account_commands import (  # noqa: PLC0415
        password_error,
    )
    from parlour.server.password_hashing import strong_checker  # noqa: PLC0415

    password = _typed() if is_typed() else _piped()
    if why := password_error(password):
        fail(why.reason, FAILED)
    checked = strong_checker()(Check(0, ConnectionId(0), new=password))
    if isinstance(checked, Refused):
        fail(checked.reason, FAILED)
    return checked.hash


def _typed() -> str:
    """Return what is typed twice on the terminal, which does not show it."""
    from getpass import getpass  # noqa: PLC0415

    from parlour.core.sessions.account_commands import (  # noqa: PLC0415
        password_error,
    )

    tries = 0
    try:
        while True:
            password = getpass("New password: ")
            why = password_error(password)
            if why is None and getpass("Again: ") == password:
                return password
            reason = DIFFERENT if why is None else why.reason
            tries += 1
            if tries == MAX_TRIES:
                fail(reason, FAILED)
            print_error(f"parlour: {reason}\n")
    except EOFError:
        print_error("\n")
        fail("no password was entered", FAILED)
    except KeyboardInterrupt:
        print_error("\n")
        raise
    except UnicodeDecodeError:
        fail(NOT_TEXT, FAILED)


def _piped() -> str:
    """Return the first line of standard input, without the end of the line."""
    line = sys.stdin.buffer.readline(MAX_LINE)
    if not line:
        fail("there is no password on standard input", FAILED)
    try:
        return line.removesuffix(b"\n").removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        fail(NOT_TEXT, FAILED)
