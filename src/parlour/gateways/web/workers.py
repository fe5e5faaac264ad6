"""Worker threads with a bounded queue of requests.

A pool belongs to one event loop; its threads run only the functions passed to `run`.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")


class Requester(Protocol):
    """The connection for which a function is run."""

    @property
    def is_closed(self) -> bool:
        """Whether the result is no longer needed."""
        ...


class QueueFullError(Exception):
    """The queue of a pool has reached its limit."""


class WorkerPool:
    """A pool of *threads* with a first-in, first-out queue of up to *max_waiting*."""

    def __init__(self, name: str, threads: int, max_waiting: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free, self._max_waiting = threads, max_waiting
        self._queue: dict[Requester, asyncio.Future[bool]] = {}

    async def run(self, requester: Requester, function: Callable[[], T]) -> T | None:
        """Run *function* in a thread, and return its result.

        Return None without running it if *requester* is closed before it starts.
        Raises `QueueFullError`.
        """
        if self._free:
            self._free -= 1
        elif not await self._wait_for_thread(requester):
            return None
        try:
            if requester.is_closed:
                return None
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, function)
        finally:
            self._release_thread()

    def cancel(self, requester: Requester) -> None:
        """Remove *requester* from the queue if it is there."""
        waiting = self._queue.pop(requester, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(False)

    def close(self) -> None:
        """Empty the queue, and end the threads when their functions return."""
        for requester in list(self._queue):
            self.cancel(requester)
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _wait_for_thread(self, requester: Requester) -> bool:
        """Return True with a thread reserved, or False if the wait was cancelled."""
        if len(self._queue) >= self._max_waiting:
            raise QueueFullError
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._queue[requester] = waiting
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and waiting.result():
                self._release_thread()
            raise
        finally:
            if self._queue.get(requester) is waiting:
                del self._queue[requester]

    def _release_thread(self) -> None:
        """Give a thread to the first requester in the queue."""
        for requester, waiting in list(self._queue.items()):
            del self._queue[requester]
            if not waiting.done():
                waiting.set_result(True)
                return
        self._free += 1
