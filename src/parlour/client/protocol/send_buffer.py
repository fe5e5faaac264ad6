"""Bytes for the server, until the network has taken them."""

from typing import Final

MAX_OWED: Final = 64 << 10  # bytes of answers; beyond, the server is not read from


class SendBuffer:
    """What is written next on a connection, and how much of it is on its way."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything: the connection is another one, or gone."""
        self._data = bytearray()
        self._unwritten = 0  # bytes taken that the network has not
        self._owed = 0  # bytes of answers since the network had taken everything

    @property
    def unsent(self) -> int:
        """How many bytes the network has not taken yet."""
        return len(self._data) + self._unwritten

    @property
    def has_room(self) -> bool:
        """Whether the server may make us answer more.

        It may not while it does not take the answers. Lines of our own do not count:
        a server that delays them goes on to tell us things.
        """
        return self._owed < MAX_OWED

    def add(self, line: bytes) -> None:
        """Write *line* after everything else."""
        self._data += line

    def answer(self, line: bytes) -> None:
        """Write *line*, which the server made us say."""
        self._data += line
        self._owed += len(line)

    def take(self) -> bytes:
        """Return the bytes to write next, and forget them."""
        data = bytes(self._data)
        self._data.clear()
        self._unwritten += len(data)
        return data

    def written(self, unwritten: int) -> bool:
        """Learn how many of the bytes taken are still *unwritten*; False if as many."""
        is_progress, self._unwritten = unwritten != self._unwritten, unwritten
        if not self.unsent:
            self._owed = 0
        return is_progress
