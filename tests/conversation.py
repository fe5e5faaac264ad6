"""Play a written conversation with anything that serves the protocol.

    romeo connects      romeo connects, and sends nothing yet
    romeo > {...}       romeo sends a line
    romeo >> "..."      romeo sends exactly these bytes, written as a Python string
    romeo < {...}       romeo receives this line next
    romeo finishes      romeo closes its sending side, and still receives
    romeo resets        romeo's connection is reset
    romeo ends          romeo receives the end of the stream next
    romeo closes        romeo finishes, then receives the end of the stream

``$romeo`` stands for romeo's address, and ``#`` begins a comment. A peer connects
where its name first appears. Each peer has an address of its own.

Values that depend on the run have placeholders: ``"TIME"`` for any time, ``VERSION``
in a string for the version of the program, and ``"EPOCH"``, ``"EPOCH-dev"``,
``"DIRECT"`` or ``"KEY"`` for a value that the server chooses, each the same everywhere:
the epoch of the lobby's history, that of another room, the name of a direct room, and
the key of a device.
"""

import ast
import json
import re
from collections.abc import Callable, Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Protocol

from parlour import __version__

CHOSEN = re.compile(r"EPOCH(-\w+)?|DIRECT|KEY(-\w+)?")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
SCRIPTS = Path(__file__).with_name("scripts")


class Peer(Protocol):
    """The client's end of a connection under test."""

    address: str

    def send(self, data: bytes) -> None:
        """Send *data*, in any pieces."""
        ...

    def receive(self) -> bytes:
        """Wait for the next line and return it with its LF; ``b""`` at the end."""
        ...

    def finish(self) -> None:
        """Close the sending side."""
        ...

    def reset(self) -> None:
        """Break the connection."""
        ...


Connect = Callable[[], Peer]


def scripts(group: str) -> list[Path]:
    """Return the conversations in the folder *group*."""
    return sorted((SCRIPTS / group).glob("*.chat"))


def play(
    lines: Iterable[str], connect: Connect, title: str = "", *, may_ping: bool = False
) -> None:
    """Play *lines* with one connection for each name in them.

    With *may_ping*, the server may send pings that are not in *lines*: it does if an
    answer takes long.
    """
    peers: dict[str, Peer] = {}
    placeholders = Placeholders()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, action, *rest = line.split(" ", 2)
        if name not in peers:
            peers[name] = connect()
        argument = rest[0] if rest else ""
        for other, peer in sorted(peers.items(), reverse=True):
            argument = argument.replace(f"${other}", peer.address)
        argument = placeholders.fill(argument)
        where = f"{title}:{number}: {line}"
        peer = peers[name]
        if action == "<":
            expected = json.loads(argument)
            is_ping = expected["type"] == "ping"
            found = _receive(peer, where, skips_pings=may_ping and not is_ping)
            resolved = placeholders.resolve(found, expected)
            assert found == resolved, f"{where}\nreceived {found!r}"
        else:
            _perform(peer, action, argument, where)


class Placeholders:
    """The values of placeholders that only the program under test knows."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def fill(self, text: str) -> str:
        """Return *text* with the version, and with the values that are known."""
        text = text.replace("VERSION", __version__)
        return CHOSEN.sub(lambda found: self._values.get(found[0], found[0]), text)

    def resolve(self, found: object, expected: object) -> object:
        """Return *expected* with the values of *found* in place of placeholders."""
        if isinstance(expected, str) and isinstance(found, str):
            return self._resolve_text(found, expected)
        if isinstance(expected, dict) and isinstance(found, dict):
            return {
                key: self.resolve(found.get(key), value)
                for key, value in expected.items()
            }
        if isinstance(expected, list) and isinstance(found, list):
            pairs = zip_longest(found, expected)
            return [self.resolve(one, other) for one, other in pairs]
        return expected

    def _resolve_text(self, found: str, expected: str) -> str:
        if CHOSEN.fullmatch(expected) and found:
            return self._values.setdefault(expected, found)
        is_time = expected == "TIME" and TIME.fullmatch(found)
        return found if is_time else expected


def _receive(peer: Peer, where: str, *, skips_pings: bool) -> dict[str, object]:
    while True:
        line = peer.receive()
        assert line.endswith(b"\n"), f"{where}\nreceived {line!r}"
        found: dict[str, object] = json.loads(line)
        if not skips_pings or found["type"] != "ping":
            return found


def _perform(peer: Peer, action: str, argument: str, where: str) -> None:
    match action:
        case "connects":
            pass
        case ">":
            peer.send(argument.encode() + b"\n")
        case ">>":
            peer.send(str(ast.literal_eval(argument)).encode("latin-1"))
        case "finishes":
            peer.finish()
        case "resets":
            peer.reset()
        case "ends":
            assert peer.receive() == b"", where
        case "closes":
            peer.finish()
            assert peer.receive() == b"", where
        case _:
            raise ValueError(f"{where}: there is no action {action!r}")
