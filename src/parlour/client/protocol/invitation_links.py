"""Links of invitations: a server, a room and a code.

``parlour://HOST:PORT/ROOM?invite=CODE`` invites to a room, and ``parlours://`` to one
of a server with TLS. Without a room, the code is for making an account. A link of the
page, with ``/r/ROOM``, invites to the same room.
"""

import re
from typing import Final, NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

from parlour.core.default_ports import CHAT_PORT, CHAT_TLS_PORT

from .rooms import folded
from .secret import Secret

SCHEME: Final = "parlour"
TLS_SCHEME: Final = "parlours"
INVITE: Final = "invite"  # the parameter with the code
MAX_LINK: Final = 1_024  # characters
MAX_CODE: Final = 128  # characters
BROKEN: Final = re.compile(r"(/join\s+)((?:parlours?|https?):.*)", re.DOTALL)
PAGE_PATH: Final = re.compile(r"(?:.*/)?r/([^/]+)")
"""The path in a link of the page, which may be served under a prefix."""


class InvitationLink(NamedTuple):
    """A link. *room* is empty if it invites to make an account."""

    host: str
    port: int
    room: str
    code: Secret | None = None
    has_tls: bool = False


def is_link(text: str) -> bool:
    """Return whether *text* looks like a link, and not like the name of a room."""
    return "://" in text


def with_whole_link(line: str) -> str:
    """Return *line* without the blanks in the link after its /join.

    A link that is copied from a terminal has them where it was wrapped.
    """
    found = BROKEN.fullmatch(line)
    return found[1] + "".join(found[2].split()) if found else line


def parse_link(text: str, *, has_tls: bool = False) -> InvitationLink | None:
    """Return the parts of a link, or None if it is none.

    The server *has_tls* in any case, or if the link says so.
    """
    if len(text) > MAX_LINK:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    is_page = parts.scheme in ("http", "https")
    if not parts.hostname or not (is_page or parts.scheme in (SCHEME, TLS_SCHEME)):
        return None
    room = parts.path.strip("/")
    if is_page and (found := PAGE_PATH.fullmatch(room)):
        room = found[1]
    codes = [*parse_qs(parts.query).get(INVITE, ()), *_in_fragment(parts.fragment)]
    if len(codes) > 1 or any(not 0 < len(code) <= MAX_CODE for code in codes):
        return None
    code = Secret(codes[0]) if codes else None
    if "/" in room or not (room or code):
        return None
    has_tls = has_tls or parts.scheme == TLS_SCHEME
    port = port or (CHAT_TLS_PORT if has_tls else CHAT_PORT)
    return InvitationLink(parts.hostname, port, folded(room), code, has_tls)


def _in_fragment(fragment: str) -> list[str]:
    """Return the codes in the fragment of a link, which the page uses."""
    return parse_qs(fragment).get(INVITE, [])


def link_to(address: str, room: str, code: str) -> str:
    """Return the link with a *code*.

    An *address* is a host and a port, with a scheme in front if it is not `SCHEME`.
    """
    place = address if is_link(address) else f"{SCHEME}://{address}"
    return f"{place}/{quote(room)}?{INVITE}={quote(code)}"


def linked_address(address: str, *, has_tls: bool) -> str:
    """Return an *address* for :func:`link_to`."""
    return f"{TLS_SCHEME}://{address}" if has_tls else address
