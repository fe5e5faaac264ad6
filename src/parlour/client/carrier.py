"""What both carriers are given, and what a screen is to them."""

import socket
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from .conversation import Conversation
from .shown import Shown
from .trace import Trace

STATUS_EVERY = 1.0  # seconds between two looks of the prompt while we are offline
READ_BATCH = 65_536  # bytes read at most before they are shown
READS_BATCH = 4_096  # reads at most before they are shown, however small


class Screen(Protocol):
    """Where a carrier shows things. One thread at a time calls it."""

    def show(self, shown: Sequence[Shown]) -> None:
        """Show everything now, in order; may wait for a slow reader."""
        ...


class Typist(Protocol):
    """What a prompt knows of its carrier."""

    def typed(self, text: str) -> bool:
        """Take a typed line; False if it has to stay where it was typed."""
        ...

    def edited(self) -> None:
        """Learn that what is being typed has changed."""
        ...

    def leave(self) -> None:
        """Leave the chat, because the person wants to."""
        ...


class Prompting(Screen, Protocol):
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


class Job(NamedTuple):
    """One connection to be carried."""

    sock: socket.socket  # connected and blocking; the carrier closes it
    dial: Callable[[], socket.socket]  # connects anew; raises `Unreachable`
    conversation: Conversation
    screen: Screen  # to be used unless there is a prompt
    prompt: Callable[[Typist], Prompting] | None
    recv_size: int
    trace: Trace | None
