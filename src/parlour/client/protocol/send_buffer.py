"""The bytes for the server, until the network has taken them."""

from collections import deque
from typing import Final

MAX_REPLY_BYTES: Final = 64 << 10  # of replies; with more, the client stops reading


class SendBuffer:
    """The bytes to write next on a connection, and the count of those in flight."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Drop everything, for a new connection."""
        self._data = bytearray()
        self._unwritten = 0  # bytes taken by the driver, but not by the network
        self._reply_bytes = 0  # of replies since the network had taken everything
        self._added = 0  # bytes, since the connection began
        # The ends in these bytes of unsent plain requests, and which are messages.
        self._request_ends = deque[tuple[int, bool]]()

    @property
    def unsent(self) -> int:
        """The number of bytes that the network has not taken yet."""
        return len(self._data) + self._unwritten

    @property
    def unsent_requests(self) -> int:
        """How many plain requests of the user the network has not completely taken."""
        return len(self._request_ends)

    @property
    def unsent_messages(self) -> int:
        """How many of them are messages."""
        return sum(is_message for _, is_message in self._request_ends)

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
        self._added += len(line)

    def add_request(self, line: bytes, *, is_message: bool) -> None:
        """Write *line*, a plain request of the user, and count it until it is sent."""
        self.add(line)
        self._request_ends.append((self._added, is_message))

    def add_reply(self, line: bytes) -> None:
        """Write *line*, a reply that the server caused."""
        self.add(line)
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
        sent = self._added - self.unsent
        while self._request_ends and self._request_ends[0][0] <= sent:
            self._request_ends.popleft()
        return has_changed
