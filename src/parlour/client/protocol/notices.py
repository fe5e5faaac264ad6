"""The notices of a plain server, which are text: what they mean.

The plain dialect has no codes. A Parlour server words its notices as
`core.protocol.plain` does, and most other servers likewise; a test compares the texts
here with those of the server.
"""

import re
from typing import Final

from parlour.core.events import LOBBY, SERVER, Joined, Left, Renamed

from .display_items import ChatMessage

_JOINED: Final = re.compile(r"(.+) has entered the chat")
_LEFT: Final = re.compile(r"(.+) has left the chat")
_RENAMED: Final = re.compile(r"(.+) renamed to ((?:(?! renamed to ).)++)")
"""The last part has none of these words: any text is matched in linear time."""

_FINAL_REJECTIONS: Final = ("this port is for TLS",)
"""The beginnings of notices with which a port rejects every connection."""

_REJECTIONS: Final = (
    *("the server is full", "too many connections", "your address has"),
    *("the server is shutting down", "connections from your address must"),
    *_FINAL_REJECTIONS,
)
"""Those with which a Parlour server rejects a connection."""

_HELLO_REFUSED: Final = '"hello" '


def notice(text: str) -> Joined | Left | Renamed | None:
    """Return the event that the *text* of a server reports, or None for other texts."""
    if found := _JOINED.fullmatch(text):
        return Joined(LOBBY, found[1])
    if found := _LEFT.fullmatch(text):
        return Left(LOBBY, found[1], "")
    if found := _RENAMED.fullmatch(text):
        return Renamed(LOBBY, found[1], found[2])
    return None


def is_join(message: ChatMessage) -> bool:
    """Return whether *message* is the notice that somebody has joined."""
    return message.source == SERVER and _JOINED.fullmatch(message.text) is not None


def rejects_connection(message: ChatMessage) -> bool:
    """Return whether a Parlour server rejects the connection with *message*."""
    return message.source == SERVER and message.text.startswith(_REJECTIONS)


def rejects_for_good(reason: str) -> bool:
    """Return whether connecting again after this *reason* of a rejection is useless."""
    return reason.startswith(_FINAL_REJECTIONS)


def refuses_hello(message: ChatMessage) -> bool:
    """Return whether a Parlour server refuses hello because it was late."""
    return message.source == SERVER and message.text.startswith(_HELLO_REFUSED)
