"""Acknowledgements of a plain server: the echoes of the client's own lines.

A plain server has no acknowledgements, but most servers echo a line to its sender. They
do not send the client its name, so a line counts as acknowledged when its text is
received from any source. If another user sends the same text at the same time, the
client only waits for a shorter time. The order does not matter: if one echo is lost,
the others still count. On a server without echoes nothing is acknowledged, and the exit
code reports it.
"""

from collections import Counter
from typing import Final

MAX_EXPECTED: Final = 65_536  # lines; further ones are not tracked


class Acknowledgements:
    """The lines whose echo is missing, by the hash of their text."""

    def __init__(self) -> None:
        self.missing = 0
        self._expected: Counter[int] = Counter()

    def expect(self, text: str) -> None:
        """Wait for the echo of *text*, up to :data:`MAX_EXPECTED` lines."""
        if self.missing < MAX_EXPECTED:
            self.missing += 1
            self._expected[hash(text)] += 1

    def received(self, text: str) -> bool:
        """Record that *text* was received; return whether it was a missing echo."""
        key = hash(text)
        left = self._expected.get(key)
        if left is None or not self.missing:
            return False
        if left == 1:
            del self._expected[key]
        else:
            self._expected[key] = left - 1
        self.missing -= 1
        return True

    def drop_one(self) -> bool:
        """Stop waiting for one echo; return False if none is missing."""
        if not self.missing:
            return False
        self.missing -= 1
        return True

    def clear(self) -> int:
        """Stop waiting for echoes; return the number of missing ones."""
        missing, self.missing = self.missing, 0
        self._expected.clear()
        return missing
