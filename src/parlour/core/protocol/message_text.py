"""Validation of the text of a message."""

from typing import Final

from ..events import Refused

PRIVATE_COMMANDS: Final = frozenset(
    {"/login", "/register", "/passwd", "/msg", "/query", "/w"}
)
"""What users type to sign in, or to write to one user: not for the whole room."""


def is_valid_text(text: str, max_bytes: int) -> bool:
    """Return whether a message may have this *text*.

    It must not be blank, must not contain NUL, and has at most *max_bytes* in UTF-8.
    """
    return (
        not text.isspace()
        and "\0" not in text
        and 0 < len(text) <= max_bytes
        # A character has at most four bytes, so that most texts need no encoding.
        and (len(text) * 4 <= max_bytes or len(text.encode()) <= max_bytes)
    )


def text_error(text: str, max_bytes: int, message_id: str = "") -> Refused:
    """Return the reason why an invalid *text* is refused."""
    if not text or text.isspace():
        return Refused("empty_message", "an empty message is not sent", message_id)
    if "\0" in text:
        return Refused("bad_text", "a message has no NUL character in it", message_id)
    size = len(text.encode())
    reason = f"that message has {size:,} bytes; {max_bytes:,} are the most"
    return Refused("message_too_long", reason, message_id)


def is_private_command(text: str) -> bool:
    """Return whether *text* begins with one of `PRIVATE_COMMANDS`.

    A user who types one into a client that does not know it would tell everybody a
    password, or what is for one user.
    """
    word, *_ = text.split(maxsplit=1)
    return word.lower() in PRIVATE_COMMANDS


def private_command_error(text: str) -> Refused:
    """Return the reason why a private command is refused. It repeats no argument."""
    word, *_ = text.split(maxsplit=1)
    reason = (
        f"a line that begins with {word.lower()} is not sent: everybody would read it"
    )
    return Refused("private_command", reason)
