"""Worker threads with a bounded queue of requests, whose networks take turns.

A pool belongs to one event loop; its threads run only the functions passed to `run`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, Protocol, TypeVar

from parlour.system.turns import Turns

T = TypeVar("T")

RUNNING_EACH: Final = 1  # functions of one network that run at a time
LEFT_BY_EXEMPT: Final = 1  # threads that `EXEMPT` leaves to the others
EXEMPT: Final = ""
"""The network without limits, this machine, and so of all users of a proxy on it."""


class Requester(Protocol):
    """The connection for which a function is run."""

    @property
    def is_closed(self) -> bool:
        """Whether the result is no longer needed."""
        ...


class QueueFullError(Exception):
    """The queue of a pool has reached its limit."""


class _Wait(NamedTuple):
    """A requester in the queue, and whether a thread is reserved for it."""

    requester: Requester
    result: asyncio.Future[bool]

    def end(self, *, is_reserved: bool) -> None:
        """Stop waiting, unless that is over."""
        if not self.result.done():
            self.result.set_result(is_reserved)


class WorkerPool:
    """A pool of *threads* with a queue of up to *max_waiting*.

    In a full queue, the network with most requesters makes room for those of others.

    A network has at most `RUNNING_EACH` of the threads at a time, even if others are
    free: threads share the processor with the chat, from which one network must not
    take more. The users of a proxy on this machine have all but `LEFT_BY_EXEMPT`. They
    take one turn like another network.
    """

    def __init__(self, name: str, threads: int, max_waiting: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = threads
        self._running_exempt = max(threads - LEFT_BY_EXEMPT, 1)
        self._running = Counter[str]()  # by network, without zeros
        self._max_waiting = max_waiting
        self._queue: Turns[_Wait] = Turns()

    async def run(
        self, requester: Requester, network: str, function: Callable[[], T]
    ) -> T | None:
        """Run *function* in a thread, and return its result.

        Return None without running it if *requester* is closed before it starts.
        Raises `QueueFullError`.
        """
        if self._may_run(network):
            self._reserve(network)
        elif not await self._wait_for_thread(requester, network):
            return None
        try:
            if requester.is_closed:
                return None
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, function)
        finally:
            self._release(network)

    def cancel(self, requester: Requester) -> None:
        """Remove *requester* from the queue if it is there."""
        for each in self._queue.remove(lambda wait: wait.requester is requester):
            each.end(is_reserved=False)

    def close(self) -> None:
        """Empty the queue, and end the threads when their functions return."""
        for each in self._queue.remove(lambda _: True):
            each.end(is_reserved=False)
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _wait_for_thread(self, requester: Requester, network: str) -> bool:
        """Return True with a thread reserved, or False if the wait was cancelled."""
        if len(self._queue) >= self._max_waiting:
            self._make_room(network)
        result: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue.add(network, _Wait(requester, result))
        try:
            return await result
        except asyncio.CancelledError:
            self._queue.remove(lambda wait: wait.result is result)
            is_over = result.cancelled() or not result.done()
            if not is_over and result.exception() is None and result.result():
                self._release(network)
            raise

    def _make_room(self, network: str) -> None:
        """Remove the last requester of the network that has most of them."""
        if self._queue.longest <= self._queue.count(network) + 1:
            raise QueueFullError
        result = self._queue.pop_last_of_longest().result
        if not result.done():
            result.set_exception(QueueFullError())

    def _may_run(self, network: str) -> bool:
        most = self._running_exempt if network == EXEMPT else RUNNING_EACH
        return self._free > 0 and self._running[network] < most

    def _reserve(self, network: str) -> None:
        self._free -= 1
        self._running[network] += 1

    def _release(self, network: str) -> None:
        """Give the thread of *network* to the next requesters that may run."""
        self._free += 1
        self._running[network] -= 1
        if not self._running[network]:
            del self._running[network]
        while (found := self._queue.pop(self._may_run)) is not None:
            network, wait = found
            if not wait.result.done():
                self._reserve(network)
                wait.end(is_reserved=True)
