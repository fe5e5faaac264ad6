"""A few worker threads run the functions of requests that are still open."""

import asyncio
import threading

import pytest

from parlour.gateways.web.workers import QueueFullError, WorkerPool

PATIENCE = 10.0  # seconds


class Request:
    is_closed = False


def test_a_cancelled_request_is_not_run_and_leaves_the_queue() -> None:
    results: list[bool | None] = []

    async def play() -> None:
        pool, may_return = WorkerPool("test", 1, 2), threading.Event()
        first, cancelled, second, third = Request(), Request(), Request(), Request()

        async def run(request: Request) -> None:
            results.append(await pool.run(request, lambda: may_return.wait(PATIENCE)))

        async with asyncio.TaskGroup() as group:
            for each in (first, cancelled, second):
                group.create_task(run(each))
            await asyncio.sleep(0)
            with pytest.raises(QueueFullError):
                await pool.run(third, bool)
            pool.cancel(cancelled)
            await asyncio.sleep(0)
            group.create_task(run(third))
            await asyncio.sleep(0)
            may_return.set()
        pool.close()

    asyncio.run(play())

    assert results == [None, True, True, True]
