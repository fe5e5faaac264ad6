"""The bytes for the server, until the network has taken them."""

from typing import Final

MAX_REPLY_BYTES: Final = 64 << 10  # of replies; beyond, the client stops reading


class SendBuffer:
    """The bytes to write next on a connection, and the count of those in flight."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Drop everything, for a new connection."""
        self._data = bytearray()
        self._unwritten = 0  # bytes taken by the driver, but not by the network
        self._reply_bytes = 0  # of replies since the network had taken everything

    @property
    def unsent(self) -> int:
        """The number of bytes that the network has not taken yet."""
        return len(self._data) + self._unwritten

    @property
    def has_room(self) -> bool:
        """Whether to read more from the server, which may cause more replies.

        Only replies count, such as pongs: a server that does not take them must not
        cause more. Lines of the user do not count, since a server that delays them
        still has messages to deliver.
        """
        return self._reply_bytes < MAX_REPLY_BYTES

    def add(self, line: bytes) -> None:
        """Write *line* after everything else."""
        self._data += line

    def add_reply(self, line: bytes) -> None:
        """Write *line*, a reply that the server caused."""
        self._data += line
        self._reply_bytes += len(line)

    def take(self) -> bytes:
        """Remove and return the bytes to write next."""
        data = bytes(self._data)
        self._data.clear()
        self._unwritten += len(data)
        return data

    def written(self, unwritten: int) -> bool:
        """Record the number of taken bytes that are still *unwritten*.

        Returns whether that number has changed.
        """
        has_changed, self._unwritten = unwritten != self._unwritten, unwritten
        if not self.unsent:
            self._reply_bytes = 0
        return has_changed
