"""The drain: how long clients may take their last bytes while the server shuts down."""

import array
import fcntl
import termios
from collections.abc import Iterable
from typing import Final

from parlour.core.ports import Transport

from .config import DRAIN_TIMEOUT

STALL_TIMEOUT: Final = 2.0  # seconds without progress after which a client is aborted
CHECK_INTERVAL: Final = 0.25  # seconds between two checks for progress


class Drain:
    """The shutdown of a server, for at most *timeout* seconds.

    A client that takes no bytes for `STALL_TIMEOUT` holds it up no longer. One thread
    calls the methods, with times of one clock.
    """

    def __init__(self, timeout: float = DRAIN_TIMEOUT) -> None:
        self.timeout = timeout
        self.deadline = 0.0  # once it has begun
        self.next_check = 0.0
        """When to call `stalled` next, once it has begun."""
        self._progress: dict[Transport, tuple[int, float]] = {}

    def begin(self, now: float) -> None:
        """Note that the shutdown begins."""
        self.deadline, self.next_check = now + self.timeout, now

    def left(self, now: float) -> float:
        """Return the seconds until the deadline."""
        return max(self.deadline - now, 0.0)

    def stalled(self, transports: Iterable[Transport], now: float) -> list[Transport]:
        """Return those of *transports* to abort; all of them at the deadline."""
        if now < self.next_check:
            return []
        self.next_check = now + CHECK_INTERVAL
        if now >= self.deadline:
            self._progress = {}
            return list(transports)
        self.next_check = min(self.next_check, self.deadline)
        before, self._progress = self._progress, {}
        for transport in transports:
            if waiting := transport.unsent + transport.unacknowledged:
                last = before.get(transport, (0, now))
                since = last[1] if last[0] == waiting else now
                self._progress[transport] = waiting, since
        return [
            transport
            for transport, (_, since) in self._progress.items()
            if now - since >= STALL_TIMEOUT
        ]

    def is_waiting_for(self, transport: Transport) -> bool:
        """Return whether the shutdown waits until *transport* has sent its bytes.

        `stalled` aborts it when that takes too long, and nothing else does.
        """
        return transport in self._progress


def unacknowledged(descriptor: int) -> int:
    """Return the bytes of a socket that its peer has not acknowledged, if known."""
    if descriptor < 0:
        return 0  # the socket is closed
    size = array.array("i", [0])
    try:
        fcntl.ioctl(descriptor, termios.TIOCOUTQ, size)
    except OSError:
        return 0  # another kind of system
    return size[0]
