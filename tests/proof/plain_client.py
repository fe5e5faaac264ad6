"""A client of the plain dialect without I/O, which records what it sends and receives.

It shares no code with the project's own client.
"""

import re
from collections.abc import Iterator

from .records import ClientRecord, Missed, Received, RoomView, Sent
from .wire import decode, line

SERVER = "[Server]"
FELL_BEHIND = re.compile(r"you fell behind and missed ([\d,]+) lines?")


class PlainClient:
    """A client that never repeats a message, and knows only the lobby."""

    def __init__(self, name: str, steps: Iterator[int]) -> None:
        self.record = ClientRecord(name)
        self.last_text = ""
        self._steps = steps
        self._rest = b""
        self._view = RoomView(is_plain=True)

    @property
    def is_idle(self) -> bool:
        return True

    def connect(self, log: int, address: str) -> bytes:
        """Start a connection from *address* to a server with history number *log*."""
        self._rest = b""
        self._view.is_over = True
        self._view = RoomView(log=log, is_plain=True)
        self.record.views.append(self._view)
        self.record.names |= {address, self.record.name}
        return line("set-name", self.record.name)

    def send(self, text: str) -> bytes:
        sent = Sent(text, [next(self._steps)], line=len(self.record.views))
        self.record.sent[text] = sent
        return line("message", text)

    def rename(self, name: str) -> bytes:
        return line("set-name", name)

    def give_up(self) -> None:
        """Record that it never connects again."""
        self._view.is_over = True

    def receive(self, data: bytes) -> bytes:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for each in lines:
            said = decode(each)["data"]
            source, text = said["source"], said["message"]
            if source != SERVER:
                self._view.events.append(Received(0, source, text, next(self._steps)))
                self.last_text = text
            elif match := FELL_BEHIND.fullmatch(text):
                number = int(match[1].replace(",", ""))
                self._view.events.append(Missed(number, None))
        return b""
