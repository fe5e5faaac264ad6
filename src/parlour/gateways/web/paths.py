"""The addresses of rooms and messages. `static/rooms.js` has the same rules.

The lobby's are ``/`` and ``/m/N``, as before there were other rooms.
"""

import re
from typing import Final
from urllib.parse import quote, urlencode

from parlour.core.events import LOBBY, RoomName

SAY_PATH: Final = "/say"
"""The path to which pages without scripts send messages."""

SIGN_IN_PATH: Final = "/sign-in"
REGISTER_PATH: Final = "/register"
SIGN_OUT_PATH: Final = "/sign-out"
ACCOUNT_PATH: Final = "/account"
PASSWORD_PATH: Final = "/account/password"  # noqa: S105 -- an address
REVOKE_PATH: Final = "/account/revoke"
ORDER_PATH: Final = "/order"
"""The page that keeps order in the lobby; all forms that keep order are sent to it."""
SERVER_ORDER_PATH: Final = "/server/order"
AUDIT_PATH: Final = "/audit"
"""The page with the audit log of the lobby."""
SERVER_AUDIT_PATH: Final = "/server/audit"
ENTER_PATH: Final = "/enter"
"""The path by which accounts enter rooms to which they are invited, without scripts."""
READ_PATH: Final = "/read"
"""The path by which they mark rooms as read, without scripts."""

ACCOUNT_PAGES: Final = frozenset({SIGN_IN_PATH, REGISTER_PATH, SIGN_OUT_PATH})
"""The pages with a form that is sent to their own address."""
ACCOUNT_FORMS: Final = ACCOUNT_PAGES | {PASSWORD_PATH, REVOKE_PATH}
"""The addresses to which forms about accounts are sent."""
FORM_PATHS: Final = ACCOUNT_FORMS | {SAY_PATH, ORDER_PATH, ENTER_PATH, READ_PATH}

MAX_RETURN: Final = 1000  # characters of an address to return to
_LOCAL: Final = re.compile(r"/(?!/)[!-\[\]-~]*")  # without blanks and backslashes


def room_path(room: RoomName) -> str:
    """Return the path of *room*."""
    return "/" if room == LOBBY else f"/r/{quote(room, safe='')}"


def invited_path(room: RoomName, code: str) -> str:
    """Return the address of *room* with the code of an invitation, if there is one."""
    query = f"?{urlencode({'invite': code})}" if code else ""
    return f"{room_path(room)}{query}"


def link_with(code: str, room: RoomName | None) -> str:
    """Return the path of the link with a *code*: to *room*, or to make an account.

    `static/invitations.js` makes the same.
    """
    path = f"/r/{quote(room, safe='')}" if room is not None else REGISTER_PATH
    return f"{path}?{urlencode({'invite': code})}"


def named_room_path(room: RoomName, name: str) -> str:
    """Return the address of *room* whose form has the name filled in."""
    return f"{room_path(room)}?{urlencode({'name': name})}"


def message_path(room: RoomName, sequence: int | str) -> str:
    """Return the path of a message in *room*."""
    return f"/m/{sequence}" if room == LOBBY else f"{room_path(room)}/m/{sequence}"


def older_path(room: RoomName, before: int) -> str:
    """Return the address of the messages in *room* before a sequence."""
    return f"{room_path(room)}?before={before}"


def order_path(room: RoomName | None, done: str = "") -> str:
    """Return the address that keeps order in a room, or on the whole server.

    After a form, *done* is what it asked for.
    """
    path = SERVER_ORDER_PATH if room is None else f"{room_path(room)}/order"
    path = ORDER_PATH if room == LOBBY else path
    return f"{path}?{urlencode({'done': done})}" if done else path


def audit_path(room: RoomName | None, before: int | None = None) -> str:
    """Return the address of the acts in a room, or anywhere, before a number."""
    path = SERVER_AUDIT_PATH if room is None else f"{room_path(room)}/audit"
    path = AUDIT_PATH if room == LOBBY else path
    return path if before is None else f"{path}?{urlencode({'before': before})}"


def search_path(rooms: list[RoomName], words: str, before: int) -> str:
    """Return the address of the messages with *words* before a sequence."""
    query = {"q": words, "before": str(before)}
    if rooms != [LOBBY]:
        query["room"] = " ".join(rooms)
    return f"/search?{urlencode(query)}"


def rooms_path(after: RoomName) -> str:
    """Return the address of the list of rooms that continues after a name."""
    return f"/rooms?{urlencode({'after': after})}"


def return_path(address: str) -> str:
    """Return *address* if a person may return there after signing in, else ``/``.

    It must be on this site, and no page to which forms are sent.
    """
    is_local = len(address) <= MAX_RETURN and _LOCAL.fullmatch(address)
    is_form = re.split("[?#]", address)[0] in FORM_PATHS - {ORDER_PATH}
    return address if is_local and not is_form else "/"


def sign_in_path(address: str = "/", name: str = "") -> str:
    """Return the address of the page to sign in, which leads back to *address*."""
    return _entry_path(SIGN_IN_PATH, address, name)


def register_path(address: str = "/") -> str:
    """Return the address of the page to register, which leads back to *address*."""
    return _entry_path(REGISTER_PATH, address, "")


def _entry_path(path: str, address: str, name: str) -> str:
    query = {} if address == "/" else {"next": address}
    query |= {"name": name} if name else {}
    return f"{path}?{urlencode(query)}" if query else path
