"""Worker threads with a bounded queue of requests, whose networks take turns.

A pool belongs to one event loop; its threads run only the functions passed to `run`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol, TypeVar

T = TypeVar("T")

RUNNING_EACH: Final = 1  # functions of one network that run at a time
RUNNING_PROXY: Final = 2  # the same for `PROXY`
PROXY: Final = ""
"""The network of this machine, and so of all users of a proxy on it."""


class Requester(Protocol):
    """The connection for which a function is run."""

    @property
    def is_closed(self) -> bool:
        """Whether the result is no longer needed."""
        ...


class QueueFullError(Exception):
    """The queue of a pool has reached its limit."""


Waiting = asyncio.Future[bool]


class FairQueue:
    """Up to *most* requesters, whose networks are served in turn.

    In a full queue, the network with most requesters makes room for those of others.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._networks: dict[Requester, str] = {}
        self._turns: dict[str, dict[Requester, Waiting]] = {}  # the next one first

    def __iter__(self) -> Iterator[Requester]:
        return iter(list(self._networks))

    def add(self, requester: Requester, network: str) -> Waiting:
        """Add *requester* as the last one of *network*. Raises `QueueFullError`."""
        if len(self._networks) >= self._most:
            self._make_room(network)
        waiting: Waiting = asyncio.get_running_loop().create_future()
        self._networks[requester] = network
        self._turns.setdefault(network, {})[requester] = waiting
        return waiting

    def remove(self, requester: Requester) -> Waiting | None:
        """Remove *requester*; return what it waits for, or None if it is not here."""
        network = self._networks.pop(requester, None)
        if network is None:
            return None
        waiting = self._turns[network].pop(requester)
        if not self._turns[network]:
            del self._turns[network]
        return waiting

    def pop(self, may_run: Callable[[str], bool]) -> tuple[str, Waiting] | None:
        """Remove the first requester of the next network that *may_run*, if any.

        Return its network, whose turn is last now, and what it waits for.
        """
        network = next(filter(may_run, self._turns), None)
        if network is None:
            return None
        requesters = self._turns[network] = self._turns.pop(network)
        waiting = self.remove(next(iter(requesters)))
        assert waiting is not None
        return network, waiting

    def _make_room(self, network: str) -> None:
        """Remove the last requester of the network that has most of them."""
        longest = max(self._turns.values(), key=len, default={})
        if len(longest) <= len(self._turns.get(network, ())) + 1:
            raise QueueFullError
        waiting = self.remove(next(reversed(longest)))
        if waiting is not None and not waiting.done():
            waiting.set_exception(QueueFullError())


class WorkerPool:
    """A pool of *threads* with a queue of up to *max_waiting*.

    A network has at most `RUNNING_EACH` of the threads at a time, and the users of a
    proxy on this machine have `RUNNING_PROXY`, so that one of them may wait for the
    history. They take one turn like another network.
    """

    def __init__(self, name: str, threads: int, max_waiting: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free = threads
        self._running = Counter[str]()  # by network, without zeros
        self._queue = FairQueue(max_waiting)

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
        waiting = self._queue.remove(requester)
        if waiting is not None and not waiting.done():
            waiting.set_result(False)

    def close(self) -> None:
        """Empty the queue, and end the threads when their functions return."""
        for requester in self._queue:
            self.cancel(requester)
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _wait_for_thread(self, requester: Requester, network: str) -> bool:
        """Return True with a thread reserved, or False if the wait was cancelled."""
        waiting = self._queue.add(requester, network)
        try:
            return await waiting
        except asyncio.CancelledError:
            self._queue.remove(requester)
            is_over = waiting.cancelled() or not waiting.done()
            if not is_over and waiting.exception() is None and waiting.result():
                self._release(network)
            raise

    def _may_run(self, network: str) -> bool:
        most = RUNNING_PROXY if network == PROXY else RUNNING_EACH
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
            network, waiting = found
            if not waiting.done():
                self._reserve(network)
                waiting.set_result(True)
