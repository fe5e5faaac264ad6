"""Play a written conversation against anything that serves the protocol.

    romeo connects      romeo is there and says nothing yet
    romeo > {...}       romeo sends a line
    romeo >> "..."      romeo sends just these bytes, written as a Python string
    romeo < {...}       the next line romeo receives is this
    romeo finishes      romeo will send no more, and goes on listening
    romeo resets        romeo's connection breaks
    romeo ends          the server ends the connection, and nothing came before
    romeo closes        romeo finishes, and ends

``$romeo`` stands for romeo's address, and ``#`` begins a comment. A peer connects
where its name appears first. Each peer has an address of its own.

What nobody can know before is written as a word: ``"TIME"`` stands for any time, and
``"EPOCH"`` for the epoch of the history, which is the same wherever it stands.
``VERSION`` in a string is that of the program.
"""

import ast
import json
import re
from collections.abc import Callable, Iterable
from itertools import zip_longest
from pathlib import Path
from typing import Protocol

from parlour import __version__

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
SCRIPTS = Path(__file__).with_name("scripts")


class Peer(Protocol):
    """One end of a connection under test."""

    address: str

    def send(self, data: bytes) -> None:
        """Send *data*, in whatever pieces."""
        ...

    def receive(self) -> bytes:
        """Wait for the next line and return it with its LF; ``b""`` at the end."""
        ...

    def finish(self) -> None:
        """Send no more."""
        ...

    def reset(self) -> None:
        """Break the connection."""
        ...


Connect = Callable[[], Peer]


def scripts(dialect: str) -> list[Path]:
    """Return the conversations in *dialect*."""
    return sorted((SCRIPTS / dialect).glob("*.chat"))


def play(lines: Iterable[str], connect: Connect, title: str = "") -> None:
    """Play *lines*, opening a connection for each name that they mention."""
    cast: dict[str, Peer] = {}
    unknown = Unknown()
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, act, *said = line.split(" ", 2)
        if name not in cast:
            cast[name] = connect()
        words = said[0] if said else ""
        for other, peer in sorted(cast.items(), reverse=True):
            words = words.replace(f"${other}", peer.address)
        words = unknown.told(words)
        _act(cast[name], act, words, f"{title}:{number}: {line}", unknown)


class Unknown:
    """What only the program knows: times, versions, the epoch of a history."""

    def __init__(self) -> None:
        self._epoch = ""

    def told(self, words: str) -> str:
        """Return what is sent: with the epoch that was heard before."""
        words = words.replace("VERSION", __version__)
        return words.replace("EPOCH", self._epoch) if self._epoch else words

    def heard(self, found: object, expected: object) -> object:
        """Return *expected* with what was *found* where nobody can know it."""
        if expected == "EPOCH" and isinstance(found, str) and found:
            self._epoch = found
            return found
        if expected == "TIME" and isinstance(found, str) and TIME.fullmatch(found):
            return found
        if isinstance(expected, dict) and isinstance(found, dict):
            return {key: self.heard(found.get(key), expected[key]) for key in expected}
        if isinstance(expected, list) and isinstance(found, list):
            pairs = zip_longest(found, expected)
            return [self.heard(one, other) for one, other in pairs]
        return expected


def _act(peer: Peer, act: str, words: str, where: str, unknown: Unknown) -> None:
    match act:
        case "connects":
            pass
        case ">":
            peer.send(words.encode() + b"\n")
        case ">>":
            peer.send(str(ast.literal_eval(words)).encode("latin-1"))
        case "<":
            line = peer.receive()
            assert line.endswith(b"\n"), f"{where}\nreceived {line!r}"
            found = json.loads(line)
            expected = unknown.heard(found, json.loads(words))
            assert found == expected, f"{where}\nreceived {line!r}"
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
            raise ValueError(f"{where}: nobody can do {act!r}")
