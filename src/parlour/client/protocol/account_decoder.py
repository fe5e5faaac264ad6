"""The events about accounts: parameters of the wire to events, within bounds. Pure."""

import json
from itertools import islice
from typing import Final

from .secret import Secret
from .server_events import Account, Device, Devices
from .wire_values import MAX_LINE, get_name, get_text, is_count

MAX_ROLE: Final = 32  # characters
MAX_KEY: Final = 256  # characters of a key; a Parlour server sends 43
MAX_LABEL: Final = 256  # characters of the label of a device; a server allows 64
MAX_DEVICES: Final = 100  # in a list; a Parlour server allows 20


def account_event(kind: str, data: dict[str, object]) -> Account | Devices | None:
    """Return an event about an account, or None."""
    match kind, data:
        case "account", _ if name := get_name(data, "name"):
            key = get_text(data, "key")
            is_key = 0 < len(key) <= MAX_KEY
            role = get_text(data, "role")[:MAX_ROLE]
            return Account(name, role, Secret(key) if is_key else None)
        case "devices", {"devices": [*found]}:
            devices = (each for each in map(_device, found) if each is not None)
            return Devices(tuple(islice(devices, MAX_DEVICES)))
        case _:
            return None


def _device(found: object) -> Device | None:
    match found:
        case {"device": int(number), **more} if is_count(number):
            data = {str(key): value for key, value in more.items()}
            sessions = data.get("sessions")
            return Device(
                number,
                get_text(data, "label")[:MAX_LABEL],
                get_text(data, "added")[:MAX_LABEL],
                is_current=data.get("current") is True,
                sessions=sessions if is_count(sessions) else 0,
            )
        case _:
            return None


def without_key(line: bytes) -> bytes:
    """Return *line* without the key of a device, so that it can be shown.

    It is empty if it cannot be decoded, or is longer than `MAX_LINE`.
    """
    if len(line) > MAX_LINE:
        return b""
    try:
        found: object = json.loads(line)
    except (ValueError, RecursionError):
        return b""
    match found:
        case {"data": {"key": _, **others}, **more}:
            return json.dumps({**more, "data": others}).encode()
        case _:
            return line
