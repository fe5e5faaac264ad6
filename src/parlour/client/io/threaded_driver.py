"""A carrier of two threads: one for the keyboard, one for the socket.

As the assignment asks, a thread of its own reads lines from the standard input
and sends them to the server; on a terminal it runs the prompt. The main thread
reads the socket, sends what the network would not take at once, minds the time,
and is the only one that shows things. So reading never waits for writing.
"""

import select
import signal
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType

from ..exit_status import ExitCode
from ..protocol.display_items import DisplayItem
from ..shutdown import State
from ..terminal.pipe import start_input_thread
from .connecting import Unreachable
from .ports import (
    MAX_BATCH_READS,
    MAX_BATCH_SIZE,
    STATUS_INTERVAL,
    DriverContext,
    InteractiveDisplay,
    close_connection,
    closing_display,
    is_paused_by_display,
)


def run(job: DriverContext) -> int:
    """Carry one connection to its end, and return the exit code."""
    client = ThreadedDriver(job)
    try:
        with closing_display(client.screen, is_terminal=job.prompt is not None):
            return client.run()
    finally:
        client.close()


class ThreadedDriver:
    """Carry bytes between a blocking socket, a keyboard and a conversation."""

    def __init__(self, job: DriverContext) -> None:
        self._job, self._sock = job, job.sock
        self._conversation = job.conversation
        self._turn = threading.Condition()  # guards the conversation and _unwritten
        self._unwritten = bytearray()
        self._can_write = self._is_carried = True
        self._killed_by = 0  # a code to end with, once the terminal is restored
        self._waker, self._woken = socket.socketpair()
        self._prompt: InteractiveDisplay | None = (
            job.prompt(self) if job.prompt else None
        )
        self.screen = self._prompt or job.screen()
        self.screen.on_change(self._wake)

    def run(self) -> int:
        """Read and show until the conversation has ended."""
        self._waker.setblocking(False)
        with self._waker, self._woken:
            keyboard = threading.Thread(target=self._run_prompt, name="keyboard")
            try:
                self._start(keyboard)
                return self._carry()
            finally:
                if self._prompt is not None:
                    self._prompt.stop()
                if keyboard.is_alive():
                    keyboard.join()  # it restores the terminal

    def close(self) -> None:
        """Close the connection."""
        with self._turn:
            close_connection(self._conversation, self._sock)

    def submit_line(self, text: str) -> bool:
        with self._turn:
            accepted = self._conversation.submit_line(text, time.monotonic())
            self._write()
        self._wake()
        return accepted

    def line_edited(self) -> None:
        with self._turn:
            self._conversation.edited()

    def leave(self) -> None:
        with self._turn:
            self._conversation.leave(time.monotonic())
        self._wake()

    def _hear(self, data: bytes) -> bool:
        """Take input, send it, and wait for room for more (keyboard thread)."""
        with self._turn:
            self._conversation.receive_input(data, time.monotonic())
            self._write()
            self._wake()
            while self._conversation.state is State.OPEN:
                if self._conversation.wants_input:
                    return True
                self._turn.wait()
            return False

    def _input_failed(self, failure: OSError) -> None:
        with self._turn:
            self._conversation.input_failed(str(failure.strerror), time.monotonic())
        self._wake()

    def _carry(self) -> int:
        poll = select.poll()
        poll.register(self._woken, select.POLLIN)
        while True:
            with self._turn:
                self._connect(poll)
                self._write()
                shown, state = (
                    self._conversation.items_to_show(),
                    self._conversation.state,
                )
                deadline = self._conversation.deadline
                wants = self._unwritten and self._can_write
                is_offline = self._conversation.is_offline
                listens = self._listens
            self._show(shown)
            if state is State.CLOSED or self._killed_by:
                return self._killed_by or self._conversation.exit_code
            has_prompt = self._prompt is not None
            is_held = is_paused_by_display(self.screen, state, is_terminal=has_prompt)
            wait = None if deadline is None else max(0, deadline - time.monotonic())
            if is_held:
                wait = None
            if not is_offline:
                reads = listens and not is_held
                self._listen(poll, reads=reads, writes=bool(wants))
            elif has_prompt:  # its status counts down
                wait = min(STATUS_INTERVAL if wait is None else wait, STATUS_INTERVAL)
            ready = poll.poll(None if wait is None else wait * 1000 + 1)
            self._attend([descriptor for descriptor, _ in ready], is_held=is_held)

    @property
    def _listens(self) -> bool:
        """Whether to read: also the last words of one that takes nothing any more."""
        return self._conversation.wants_data or not self._can_write

    def _listen(self, poll: select.poll, *, reads: bool, writes: bool) -> None:
        """Wait for the socket, too; for an error only where anything is awaited."""
        events = (select.POLLIN if reads else 0) | (select.POLLOUT if writes else 0)
        if events:
            poll.register(self._sock, events)
        else:
            self._forget(poll)

    def _forget(self, poll: select.poll) -> None:
        with suppress(KeyError):  # it was not waited for
            poll.unregister(self._sock)

    def _connect(self, poll: select.poll) -> None:
        """Begin or end an attempt to connect anew. Called in turn."""
        conversation = self._conversation
        if conversation.is_offline and self._is_carried:
            self._is_carried = False
            self._forget(poll)
            self._unwritten.clear()
            self._sock.close()
        if conversation.wants_connection:
            conversation.begin_attempt()
            threading.Thread(target=self._dial, name="dial", daemon=True).start()

    def _dial(self) -> None:
        """Connect anew, in a thread of its own."""
        try:
            sock = self._job.dial()
        except Unreachable as exc:
            with self._turn:
                self._conversation.connect_failed(str(exc), time.monotonic())
        else:
            with self._turn:
                self._sock, self._is_carried, self._can_write = sock, True, True
                self._conversation.connected(time.monotonic())
        self._wake()

    def _attend(self, ready: list[int], *, is_held: bool) -> None:
        if self._woken.fileno() in ready:
            self._woken.recv(4096)
        if is_held:
            return
        is_ready = self._is_carried and self._sock.fileno() in ready
        if is_ready and self._listens:
            self._read()
        with self._turn:  # also where there is always something to read
            self._conversation.tick(time.monotonic())

    def _read(self) -> None:
        """Read all that has arrived, up to a batch, *recv_size* bytes at a time."""
        size, trace, total = self._job.recv_size, self._job.trace, 0
        for _ in range(MAX_BATCH_READS):
            try:
                data = self._sock.recv(size, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                with self._turn:
                    self._conversation.disconnected(time.monotonic())
                return
            if trace is not None:
                trace.received(data)
            with self._turn:
                if not data:
                    self._conversation.disconnected(time.monotonic())
                    return
                self._conversation.receive(data, time.monotonic())
            if not self._listens:
                return
            total += len(data)
            if total >= MAX_BATCH_SIZE:
                return

    def _write(self) -> None:
        """Send what the network takes at once. Called in turn; never waits."""
        if not self._is_carried:
            self._turn.notify_all()
            return
        data = self._conversation.data_to_send()
        if self._job.trace is not None:
            self._job.trace.sent(data)
        self._unwritten += data
        try:
            while self._unwritten and self._can_write:
                sent = self._sock.send(self._unwritten, socket.MSG_DONTWAIT)
                del self._unwritten[:sent]
        except BlockingIOError:
            pass  # the main thread goes on when there is room
        except OSError:
            self._can_write = False  # reading will tell how it ended
        self._conversation.written(len(self._unwritten), time.monotonic())
        if self._conversation.state is State.CLOSING and not self._unwritten:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_WR)
        self._turn.notify_all()

    def _show(self, shown: Sequence[DisplayItem]) -> None:
        if shown:
            self.screen.show(shown)
        else:
            self.screen.check()
        if self._prompt is None:
            return
        with self._turn:
            status = self._conversation.status(time.monotonic())
        self._prompt.status(status)
        if self._conversation.state is not State.OPEN:
            self._prompt.stop()  # nothing that is typed would be said

    def _start(self, keyboard: threading.Thread) -> None:
        if self._prompt is None:
            start_input_thread(self._hear, self._input_failed)
            return
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._killed)
        # Ctrl-Z is a kill() by the prompt: it returns stopped and resumed only if
        # no other thread can take the signal.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTSTP})
        keyboard.start()

    def _run_prompt(self) -> None:
        import asyncio  # noqa: PLC0415  (prompt_toolkit has it; a pipe does not)

        assert self._prompt is not None
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTSTP})
        try:
            asyncio.run(self._prompt.run())
        except BaseException:
            self._killed_by = ExitCode.FAILED
            raise
        finally:
            self.leave()  # whatever ended the prompt ends the program

    def _killed(self, number: int, _: FrameType | None) -> None:
        self._killed_by = 128 + number
        self._wake()

    def _wake(self) -> None:
        with suppress(OSError):
            self._waker.send(b"!")
