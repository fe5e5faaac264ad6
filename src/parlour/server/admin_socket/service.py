"""The threads that read requests from the admin socket, and write the answers.

The tool makes one connection for each request. A thread accepts connections, and each
has a thread of its own, so that one that sends nothing delays no other. All of them
wait with deadlines, and none of them holds a lock meanwhile: the hub is used only in
functions that the driver calls.
"""

import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final

from parlour.core.events import Refused
from parlour.core.hub import Hub
from parlour.core.protocol.admin_answers import Answer, Facts, encode_answer
from parlour.core.protocol.admin_requests import MAX_REQUEST, Request, decode_request
from parlour.core.protocol.process_answers import Draining
from parlour.core.protocol.process_requests import ProcessRequest

from ..event_log import log, log_limited
from .lines import LineTooLongError, read_line, write_line
from .listener import AdminListener
from .log_events import log_request
from .process_acts import ProcessActs
from .requests import LookedUp, PendingRequests, ReadHistory

if TYPE_CHECKING:
    from ..runtime import RunWithHub

MAX_CONNECTIONS: Final = 8  # at a time; further ones wait to be accepted
REQUEST_TIMEOUT: Final = 5.0  # seconds for a request to arrive
ANSWER_TIMEOUT: Final = 30.0  # seconds for the history to record what it asks for
WRITE_TIMEOUT: Final = 5.0  # seconds for the tool to take the answer
RETRY_WAIT: Final = 1.0  # seconds after an accept that failed

TOO_LONG: Final = Refused("line_too_long", f"a request has at most {MAX_REQUEST} bytes")
UNKNOWN: Final = "it is not known whether this was done: list what there is"
NO_ANSWER: Final = Refused("outcome_unknown", f"the server did not answer; {UNKNOWN}")
STOPPED: Final = Refused("outcome_unknown", f"the server has stopped; {UNKNOWN}")
STOPPING: Final = Refused("stopping", "the server is shutting down")


class AdminService:
    """The requests that arrive on *listener*, for *hub*. *wall* is the wall clock.

    *read* reads the history; it is called where the hub is used. *process* carries out
    what is about the process itself.

    `settle` is called by the owner of the hub, and the other methods by one thread.
    """

    def __init__(
        self,
        listener: AdminListener,
        hub: Hub,
        wall: Callable[[], float],
        read: ReadHistory,
        process: ProcessActs | None = None,
    ) -> None:
        self._process = process
        self._listener, self._wall = listener, wall
        self._run: RunWithHub = lambda call: call()
        self._requests = PendingRequests(hub, read)
        self._stopping = threading.Event()
        self._free = threading.Semaphore(MAX_CONNECTIONS)
        self._lock = threading.Lock()  # protects the attribute below
        self._answers: set[SimpleQueue[Answer | LookedUp]] = set()
        """Where threads wait for answers."""
        self._acceptor = threading.Thread(
            target=self._accept, name="admin-socket", daemon=True
        )

    @property
    def is_waiting(self) -> bool:
        """Whether a request waits for its entry. Any thread may read this."""
        return bool(len(self._requests))

    def open(self, run: "RunWithHub") -> None:
        """Accept requests from now on. *run* calls functions that use the hub."""
        self._run = run
        try:
            self._acceptor.start()
        except RuntimeError as exc:  # the system has no more threads
            log(logging.WARNING, "admin.unavailable", reason=str(exc))

    def settle(self) -> None:
        """Answer the requests whose entries are settled."""
        self._requests.settle()

    def stop_accepting(self) -> None:
        """Remove the socket. Requests that have arrived are still answered."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        with suppress(OSError):
            self._listener.socket.shutdown(socket.SHUT_RDWR)  # wakes the accept
        self._free.release()  # for a thread that waits to accept
        if self._acceptor.ident is not None:
            self._acceptor.join(RETRY_WAIT)  # not every system wakes it
        self._listener.close()

    def close(self) -> None:
        """Answer all waiting requests: the driver has ended."""
        self.stop_accepting()
        if self._process is not None:
            self._process.close()
        with self._lock:
            for waiting in self._answers:
                waiting.put(STOPPED)

    # -- threads ------------------------------------------------------------------

    def _accept(self) -> None:
        """Accept connections. If that fails, as when no descriptor is free, wait."""
        while True:
            self._free.acquire()
            if self._stopping.is_set():
                return
            try:
                connection, _ = self._listener.socket.accept()
                thread = threading.Thread(
                    target=self._serve, args=[connection], name="admin", daemon=True
                )
            except OSError as exc:
                self._free.release()
                if not self._stopping.is_set():
                    log_limited(logging.WARNING, "admin.failed", reason=exc.strerror)
                    self._stopping.wait(RETRY_WAIT)
                continue
            try:
                thread.start()
            except RuntimeError as exc:  # the system has no more threads
                connection.close()
                self._free.release()
                log_limited(logging.WARNING, "admin.failed", reason=str(exc))

    def _serve(self, connection: socket.socket) -> None:
        """Read one request, and answer it."""
        try:
            with connection, suppress(OSError, EOFError):  # the tool has gone
                answer = self._answer(connection)
                deadline = time.monotonic() + WRITE_TIMEOUT
                try:
                    write_line(connection, encode_answer(answer), deadline)
                finally:
                    if isinstance(answer, Draining) and self._process is not None:
                        self._process.drain()  # once the answer is written
        finally:
            self._free.release()

    def _answer(self, connection: socket.socket) -> Answer:
        """Return the answer to the request that arrives. Raises OSError, EOFError."""
        try:
            deadline = time.monotonic() + REQUEST_TIMEOUT
            line = read_line(connection, MAX_REQUEST, deadline)
        except LineTooLongError:
            return TOO_LONG
        found = decode_request(line)
        if isinstance(found, Refused):
            return found
        kind, request = found
        answer = self._ask(request)
        if not isinstance(answer, Facts):
            log_request(kind, request, answer)
        return answer

    def _ask(self, request: Request) -> Answer:
        """Have the driver carry out *request*, and wait for the outcome."""
        answers = SimpleQueue[Answer | LookedUp]()
        with self._lock:
            if self._stopping.is_set():
                return STOPPING
            self._answers.add(answers)
        try:
            if self._process is not None and isinstance(request, ProcessRequest):
                self._process.begin(request, answers.put)
            else:
                self._run(partial(self._begin, request, answers))
            while isinstance(found := answers.get(timeout=ANSWER_TIMEOUT), LookedUp):
                self._run(partial(self._requests.resume, found, answers.put))
            return found  # noqa: TRY300 -- the loop has set it
        except Empty:
            return NO_ANSWER
        finally:
            with self._lock:
                self._answers.remove(answers)

    def _begin(self, request: Request, answers: SimpleQueue[Answer | LookedUp]) -> None:
        self._requests.begin(request, self._wall(), answers.put)
