"""The threaded driver: one thread for the input, and one for the socket.

As the assignment asks, a thread of its own reads lines from the standard input and
sends them to the server; on a terminal, it runs the prompt. The main thread reads the
socket, sends what the network did not accept at once, runs the timers, and is the only
one that displays anything. So reading never waits for writing.
"""

import signal
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from enum import Enum, auto
from types import FrameType

from ..exit_status import ExitCode
from ..shutdown import State
from ..terminal.completion import Completions
from ..terminal.shown_items import ShownItem
from ..terminal.standard_input import StandardInput
from .connecting import Unreachable, Untrusted
from .poller import Poller
from .ports import (
    MAX_BATCH_READS,
    MAX_BATCH_SIZE,
    STATUS_INTERVAL,
    DriverContext,
    close_connection,
    closing_display,
    is_paused_by_display,
    take_rest,
)
from .unwritten import Unwritten


def run(context: DriverContext) -> int:
    """Run the client until its conversation ends, and return the exit code."""
    driver = ThreadedDriver(context)
    is_terminal = context.make_prompt is not None
    try:
        with closing_display(driver.display, is_terminal=is_terminal):
            return driver.run()
    finally:
        driver.close()


class SocketState(Enum):
    """The operations that the socket allows."""

    OPEN = auto()  # read and write
    READ_ONLY = auto()  # a write failed; the last lines of the server can be read
    CLOSED = auto()  # none, until the client has connected again


class ThreadedDriver:
    """The driver of a blocking socket, with a thread for the input.

    The lock guards the conversation; no thread blocks while it holds the lock. The
    module has more than 300 lines, since all of it shares the lock and the socket.
    """

    def __init__(self, context: DriverContext) -> None:
        self._context, self._transport = context, context.transport
        self._conversation = context.conversation
        self._lock = threading.Condition()  # guards the conversation and _unwritten
        self._unwritten = Unwritten()
        self._socket_state = SocketState.OPEN
        self._forced_exit_code = 0  # of a signal, or of a prompt that failed
        self._poller = Poller()
        make_prompt = context.make_prompt
        self._prompt = make_prompt(self) if make_prompt is not None else None
        self._standard_input: StandardInput | None = None  # without a prompt
        self.display = self._prompt or context.make_display()
        self.display.on_change(self._poller.wake)

    def run(self) -> int:
        """Run until the conversation has ended, and return the exit code."""
        with closing(self._poller):
            prompt_thread = threading.Thread(target=self._run_prompt, name="keyboard")
            try:
                self._start_input(prompt_thread)
                self._run_main_loop()
            finally:
                if self._prompt is not None:
                    self._prompt.stop()
                if prompt_thread.is_alive():
                    prompt_thread.join()  # it restores the terminal
        if not self._forced_exit_code:
            self._end_input()
        return self._forced_exit_code or self._conversation.exit_code

    def _end_input(self) -> None:
        """Report the input that is not sent any more."""
        rest = take_rest(self._conversation, self._standard_input)
        with self._lock:
            now = time.monotonic()
            self._conversation.end_input(rest.data, now, has_more=rest.has_more)
            items = self._conversation.items_to_show()
        if items:
            self.display.show(items)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            close_connection(self._conversation, self._transport)

    # -- in the input thread --------------------------------------------------------

    def submit_line(self, text: str) -> bool:
        with self._lock:
            accepted = self._conversation.submit_line(text, time.monotonic())
            self._write()
        self._poller.wake()
        return accepted

    def line_edited(self) -> None:
        with self._lock:
            self._conversation.line_edited()

    def completions(self) -> Completions:
        with self._lock:
            return self._conversation.completions

    def secret_question(self) -> str:
        with self._lock:
            return self._conversation.secret_question

    def switch_room(self, number: int | None) -> None:
        with self._lock:
            self._conversation.switch_room(number)
        self._poller.wake()

    def leave(self) -> None:
        with self._lock:
            self._conversation.leave(time.monotonic())
        self._poller.wake()

    def _receive_input(self, data: bytes) -> bool:
        """Process input and send it, then wait for room for more."""
        with self._lock:
            self._conversation.receive_input(data, time.monotonic())
            self._write()
            self._poller.wake()
            while self._conversation.state is State.OPEN:
                if self._conversation.wants_input:
                    return True
                self._lock.wait()
            return False

    def _input_failed(self, failure: OSError) -> None:
        with self._lock:
            self._conversation.input_failed(str(failure.strerror), time.monotonic())
        self._poller.wake()

    def _run_prompt(self) -> None:
        import asyncio  # noqa: PLC0415  (prompt_toolkit needs it; a pipe does not)

        assert self._prompt is not None
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})
        try:
            asyncio.run(self._prompt.run())
        except BaseException:
            self._forced_exit_code = ExitCode.FAILED
            raise
        finally:
            self.leave()  # the end of the prompt ends the program

    # -- in the main thread ---------------------------------------------------------

    def _start_input(self, prompt_thread: threading.Thread) -> None:
        if self._prompt is None:
            self._standard_input = StandardInput(
                self._receive_input, self._input_failed
            )
            self._standard_input.start()
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._handle_signal)
        # On Ctrl-Z the prompt calls kill(). That call returns once the process was
        # stopped and resumed, but only if no other thread can get the signal.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTSTP})
        prompt_thread.start()

    def _handle_signal(self, number: int, _: FrameType | None) -> None:
        self._forced_exit_code = 128 + number
        self._poller.wake()

    def _run_main_loop(self) -> None:
        """Update everything, then wait for I/O or a deadline, until the end."""
        while True:
            self._store_keys()
            with self._lock:
                self._update_connection()
                self._write()
                items = self._conversation.items_to_show()
                state = self._conversation.state
                deadline = self._conversation.deadline
                is_open = self._socket_state is SocketState.OPEN
                has_output = self._unwritten.has_bytes and is_open
                is_offline = self._conversation.is_offline
                wants_data = self._wants_data
            self._update_display(items)
            if state is State.CLOSED or self._forced_exit_code:
                return
            has_prompt = self._prompt is not None
            is_paused = is_paused_by_display(
                self.display, state, is_terminal=has_prompt
            )
            wait = None if deadline is None else max(0, deadline - time.monotonic())
            if is_paused:
                wait = None
            if not is_offline:
                reads = wants_data and not is_paused
                self._poller.watch(self._transport.sock, reads=reads, writes=has_output)
            elif has_prompt:  # for the countdown in its status
                wait = min(STATUS_INTERVAL if wait is None else wait, STATUS_INTERVAL)
            ready = self._poller.wait(wait)
            if not is_paused:
                self._process_ready(ready)

    @property
    def _wants_data(self) -> bool:
        """Whether to read; after a failed write, until the end of the connection."""
        is_read_only = self._socket_state is SocketState.READ_ONLY
        return self._conversation.wants_data or is_read_only

    def _update_connection(self) -> None:
        """Close a lost connection, and connect again when that is due.

        The caller holds the lock.
        """
        conversation = self._conversation
        if conversation.is_offline and self._socket_state is not SocketState.CLOSED:
            self._socket_state = SocketState.CLOSED
            self._poller.unwatch(self._transport.sock)
            self._unwritten.clear()
            self._transport.close()
        if conversation.wants_connection:
            conversation.begin_attempt()
            threading.Thread(
                target=self._reconnect, name="connect", daemon=True
            ).start()

    def _reconnect(self) -> None:
        """Connect again, in a thread of its own."""
        try:
            transport = self._context.connect()
        except Unreachable as exc:
            now, is_final = time.monotonic(), isinstance(exc, Untrusted)
            with self._lock:
                self._conversation.connect_failed(str(exc), now, is_final=is_final)
        else:
            with self._lock:
                self._transport, self._socket_state = transport, SocketState.OPEN
                now = time.monotonic()
                self._conversation.connected(now, is_secure=transport.is_secure)
        self._poller.wake()

    def _store_keys(self) -> None:
        """Store the keys of this device, without the lock."""
        with self._lock:
            changes = self._conversation.key_changes()
        if changes and (reason := self._context.store_keys(changes)):
            with self._lock:
                self._conversation.keys_not_stored(reason)

    def _process_ready(self, ready: list[int]) -> None:
        """Read from the socket if it is *ready*, and run the timers."""
        is_open = self._socket_state is not SocketState.CLOSED
        if is_open and self._transport.sock.fileno() in ready and self._wants_data:
            self._read()
        with self._lock:  # timers also run while there is always data to read
            self._conversation.tick(time.monotonic())

    def _read(self) -> None:
        """Read what has arrived, up to a batch, in reads of *recv_size* bytes."""
        transport, size, total = self._transport, self._context.recv_size, 0
        for _ in range(MAX_BATCH_READS):
            try:
                data = transport.sock.recv(size, socket.MSG_DONTWAIT)
                with self._lock:
                    self._receive(transport.decrypt(data))
            except BlockingIOError:
                return
            except OSError:
                with self._lock:
                    self._conversation.disconnected(time.monotonic())
                return
            if transport.has_ended or not self._wants_data:
                return
            total += len(data)
            if total >= MAX_BATCH_SIZE:
                return

    def _receive(self, data: bytes) -> None:
        """Pass *data* to the conversation, and the end of the connection.

        The caller holds the lock.
        """
        trace = self._context.trace
        if data:
            if trace is not None:
                trace.received(data)
            self._conversation.receive(data, time.monotonic())
        if self._transport.has_ended:
            if trace is not None:
                trace.received(b"")
            self._conversation.disconnected(time.monotonic())

    def _update_display(self, items: Sequence[ShownItem]) -> None:
        if items:
            self.display.show(items)
        else:
            self.display.check()
        if self._prompt is None:
            return
        with self._lock:
            status = self._conversation.status(time.monotonic())
        self._prompt.set_status(status)
        if self._conversation.state is not State.OPEN:
            self._prompt.stop()  # further lines would not be sent

    # -- in both threads ------------------------------------------------------------

    def _end_output(self) -> None:
        """Send the end of the client's half, if the network accepts it at once."""
        transport = self._transport
        with suppress(OSError):  # BlockingIOError: the main thread calls it again
            self._unwritten.end(transport)
            self._unwritten.send(transport)
            transport.sock.shutdown(socket.SHUT_WR)

    def _write(self) -> None:
        """Send what the network accepts at once. Never blocks.

        The caller holds the lock.
        """
        if self._socket_state is SocketState.CLOSED:
            self._lock.notify_all()
            return
        data = self._conversation.data_to_send()
        if self._context.trace is not None:
            self._context.trace.sent(data)
        self._unwritten.add(data)
        try:
            if self._socket_state is SocketState.OPEN:
                self._unwritten.send(self._transport)
        except BlockingIOError:
            pass  # the main thread sends the rest when there is room
        except OSError:
            # The next read reports how the connection ended.
            self._socket_state = SocketState.READ_ONLY
        self._conversation.written(len(self._unwritten), time.monotonic())
        if self._conversation.state is State.CLOSING and not self._unwritten:
            self._end_output()
        self._lock.notify_all()
