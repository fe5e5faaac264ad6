"""A carrier of coroutines: one reads the socket, one writes, one minds the time.

``sock_recv`` asks for exactly *recv_size* bytes; when they are there already it
does not even go through the loop, so that single bytes are read at a fair speed.
The standard input is read by a thread all the same: an ordinary file cannot be
waited for, and a terminal that was made non-blocking would stay so for the shell.
"""

import asyncio
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from typing import Final

from ..shutdown import State
from ..terminal.pipe import OutputClosed, start_input_thread
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

WRITE_SIZE: Final = 65_536  # bytes at a time


def run(job: DriverContext) -> int:
    """Carry one connection to its end, and return the exit code."""
    client = AsyncioDriver(job)
    try:
        with closing_display(client.screen, is_terminal=job.prompt is not None):
            carrying = client.run()
            with closing(carrying):  # Ctrl-C may come before its first step
                return asyncio.run(carrying)
    finally:
        client.close()


class AsyncioDriver:
    """Carry bytes between a socket, a keyboard and a conversation."""

    def __init__(self, job: DriverContext) -> None:
        self._job, self._sock = job, job.sock
        self._conversation = job.conversation
        self._changed = asyncio.Event()  # something may be due
        self._has_output = asyncio.Event()
        self._may_hear = threading.Event()  # the keyboard thread waits for it
        self._killed_by = 0  # a signal, while there is a terminal to be restored
        self._failure: OutputClosed | OSError | None = None  # of what is shown
        self._carrying: list[asyncio.Task[None]] = []
        self._is_over = False
        self._is_dialing = False
        self._may_read = asyncio.Event()  # what is read can be shown, and answered
        self._prompt: InteractiveDisplay | None = (
            job.prompt(self) if job.prompt else None
        )
        self.screen = self._prompt or job.screen()

    async def run(self) -> int:
        """Carry until the conversation has ended."""
        loop = asyncio.get_running_loop()
        self.screen.on_change(lambda: self._call(loop, self._changed.set))
        async with asyncio.TaskGroup() as tasks:
            self._carry(tasks)
            self._start_keyboard(tasks)
            await self._tend(tasks)
            self._put_down()
            self._is_over = True
            if self._prompt is not None:
                self._prompt.stop()
        if self._failure is not None:
            raise self._failure
        return self._killed_by or self._conversation.exit_code

    def close(self) -> None:
        """Close the connection."""
        close_connection(self._conversation, self._sock)

    def submit_line(self, text: str) -> bool:
        accepted = self._conversation.submit_line(text, time.monotonic())
        self._changed.set()
        return accepted

    def line_edited(self) -> None:
        self._conversation.edited()

    def leave(self) -> None:
        self._conversation.leave(time.monotonic())
        self._changed.set()

    def _carry(self, tasks: asyncio.TaskGroup) -> None:
        """Read and write on the connection that there is now."""
        self._sock.setblocking(False)
        reading, writing = self._read(self._sock), self._write(self._sock)
        self._carrying = [tasks.create_task(reading), tasks.create_task(writing)]

    def _put_down(self) -> None:
        for task in self._carrying:
            task.cancel()
        self._carrying = []

    def _dial(self, tasks: asyncio.TaskGroup) -> None:
        """Connect anew, in a thread that holds up nothing, not even the end."""
        loop = asyncio.get_running_loop()

        def dial() -> None:
            try:
                found: socket.socket | Unreachable = self._job.dial()
            except Unreachable as exc:
                found = exc
            if not self._call(loop, partial(self._dialed, tasks, found)):
                _drop(found)

        self._is_dialing = True
        threading.Thread(target=dial, name="dial", daemon=True).start()

    def _dialed(
        self, tasks: asyncio.TaskGroup, found: socket.socket | Unreachable
    ) -> None:
        self._is_dialing = False
        now = time.monotonic()
        if self._is_over:
            _drop(found)
        elif isinstance(found, Unreachable):
            self._conversation.connect_failed(str(found), now)
        else:
            self._sock.close()
            self._sock = found
            self._conversation.connected(now)
            self._carry(tasks)
        self._changed.set()

    async def _tend(self, tasks: asyncio.TaskGroup) -> None:
        """See to all that is due, and wait for more to be."""
        is_over = False
        while not is_over:
            self._changed.clear()
            if self._conversation.is_offline:
                self._put_down()
            if self._conversation.wants_connection and not self._is_dialing:
                self._conversation.begin_attempt()
                self._dial(tasks)
            self._show()
            state, deadline = self._conversation.state, self._conversation.deadline
            has_prompt = self._prompt is not None
            is_held = is_paused_by_display(self.screen, state, is_terminal=has_prompt)
            if is_held or not self._conversation.wants_data:
                self._may_read.clear()
            else:
                self._may_read.set()
            self._has_output.set()
            if state is not State.OPEN or self._conversation.wants_input:
                self._may_hear.set()
            is_over = bool(
                state is State.CLOSED or self._killed_by or self._failure is not None
            )
            if not is_over:
                await self._wait(None if is_held else deadline)
                if not is_held:
                    self._conversation.tick(time.monotonic())

    async def _wait(self, deadline: float | None) -> None:
        """Wait for a change, or until the *deadline*."""
        delay = None if deadline is None else deadline - time.monotonic()
        if self._prompt is not None and self._conversation.is_offline:
            delay = min(
                delay or STATUS_INTERVAL, STATUS_INTERVAL
            )  # its status counts down
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._changed.wait()

    async def _read(self, sock: socket.socket) -> None:
        loop, size = asyncio.get_running_loop(), self._job.recv_size
        count = total = 0
        while True:
            await self._may_read.wait()
            try:
                data = await loop.sock_recv(sock, size)
            except OSError:
                self._conversation.disconnected(time.monotonic())
                break
            if self._job.trace is not None:
                self._job.trace.received(data)
            if not data:
                self._conversation.disconnected(time.monotonic())
                break
            self._conversation.receive(data, time.monotonic())
            self._changed.set()
            if not self._conversation.wants_data:
                self._may_read.clear()
            count, total = count + 1, total + len(data)
            if count >= MAX_BATCH_READS or total >= MAX_BATCH_SIZE:
                count = total = 0
                await asyncio.sleep(0)  # the others have their turn
        self._changed.set()

    async def _write(self, sock: socket.socket) -> None:
        loop, conversation = asyncio.get_running_loop(), self._conversation
        while True:
            await self._has_output.wait()
            self._has_output.clear()
            data = memoryview(conversation.data_to_send())
            if self._job.trace is not None:
                self._job.trace.sent(bytes(data))
            try:
                while data:
                    piece, data = data[:WRITE_SIZE], data[WRITE_SIZE:]
                    await loop.sock_sendall(sock, piece)
                    conversation.written(len(data), time.monotonic())
                    self._changed.set()
                if conversation.state is State.CLOSING and not conversation.unsent:
                    sock.shutdown(socket.SHUT_WR)
            except OSError:
                return  # reading will tell how it ended

    def _show(self) -> None:
        shown = self._conversation.items_to_show()
        try:
            if shown:
                self.screen.show(shown)
            else:
                self.screen.check()
        except (OutputClosed, OSError) as exc:
            self._failure = exc
        if self._prompt is None:
            return
        self._prompt.status(self._conversation.status(time.monotonic()))
        if self._conversation.state is not State.OPEN:
            self._prompt.stop()  # nothing that is typed would be said

    def _start_keyboard(self, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        if self._prompt is None:
            start_input_thread(
                lambda data: self._hear(loop, data),
                lambda exc: self._call(loop, partial(self._input_failed, exc)),
            )
            return
        tasks.create_task(self._run_prompt(self._prompt))
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._killed, number)

    async def _run_prompt(self, prompt: InteractiveDisplay) -> None:
        await prompt.run()
        self.leave()  # whatever ended the prompt ends the program

    def _hear(self, loop: asyncio.AbstractEventLoop, data: bytes) -> bool:
        """Hand input to the loop, and wait for room for more (keyboard thread)."""
        self._may_hear.clear()
        if not self._call(loop, partial(self._heard, data)):
            return False
        self._may_hear.wait()
        return self._conversation.state is State.OPEN

    @staticmethod
    def _call(loop: asyncio.AbstractEventLoop, do: Callable[[], None]) -> bool:
        """Do something soon, from any thread; False if the program ends already."""
        try:
            loop.call_soon_threadsafe(do)
        except RuntimeError:
            return False  # the loop is closed
        return True

    def _input_failed(self, failure: OSError) -> None:
        self._conversation.input_failed(str(failure.strerror), time.monotonic())
        self._changed.set()

    def _heard(self, data: bytes) -> None:
        self._conversation.receive_input(data, time.monotonic())
        self._changed.set()

    def _killed(self, number: int) -> None:
        self._killed_by = 128 + number
        self._changed.set()


def _drop(found: socket.socket | Unreachable) -> None:
    """Close a connection that came too late."""
    if not isinstance(found, Unreachable):
        found.close()
