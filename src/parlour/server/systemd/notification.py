"""Tells the service manager what the server is doing, as `sd_notify` does.

The protocol is that of `sd_notify(3)`: a datagram of lines ``NAME=value`` to the Unix
socket in ``$NOTIFY_SOCKET``. A datagram that cannot be sent at once is dropped: the
server must not wait for the service manager, and the next one follows soon.
"""

import math
import os
import socket
import time
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Final

STATUS_INTERVAL: Final = 5.0  # seconds between two looks at users and rooms
STOP_SPARE: Final = 15.0  # seconds for the rest of a shutdown, after the drain

Counts = tuple[int, int]
"""The numbers of users and of open rooms."""


class Notifier:
    """Messages to the service manager at the address *path*.

    With a *watchdog*, in seconds, the manager restarts a server that sends nothing for
    that long. Without a *path*, nothing is sent. One thread calls the methods, except
    where they say otherwise; *now* is the time of its clock.
    """

    def __init__(self, path: str = "", watchdog: float | None = None) -> None:
        self._address = f"\0{path[1:]}" if path.startswith("@") else path
        self._socket = (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if path else None
        )
        if self._socket is not None:
            self._socket.setblocking(False)
        self._interval = watchdog / 2 if watchdog else math.inf
        self._alive_at = 0.0 if watchdog else math.inf
        self._status_at = 0.0  # when the counts are compared next
        self._sent: Counts | None = None
        self.due = 0.0 if path else math.inf
        """When to call `tick`."""

    def ready(self) -> None:
        """Say that the server accepts connections, or has reloaded its settings."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Say that the server reloads its settings, until it is ready."""
        microseconds = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send(f"RELOADING=1\nMONOTONIC_USEC={microseconds}")

    def stopping(self, seconds: float) -> None:
        """Say that the server shuts down, which takes at most *seconds* and a rest."""
        microseconds = round((seconds + STOP_SPARE) * 1e6)
        status = "STATUS=shutting down"
        self._send(f"STOPPING=1\n{status}\nEXTEND_TIMEOUT_USEC={microseconds}")
        self._status_at = math.inf

    def tick(self, now: float, counts: Counts) -> None:
        """Say that the server is alive, and what has changed, if that is due."""
        if now >= self._alive_at:
            self._alive_at = now + self._interval
            self._send("WATCHDOG=1")
        if now >= self._status_at:
            self._status_at = now + STATUS_INTERVAL
            if counts != self._sent:
                self._sent = counts
                self._send(f"STATUS={_described(counts)}")
        self.due = min(self._alive_at, self._status_at)

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            self._socket.close()

    def _send(self, text: str) -> None:
        if self._socket is not None:
            with suppress(OSError):  # full, or the manager has gone
                self._socket.sendto(text.encode(), self._address)


def notifier_of(environment: MutableMapping[str, str]) -> Notifier:
    """Return the notifier for the variables of *environment*, and remove these.

    The watchdog is that of this process, unless ``WATCHDOG_PID`` names another one.
    """
    path = environment.pop("NOTIFY_SOCKET", "")
    microseconds = environment.pop("WATCHDOG_USEC", "")
    owner = environment.pop("WATCHDOG_PID", "")
    if not path.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return Notifier()
    is_watched = microseconds.isdecimal() and owner in {"", str(os.getpid())}
    return Notifier(path, int(microseconds) / 1e6 if is_watched else None)


def _described(counts: Counts) -> str:
    users, rooms = counts
    return (
        f"{users:,} user{'' if users == 1 else 's'}, "
        f"{rooms:,} room{'' if rooms == 1 else 's'}"
    )
