"""The asyncio driver: one task reads the socket, one writes, and one runs the timers.

``sock_recv`` reads at most *recv_size* bytes. If data has already arrived, it returns
without a turn of the event loop, so that even reads of single bytes are fast. A thread
reads the standard input all the same: an event loop cannot wait for an ordinary file,
and a terminal that is set to non-blocking would stay so for the shell.
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
from ..terminal.completion import Completions
from ..terminal.pipe import OutputClosed
from ..terminal.standard_input import StandardInput
from .connecting import Unreachable, Untrusted
from .ports import (
    MAX_BATCH_READS,
    MAX_BATCH_SIZE,
    STATUS_INTERVAL,
    DriverContext,
    InteractiveDisplay,
    close_connection,
    closing_display,
    is_paused_by_display,
    take_rest,
)
from .transport import Transport

WRITE_SIZE: Final = 65_536  # bytes in one write


def run(context: DriverContext) -> int:
    """Run the client until its conversation ends, and return the exit code."""
    driver = AsyncioDriver(context)
    is_terminal = context.make_prompt is not None
    try:
        with closing_display(driver.display, is_terminal=is_terminal):
            main = driver.run()
            with closing(main):  # Ctrl-C may come before its first step
                return asyncio.run(main)
    finally:
        driver.close()


class AsyncioDriver:
    """The driver of a socket in an event loop, which owns the conversation.

    The module has more than 300 lines, since all tasks share the socket and the events.
    """

    def __init__(self, context: DriverContext) -> None:
        self._context, self._transport = context, context.transport
        self._conversation = context.conversation
        self._changed = asyncio.Event()  # the main loop has something to do
        self._has_output = asyncio.Event()
        self._may_receive = asyncio.Event()  # there is room for more from the server
        self._may_read_input = threading.Event()  # the input thread waits for it
        self._signal_exit_code = 0  # of a signal that ended the client
        self._display_failure: OutputClosed | OSError | None = None
        self._transport_tasks: list[asyncio.Task[None]] = []
        self._is_closing = False
        make_prompt = context.make_prompt
        self._prompt = make_prompt(self) if make_prompt is not None else None
        self._standard_input: StandardInput | None = None  # without a prompt
        self.display = self._prompt or context.make_display()

    async def run(self) -> int:
        """Run until the conversation has ended, and return the exit code."""
        loop = asyncio.get_running_loop()
        self.display.on_change(lambda: self._call_soon(loop, self._changed.set))
        async with asyncio.TaskGroup() as tasks:
            self._start_transport(tasks)
            self._start_input(tasks)
            await self._run_main_loop(tasks)
            self._stop_transport()
            self._is_closing = True
            if self._prompt is not None:
                self._prompt.stop()
        if self._display_failure is not None:
            raise self._display_failure
        if not self._signal_exit_code:
            await self._end_input()
        return self._signal_exit_code or self._conversation.exit_code

    async def _end_input(self) -> None:
        """Report the input that is not sent any more."""
        self._may_read_input.set()
        rest = take_rest(self._conversation, self._standard_input)
        await asyncio.sleep(0)  # for what the input thread has passed on before
        now = time.monotonic()
        self._conversation.end_input(rest.data, now, has_more=rest.has_more)
        if items := self._conversation.items_to_show():
            self.display.show(items)

    def close(self) -> None:
        """Close the connection."""
        close_connection(self._conversation, self._transport)

    def submit_line(self, text: str) -> bool:
        accepted = self._conversation.submit_line(text, time.monotonic())
        self._changed.set()
        return accepted

    def line_edited(self) -> None:
        self._conversation.line_edited()

    def completions(self) -> Completions:
        return self._conversation.completions

    def secret_question(self) -> str:
        return self._conversation.secret_question

    def switch_room(self, number: int | None) -> None:
        self._conversation.switch_room(number)
        self._changed.set()

    def leave(self) -> None:
        self._conversation.leave(time.monotonic())
        self._changed.set()

    def _start_transport(self, tasks: asyncio.TaskGroup) -> None:
        """Start to read from and write to the current connection."""
        transport = self._transport
        transport.sock.setblocking(False)
        reading, writing = self._read(transport), self._write(transport)
        self._transport_tasks = [tasks.create_task(reading), tasks.create_task(writing)]

    def _stop_transport(self) -> None:
        for task in self._transport_tasks:
            task.cancel()
        self._transport_tasks = []

    def _reconnect(self, tasks: asyncio.TaskGroup) -> None:
        """Connect again, in a thread that does not delay the end of the program."""
        loop = asyncio.get_running_loop()

        def connect() -> None:
            try:
                result: Transport | Unreachable = self._context.connect()
            except Unreachable as exc:
                result = exc
            if not self._call_soon(loop, partial(self._finish_connect, tasks, result)):
                _discard(result)

        threading.Thread(target=connect, name="connect", daemon=True).start()

    def _finish_connect(
        self, tasks: asyncio.TaskGroup, result: Transport | Unreachable
    ) -> None:
        now = time.monotonic()
        if self._is_closing:
            _discard(result)
        elif isinstance(result, Unreachable):
            is_final = isinstance(result, Untrusted)
            self._conversation.connect_failed(str(result), now, is_final=is_final)
        else:
            self._transport.close()
            self._transport = result
            self._conversation.connected(now, is_secure=result.is_secure)
            self._start_transport(tasks)
        self._changed.set()

    async def _run_main_loop(self, tasks: asyncio.TaskGroup) -> None:
        """Update everything, then wait for a change or a deadline, until the end."""
        has_ended = False
        while not has_ended:
            self._changed.clear()
            if self._conversation.is_offline:
                self._stop_transport()
            if self._conversation.wants_connection:
                self._conversation.begin_attempt()
                self._reconnect(tasks)
            self._store_keys()
            self._update_display()
            state, deadline = self._conversation.state, self._conversation.deadline
            is_paused = self._apply_backpressure(state)
            self._has_output.set()
            has_ended = bool(
                state is State.CLOSED
                or self._signal_exit_code
                or self._display_failure is not None
            )
            if not has_ended:
                await self._wait(None if is_paused else deadline)
                if not is_paused:
                    self._conversation.tick(time.monotonic())

    def _apply_backpressure(self, state: State) -> bool:
        """Allow or stop reading; return whether the display pauses the client."""
        has_prompt = self._prompt is not None
        is_paused = is_paused_by_display(self.display, state, is_terminal=has_prompt)
        if is_paused or not self._conversation.wants_data:
            self._may_receive.clear()
        else:
            self._may_receive.set()
        if state is not State.OPEN or self._conversation.wants_input:
            self._may_read_input.set()
        return is_paused

    async def _wait(self, deadline: float | None) -> None:
        """Wait for a change, or until the *deadline*."""
        delay = None if deadline is None else deadline - time.monotonic()
        if self._prompt is not None and self._conversation.is_offline:
            for_countdown = STATUS_INTERVAL if delay is None else delay
            delay = min(for_countdown, STATUS_INTERVAL)
        with suppress(TimeoutError):
            async with asyncio.timeout(delay):
                await self._changed.wait()

    async def _read(self, transport: Transport) -> None:
        """Pass data from the server to the conversation until the connection ends."""
        loop, size = asyncio.get_running_loop(), self._context.recv_size
        count = total = 0
        while True:
            await self._may_receive.wait()
            try:
                data = transport.decrypt(await loop.sock_recv(transport.sock, size))
            except OSError:
                self._conversation.disconnected(time.monotonic())
                break
            self._receive(data, has_ended=transport.has_ended)
            if transport.has_ended:
                break
            self._changed.set()
            if not self._conversation.wants_data:
                self._may_receive.clear()
            count, total = count + 1, total + len(data)
            if count >= MAX_BATCH_READS or total >= MAX_BATCH_SIZE:
                count = total = 0
                await asyncio.sleep(0)  # let the other tasks run
        self._changed.set()

    def _receive(self, data: bytes, *, has_ended: bool) -> None:
        """Pass *data* to the conversation, and the end of the connection."""
        trace = self._context.trace
        if data:
            if trace is not None:
                trace.received(data)
            self._conversation.receive(data, time.monotonic())
        if has_ended:
            if trace is not None:
                trace.received(b"")
            self._conversation.disconnected(time.monotonic())

    async def _write(self, transport: Transport) -> None:
        """Send the conversation's data until the connection ends."""
        loop, conversation = asyncio.get_running_loop(), self._conversation
        sock = transport.sock
        while True:
            await self._has_output.wait()
            self._has_output.clear()
            data = memoryview(conversation.data_to_send())
            if self._context.trace is not None:
                self._context.trace.sent(bytes(data))
            try:
                if not data and (answer := transport.encrypt(b"")):
                    await loop.sock_sendall(sock, answer)
                while data:
                    piece, data = data[:WRITE_SIZE], data[WRITE_SIZE:]
                    await loop.sock_sendall(sock, transport.encrypt(piece))
                    conversation.written(len(data), time.monotonic())
                    self._changed.set()
                if conversation.state is State.CLOSING and not conversation.unsent:
                    await loop.sock_sendall(sock, transport.end())
                    sock.shutdown(socket.SHUT_WR)
            except OSError:
                return  # the next read reports how the connection ended

    def _store_keys(self) -> None:
        """Store the keys of this device, which takes some milliseconds."""
        changes = self._conversation.key_changes()
        if changes and (reason := self._context.store_keys(changes)):
            self._conversation.keys_not_stored(reason)

    def _update_display(self) -> None:
        items = self._conversation.items_to_show()
        try:
            if items:
                self.display.show(items)
            else:
                self.display.check()
        except (OutputClosed, OSError) as exc:
            self._display_failure = exc
        if self._prompt is None:
            return
        self._prompt.set_status(self._conversation.status(time.monotonic()))
        if self._conversation.state is not State.OPEN:
            self._prompt.stop()  # further lines would not be sent

    def _start_input(self, tasks: asyncio.TaskGroup) -> None:
        loop = asyncio.get_running_loop()
        if self._prompt is None:
            self._standard_input = StandardInput(
                lambda data: self._receive_input(loop, data),
                lambda exc: self._call_soon(loop, partial(self._input_failed, exc)),
            )
            self._standard_input.start()
            return
        tasks.create_task(self._run_prompt(self._prompt))
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._handle_signal, number)

    async def _run_prompt(self, prompt: InteractiveDisplay) -> None:
        await prompt.run()
        self.leave()  # the end of the prompt ends the program

    def _receive_input(self, loop: asyncio.AbstractEventLoop, data: bytes) -> bool:
        """Pass input to the loop, and wait for room for more (input thread)."""
        self._may_read_input.clear()
        if not self._call_soon(loop, partial(self._process_input, data)):
            return False
        if not self._is_closing:
            self._may_read_input.wait()
        return self._conversation.state is State.OPEN

    def _process_input(self, data: bytes) -> None:
        self._conversation.receive_input(data, time.monotonic())
        self._changed.set()

    def _input_failed(self, failure: OSError) -> None:
        self._conversation.input_failed(str(failure.strerror), time.monotonic())
        self._changed.set()

    @staticmethod
    def _call_soon(
        loop: asyncio.AbstractEventLoop, callback: Callable[[], None]
    ) -> bool:
        """Call *callback* in the loop; return False if the loop is closed."""
        try:
            loop.call_soon_threadsafe(callback)
        except RuntimeError:
            return False
        return True

    def _handle_signal(self, number: int) -> None:
        self._signal_exit_code = 128 + number
        self._changed.set()


def _discard(result: Transport | Unreachable) -> None:
    """Close a connection that is no longer needed."""
    if not isinstance(result, Unreachable):
        result.close()
