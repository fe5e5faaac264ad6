"""A few worker threads run the functions of requests that are still open, in turn."""

import asyncio
import threading

import pytest

from parlour.gateways.web.workers import EXEMPT, QueueFullError, WorkerPool

PATIENCE = 10.0  # seconds
HOME, AWAY, ELSEWHERE = "192.0.2.1", "192.0.2.2", "192.0.2.3"


class Request:
    is_closed = False


def test_a_cancelled_request_is_not_run_and_leaves_the_queue() -> None:
    results: list[bool | None] = []

    async def play() -> None:
        pool, may_return = WorkerPool("test", 1, 2), threading.Event()
        first, cancelled, second, third = Request(), Request(), Request(), Request()

        async def run(request: Request) -> None:
            results.append(
                await pool.run(request, HOME, lambda: may_return.wait(PATIENCE))
            )

        async with asyncio.TaskGroup() as group:
            for each in (first, cancelled, second):
                group.create_task(run(each))
            await asyncio.sleep(0)
            with pytest.raises(QueueFullError):
                await pool.run(third, HOME, bool)
            pool.cancel(cancelled)
            await asyncio.sleep(0)
            group.create_task(run(third))
            await asyncio.sleep(0)
            may_return.set()
        pool.close()

    asyncio.run(play())

    assert results == [None, True, True, True]


class Pool:
    """A pool whose functions return when a test lets them; it records what they did."""

    def __init__(
        self, group: asyncio.TaskGroup, threads: int, max_waiting: int
    ) -> None:
        self._group, self._pool = group, WorkerPool("test", threads, max_waiting)
        self._may_return = threading.Event()
        self._loop, self._has_started = asyncio.get_running_loop(), asyncio.Event()
        self.started: list[str] = []
        self.refused: list[str] = []

    async def request(self, network: str, *names: str) -> None:
        """Run functions for requests of *network*."""
        for name in names:
            self._group.create_task(self._run(name, network))
            await asyncio.sleep(0)

    async def wait_for(self, count: int) -> list[str]:
        """Return the names of the functions that run as soon as *count* do."""
        async with asyncio.timeout(PATIENCE):
            while len(self.started) < count:
                self._has_started.clear()
                await self._has_started.wait()
        return sorted(self.started)

    def finish(self) -> None:
        """Let all functions return."""
        self._may_return.set()

    async def _run(self, name: str, network: str) -> None:
        def start() -> None:
            self.started.append(name)
            self._has_started.set()

        def function() -> None:
            self._loop.call_soon_threadsafe(start)
            assert self._may_return.wait(PATIENCE)

        try:
            await self._pool.run(Request(), network, function)
        except QueueFullError:
            self.refused.append(name)


def test_networks_take_turns() -> None:
    async def play() -> list[str]:
        async with asyncio.TaskGroup() as group:
            pool = Pool(group, 1, 64)
            await pool.request(HOME, "h0", "h1", "h2", "h3", "h4")
            await pool.request(AWAY, "a0", "a1")
            await pool.request(ELSEWHERE, "e0")
            pool.finish()
        return pool.started

    assert asyncio.run(play()) == ["h0", "h1", "a0", "e0", "h2", "a1", "h3", "h4"]


@pytest.mark.parametrize(
    ("network", "running"),
    [(HOME, ["a0", "h0"]), (EXEMPT, ["a0", "h0", "h1", "h2"])],
    ids=["a network", "a proxy"],
)
def test_a_network_leaves_threads_to_the_others(
    network: str, running: list[str]
) -> None:
    async def play() -> list[str]:
        async with asyncio.TaskGroup() as group:
            pool = Pool(group, 4, 64)
            await pool.request(network, "h0", "h1", "h2", "h3", "h4")
            await pool.request(AWAY, "a0")
            started = await pool.wait_for(len(running))
            pool.finish()
        assert len(pool.started) == 6
        return started

    assert asyncio.run(play()) == running


def test_a_proxy_may_use_the_only_thread() -> None:
    async def play() -> list[str]:
        async with asyncio.TaskGroup() as group:
            pool = Pool(group, 1, 64)
            await pool.request(EXEMPT, "h0", "h1")
            pool.finish()
        return pool.started

    assert asyncio.run(play()) == ["h0", "h1"]


def test_the_network_with_most_requests_makes_room_in_a_full_queue() -> None:
    async def play() -> Pool:
        async with asyncio.TaskGroup() as group:
            pool = Pool(group, 1, 4)
            await pool.request(HOME, "h0", "h1", "h2", "h3", "h4", "h5")
            await pool.request(AWAY, "a0", "a1", "a2")
            pool.finish()
        return pool

    pool = asyncio.run(play())

    assert pool.refused == ["h5", "h4", "h3", "a2"]
    assert pool.started == ["h0", "h1", "a0", "h2", "a1"]
