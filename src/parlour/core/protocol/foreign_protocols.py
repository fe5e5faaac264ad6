"""Recognition of other protocols by the shape of a line.

A browser, a TLS or SSH client or a scanner may connect to the chat's port. The server
must not process their input as chat: otherwise a page of a foreign site could make a
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


def foreign_client_bye(protocol: str) -> Bye:
    """Return the last event for a peer that uses another *protocol*."""
    reason = f"this is a chat server; it speaks JSON lines, not {protocol}"
    return Bye("not_a_chat_client", reason)


def detect_foreign_line(line: bytes, *, is_first: bool) -> str:
    """Return the name of the other protocol to which a complete *line* belongs.

    Return ``""`` if a chat client may have sent it. The shape of an HTTP request or
    status line (RFC 9112, sections 3 and 4) is recognised on every line, the signs of
    `detect_foreign_start` only on the *first* line that is not blank.
    """
    words = line.split()
    if len(words) > 1 and (
        _VERSION.fullmatch(words[0])
        or _HTTP_VERSION.fullmatch(words[-1])  # with any method, even an invalid one
        or (_TOKEN.fullmatch(words[0]) and _VERSION.fullmatch(words[-1]))
    ):
        return "HTTP"
    return detect_foreign_start(line) if is_first else ""


def detect_foreign_start(start: bytes) -> str:
    """Return the name of the other protocol to which a peer's first bytes belong.

    Return ``""`` if a chat client may have sent them.
    """
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
