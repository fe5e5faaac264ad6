"""What both drivers share: the interfaces of displays and prompts, and limits."""

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple, Protocol

from ..conversation import Conversation
from ..protocol.sign_in import KeyChange
from ..shutdown import State
from ..terminal.completion import Completions
from ..terminal.prompt_status import PromptStatus
from ..terminal.shown_items import ShownItem
from ..terminal.standard_input import Rest, StandardInput
from .trace import Trace
from .transport import Transport

STATUS_INTERVAL = 1.0  # seconds between updates of the prompt's status while offline
MAX_BATCH_SIZE = 65_536  # bytes received at most before they are displayed
MAX_BATCH_READS = 4_096  # reads at most before their data is displayed
CLOSE_TIMEOUT = 3.0  # seconds to write the rest to a terminal, or after an interrupt


class Display(Protocol):
    """A destination of display items. Only one thread at a time calls it."""

    @property
    def is_full(self) -> bool:
        """Whether the reader is slow, so that nothing should be displayed for now."""
        ...

    def on_change(self, changed: Callable[[], object]) -> None:
        """Have *changed* called, in any thread, once the display drained or failed."""
        ...

    def show(self, items: Sequence[ShownItem]) -> None:
        """Display *items* soon, in order. Never blocks for long."""
        ...

    def check(self) -> None:
        """Raise the error of a write in the background, if there was one."""
        ...

    def close(self, timeout: float | None) -> None:
        """Display the rest within *timeout* seconds; raise the error of a write."""
        ...


class PromptHandler(Protocol):
    """The methods of a driver that its prompt calls."""

    def submit_line(self, text: str) -> bool:
        """Process a typed line; return False if it must stay in the prompt."""
        ...

    def line_edited(self) -> None:
        """Process a change of the line that is being typed."""
        ...

    def completions(self) -> Completions:
        """Return the names that Tab completes."""
        ...

    def secret_question(self) -> str:
        """Return what the prompt asks for without showing it; "" for nothing."""
        ...

    def switch_room(self, number: int | None) -> None:
        """Switch to the room with this *number*, or to the next unread one."""
        ...

    def leave(self) -> None:
        """Leave the chat at the user's request."""
        ...


class InteractiveDisplay(Display, Protocol):
    """A display with a prompt below the displayed items."""

    async def run(self) -> None:
        """Show the prompt until :meth:`stop` is called, then display the rest."""
        ...

    def set_status(self, status: PromptStatus) -> None:
        """Set the text before the typed line. Any thread may call this."""
        ...

    def stop(self) -> None:
        """End :meth:`run` soon and restore the terminal. Any thread may call this."""
        ...


class DriverContext(NamedTuple):
    """Everything that a driver needs for one run of the client."""

    transport: Transport  # connected, its socket blocking; the driver closes it
    connect: Callable[[], Transport]  # connects again; raises `Unreachable`
    conversation: Conversation
    make_display: Callable[[], Display]  # called unless there is a prompt
    make_prompt: Callable[[PromptHandler], InteractiveDisplay] | None
    recv_size: int  # bytes
    trace: Trace | None
    store_keys: Callable[[Sequence[KeyChange]], str] = lambda _: ""
    """Stores the keys of this device; returns why it could not, or ""."""


@contextmanager
def closing_display(display: Display, *, is_terminal: bool) -> Iterator[None]:
    """Close *display* on exit; without a terminal or an error, wait for its reader.

    With a terminal or after an error, the wait ends after :data:`CLOSE_TIMEOUT`.
    """
    try:
        yield
    except BaseException:
        with suppress(Exception):  # the first error is the one to report
            display.close(CLOSE_TIMEOUT)
        raise
    display.close(CLOSE_TIMEOUT if is_terminal else None)


def take_rest(conversation: Conversation, standard_input: StandardInput | None) -> Rest:
    """Return the input that the server has not let *conversation* send."""
    if standard_input is None or not conversation.is_cut_short:
        return Rest(b"", has_more=False)
    return standard_input.take_rest()


def close_connection(conversation: Conversation, transport: Transport) -> None:
    """Close *transport*; after an interrupt, send a bye first.

    Without the bye, the server would reserve the name for a client that may resume.
    """
    bye = conversation.bye()
    with suppress(OSError):  # the connection is closed, or its buffer is full
        transport.sock.send(transport.encrypt(bye), socket.MSG_DONTWAIT)
    transport.close()


def is_paused_by_display(display: Display, state: State, *, is_terminal: bool) -> bool:
    """Return whether the driver pauses, timers included, since *display* is full.

    Users of a terminal that blocks can still leave.
    """
    is_receiving = not state.is_ending
    is_leaving = is_terminal and state is State.FINISHING
    return is_receiving and not is_leaving and display.is_full
