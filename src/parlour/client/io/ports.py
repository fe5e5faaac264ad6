"""What both carriers are given, and what a screen is to them."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, Protocol

from ..conversation import Conversation
from ..protocol.display_items import DisplayItem
from ..shutdown import State
from .trace import Trace

STATUS_INTERVAL = 1.0  # seconds between two looks of the prompt while we are offline
MAX_BATCH_SIZE = 65_536  # bytes read at most before they are shown
MAX_BATCH_READS = 4_096  # reads at most before they are shown, however small
CLOSE_TIMEOUT = (
    3.0  # seconds that a terminal, or a program that is killed, has at the end
)

RECEIVING_STATES = {State.OPEN, State.RECEIVE_ONLY, State.FINISHING}
"""States in which time stands still while nothing more can be shown."""


class Display(Protocol):
    """Where a carrier shows things. One thread at a time calls it."""

    @property
    def is_full(self) -> bool:
        """Whether the reader is slow, and nothing more should be shown for now."""
        ...

    def on_change(self, changed: Callable[[], object]) -> None:
        """Call *changed*, in any thread, when it is full no more, or has failed."""
        ...

    def show(self, shown: Sequence[DisplayItem]) -> None:
        """Show everything soon, in order; never waits for long."""
        ...

    def check(self) -> None:
        """Raise what has gone wrong since."""
        ...

    def close(self, seconds: float | None) -> None:
        """Show what waits, for at most so many *seconds*; raise what went wrong."""
        ...


class PromptHandler(Protocol):
    """What a prompt knows of its carrier."""

    def submit_line(self, text: str) -> bool:
        """Take a typed line; False if it has to stay where it was typed."""
        ...

    def line_edited(self) -> None:
        """Learn that what is being typed has changed."""
        ...

    def leave(self) -> None:
        """Leave the chat, because the person wants to."""
        ...


class InteractiveDisplay(Display, Protocol):
    """A screen with a prompt of its own below what it shows."""

    async def run(self) -> None:
        """Prompt until :meth:`stop`, then show what is left to be shown."""
        ...

    def status(self, text: str) -> None:
        """Put *text* before the line that is typed. Any thread."""
        ...

    def stop(self) -> None:
        """End :meth:`run` soon, with the terminal as it was. Any thread."""
        ...


class DriverContext(NamedTuple):
    """One connection to be carried."""

    sock: socket.socket  # connected and blocking; the carrier closes it
    dial: Callable[[], socket.socket]  # connects anew; raises `Unreachable`
    conversation: Conversation
    screen: Callable[[], Display]  # to be made unless there is a prompt
    prompt: Callable[[PromptHandler], InteractiveDisplay] | None
    recv_size: int
    trace: Trace | None


@contextmanager
def closing_display(screen: Display, *, is_terminal: bool) -> Iterator[None]:
    """Close *screen* afterwards; a pipe may take as long as it likes for the rest.

    A terminal, and whoever is interrupted, does not wait for a reader that stopped.
    """
    try:
        yield
    except BaseException:
        with suppress(Exception):  # it would hide what happened first
            screen.close(CLOSE_TIMEOUT)
        raise
    screen.close(CLOSE_TIMEOUT if is_terminal else None)


def close_connection(conversation: Conversation, sock: socket.socket) -> None:
    """Close *sock*; where we were interrupted, the server hears that it was on purpose.

    It would hold our name for a while otherwise, since we could come back for it.
    """
    farewell = conversation.bye()
    with suppress(OSError):  # it is gone, or takes nothing just now
        sock.send(farewell, socket.MSG_DONTWAIT)
    sock.close()


def is_paused_by_display(screen: Display, state: State, *, is_terminal: bool) -> bool:
    """Tell whether to read and to decide nothing, since nothing more can be shown.

    A person at a terminal that takes nothing can still leave.
    """
    is_hearing = state in RECEIVING_STATES and not (
        is_terminal and state is State.FINISHING
    )
    return is_hearing and screen.is_full
