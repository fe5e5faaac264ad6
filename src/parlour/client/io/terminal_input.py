"""Ask something on the terminal of the program, before the chat begins."""

import os
import termios
from contextlib import suppress
from typing import Final

from ..protocol.secret import Secret

TERMINAL: Final = "/dev/tty"
MAX_TYPED: Final = 4_096  # bytes of a line, the limit of terminals
AGAIN: Final = "Please type yes or no: "


class NoTerminal(Exception):  # noqa: N818  (named for the condition)
    """The program has no terminal."""


def ask_secret(question: str) -> Secret:
    """Return the line that the user types on the terminal, which is not shown.

    The standard input is not read: it may be a file. Raises :class:`NoTerminal`.
    """
    return Secret(_ask(question, shows=False).rstrip("\r\n"))


def ask_yes(question: str) -> bool | None:
    """Return whether the user answers yes, or None if there is no terminal.

    Asks again after an answer that is neither yes nor no; the end of the input is no.
    """
    try:
        while typed := _ask(question, shows=True):
            match typed.strip().lower():
                case "y" | "yes":
                    return True
                case "n" | "no":
                    return False
            question = AGAIN
    except NoTerminal:
        return None
    return False


def _ask(question: str, *, shows: bool) -> str:
    """Return the line that is typed, and is seen meanwhile if the terminal *shows* it.

    It has its line feed, and is "" at the end of the input. Raises :class:`NoTerminal`.
    """
    try:
        terminal = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        raise NoTerminal from None
    try:
        before = termios.tcgetattr(terminal)
        asking = termios.tcgetattr(terminal)
        asking[0] |= termios.ICRNL
        echo = termios.ECHO if shows else 0
        asking[3] = (asking[3] | termios.ICANON) & ~termios.ECHO | echo
        try:
            termios.tcsetattr(terminal, termios.TCSANOW, asking)
            os.write(terminal, question.encode())
            typed = os.read(terminal, MAX_TYPED)
        finally:
            with suppress(termios.error):  # the terminal is closed
                termios.tcsetattr(terminal, termios.TCSANOW, before)
            if not shows:
                with suppress(OSError):
                    os.write(terminal, b"\n")
    except termios.error:
        raise NoTerminal from None
    finally:
        os.close(terminal)
    return typed.decode("utf-8", "surrogateescape")
