"""The driver contract: the steps of a driver with the hub, and its interface.

Both drivers, and the tests, take these steps with a `Hub`. They are quick and do no
I/O. One owner takes them: the event loop, or the holder of the one lock, which is
never held across a socket call or a commit.

1. Before the first connection: `hub.start(now, wall)`. Then, a socket was accepted:
   `hub.connect(address, now)` returns a connection, or the reason of a rejection and
   the bytes to send before closing the socket. An event loop waits before that for the
   batch that is being recorded (`recording`).
2. Bytes arrived: `hub.receive(connection, data, now)`, with ``b""`` at the end of file
   or after a network error.
3. Entries are proposed: append the batch of `hub.proposals(wall)` to the journal, and
   report the outcome: `hub.committed(batch, now)` or `hub.rejected(batch, refusal)`.
   There is no batch while the last one is in flight or being delivered (step 5). What
   other nodes append is committed here as well, in the order of the journal. What
   became of entries of `hub.operate(entry)` is in `hub.operated()`.
4. Questions are pending: read the history for each of `hub.questions()` and report the
   answer with `hub.answered(question, page)`. Log what `hub.cursors_ahead()` returns.
   Checks are pending: check the password of each of `hub.checks()`, in another thread,
   and report the result with `hub.checked(check, result)`.
5. Something is due: write each of `hub.flush(now)` to all its connections, in order,
   until it returns nothing that is due at once.
6. A transport filled up or drained: `hub.paused(connection, unsent, now)`,
   `hub.resumed(connection, now)`. A transport keeps the bytes that it was given.
7. Stop or resume reading as `hub.reading_changes()` says.
8. If `hub.is_tick_due(now)`: call `hub.paused` again for each of `hub.lagging`, and
   `hub.postpone_admission(connection, now)` for each of `hub.silent_arrivals(now)`
   whose socket has unread bytes; then `hub.tick(now)`. `hub.deadline(now)` is when to
   do that next: at once if it is not later than `now`.
9. Connections ended: for each of `hub.ended()` write its last bytes, send a FIN,
   discard what still arrives, and close at the end of file or at a deadline. Abort the
   connection if `Ended.abort` is set, even one that was returned before. Log what
   `hub.presence_changes()` and `hub.room_changes()` return.
10. The socket is closed: `hub.disconnect(connection, now)`, once for each connection.

Steps 3 to 9 are one *turn*. Everything that arrives before a turn is one batch.

The ports between drivers and gateways are in `core.ports`.
"""

from collections.abc import Callable
from socket import socket
from typing import TYPE_CHECKING, Protocol

from parlour.core.ports import Gateway, Mode, Peer
from parlour.core.rules import Rules

if TYPE_CHECKING:  # the threaded driver does not load asyncio without a gateway
    from asyncio import AbstractEventLoop

    from .tls.asyncio_acceptor import TLSAcceptor

    MakeAcceptor = Callable[[AbstractEventLoop, Callable[[Peer], str]], TLSAcceptor]


class Driver(Protocol):
    """The methods of `AsyncioDriver` and `ThreadedDriver` that signal handlers call."""

    def stop(self) -> None:
        """Close every connection gracefully; abort them all when called again."""

    def hang_up(self) -> None:
        """Close every connection gracefully; calling this again has no effect.

        The shell and the system may both send the signal.
        """

    def reload(self) -> None:
        """Reload the configuration."""

    def report(self) -> None:
        """Print the state of the server."""


class GatewayFactory(Protocol):
    """A callable that makes the gateway of the page, on sockets that already listen."""

    def __call__(
        self,
        listeners: list[socket],
        mode: Mode,
        *,
        max_pages: int,
        invitation: str,
        set_up: Callable[[socket], None],
        network_of: Callable[[Peer], str],
        rules: Rules,
        tls_listeners: list[socket],
        make_acceptor: "MakeAcceptor | None",
    ) -> Gateway: ...
