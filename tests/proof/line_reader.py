"""The lines of the session dialect that arrive at a wire."""

from collections import deque
from typing import Any

from .live_client import Wire
from .wire import decode, line


class LineReader:
    """Splits what arrives into lines, and answers pings."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._rest = b""
        self._lines = deque[bytes]()

    async def read(self) -> dict[str, Any] | None:
        """Return the next line that is no ping, or None at the end.

        If this is cancelled, nothing is lost.
        """
        while True:
            while not self._lines:
                data = await self._wire.receive()
                if not data:
                    return None
                *lines, self._rest = (self._rest + data).split(b"\n")
                self._lines += lines
            found = decode(self._lines.popleft())
            if found["type"] != "ping":
                return found
            self._wire.send(line("pong", found["data"]))
