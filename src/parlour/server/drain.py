"""The drain: how long clients may take their last bytes while the server shuts down."""

import array
import fcntl
import termios
from collections.abc import Iterable
from typing import Final, Protocol, runtime_checkable

from parlour.core.ports import Transport

DRAIN_TIMEOUT: Final = 10.0  # seconds for everything, unless it is set
STALL_TIMEOUT: Final = 2.0  # seconds without progress after which a client is aborted
CHECK_INTERVAL: Final = 0.25  # seconds between two checks for progress


@runtime_checkable
class Acknowledging(Protocol):
    """A transport that knows how much the peer has not acknowledged."""

    @property
    def unacknowledged(self) -> int:
        """Bytes that were given to the system and that the peer does not have."""
        ...


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
            return list(transports)
        self.next_check = min(self.next_check, self.deadline)
        before, self._progress = self._progress, {}
        for transport in transports:
            if waiting := _waiting(transport):
                last = before.get(transport, (0, now))
                since = last[1] if last[0] == waiting else now
                self._progress[transport] = waiting, since
        return [
            transport
            for transport, (_, since) in self._progress.items()
            if now - since >= STALL_TIMEOUT
        ]


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


def _waiting(transport: Transport) -> int:
    """Return the bytes that wait for the peer; 0 if the transport has sent all."""
    unsent = transport.unsent
    if unsent and isinstance(transport, Acknowledging):
        unsent += transport.unacknowledged
    return unsent
