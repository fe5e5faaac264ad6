"""Sign in by the cookie: the gateway adds the key to the hello of a page.

The script cannot read the key, so it cannot send it.
"""

import json
from typing import Final

from .cookies import Credentials

_REPLACED: Final = frozenset({"name", "watch", "account", "password", "key", "device"})


def with_credentials(lines: bytes, key: Credentials) -> bytes:
    """Return the first *lines* of a page, with *key* in the hello if they have one."""
    first, newline, rest = lines.partition(b"\n")
    try:
        line = json.loads(first)
    except (ValueError, RecursionError):
        return lines
    match line:
        case {"type": "hello", "data": dict(data)}:
            hello = {name: data[name] for name in data if name not in _REPLACED}
            line["data"] = hello | key.in_hello
            return json.dumps(line).encode() + newline + rest
        case _:
            return lines
