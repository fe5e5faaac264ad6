"""Other protocols, recognised by the shape of a line.

A browser, a TLS or SSH client, or a scanner may connect to the chat's port. None of
what it sends is to be taken for chat: a page of a foreign site could otherwise have a
browser send an HTTP request whose body is a line of this protocol.
"""

import re
from typing import Final

from ..events import Bye

TLS: Final = b"\x16\x03"  # a handshake record of any version (RFC 8446, section 5.1)
SSH: Final = b"SSH-"  # RFC 4253, section 4.2
_TOKEN: Final = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2
_METHOD: Final = re.compile(rb"[A-Z]{3,}")
_HTTP_VERSION: Final = re.compile(rb"HTTP/[0-9](\.[0-9]+)?", re.IGNORECASE)
_VERSION: Final = re.compile(rb"[A-Za-z]{2,}/[0-9](\.[0-9]+)?")


def not_a_chat_client(speaks: str) -> Bye:
    """Return what is said to a peer that speaks another protocol."""
    reason = f"this is a chat server; it speaks JSON lines, not {speaks}"
    return Bye("not_a_chat_client", reason)


def foreign_line(line: bytes, *, is_first: bool) -> str:
    """Return what a peer speaks if *line*, a whole one, is of another protocol.

    The answer is ``""`` for one that may be a chat client's. A request line is known
    by its shape (RFC 9112, section 3): a token, a target, a protocol with its version.
    Other signs count on the *first* line that is not blank alone: see `foreign_start`.
    """
    words = line.split()
    if len(words) > 1 and (
        _VERSION.fullmatch(words[0])
        or _HTTP_VERSION.fullmatch(words[-1])  # whatever the method is said to be
        or (_TOKEN.fullmatch(words[0]) and _VERSION.fullmatch(words[-1]))
    ):
        return "HTTP"
    return foreign_start(line) if is_first else ""


def foreign_start(start: bytes) -> str:
    """Return what a peer speaks if *start*, its first bytes, tells that already."""
    if start.startswith(TLS):
        return "TLS"
    if start.lstrip().startswith(SSH):
        return "SSH"
    if b"\0" in start:
        return "binary data"
    words = start.split(maxsplit=2)
    if len(words) > 1 and _METHOD.fullmatch(words[0]):
        is_target = words[1].startswith((b"/", b"*")) or b"://" in words[1]
        return "HTTP" if is_target else ""
    return ""
