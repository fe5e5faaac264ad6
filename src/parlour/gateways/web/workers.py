"""Threads that make answers, and the queue before them: both are bounded.

Everything here is used by the loop of the page alone.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")


class Asker(Protocol):
    """Who wants an answer."""

    @property
    def is_gone(self) -> bool:
        """Whether nobody would hear it any more."""
        ...


class CrowdedError(Exception):
    """So many wait already that one more is not let in."""


class Makers:
    """So many *threads*, and at most so many *waiting* for one, in their order."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._free, self._most = threads, waiting
        self._turns: dict[Asker, asyncio.Future[bool]] = {}

    async def make(self, asker: Asker, make: Callable[[], T]) -> T | None:
        """Return what *make* returns, in a thread; None if *asker* went before.

        Raises `CrowdedError`.
        """
        if self._free:
            self._free -= 1
        elif not await self._turn_of(asker):
            return None
        try:
            if asker.is_gone:
                return None
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._executor, make)
        finally:
            self._pass_on()

    def forget(self, asker: Asker) -> None:
        """Let *asker*, who is gone, wait no more."""
        turn = self._turns.pop(asker, None)
        if turn is not None and not turn.done():
            turn.set_result(False)

    def close(self) -> None:
        """Let nobody wait any more, and end the threads when they have finished."""
        for asker in list(self._turns):
            self.forget(asker)
        self._executor.shutdown(wait=False, cancel_futures=True)

    async def _turn_of(self, asker: Asker) -> bool:
        """Wait for a thread, and tell whether there is one."""
        if len(self._turns) >= self._most:
            raise CrowdedError
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._turns[asker] = turn
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.result():
                self._pass_on()
            raise
        finally:
            if self._turns.get(asker) is turn:
                del self._turns[asker]

    def _pass_on(self) -> None:
        """Give a thread that is free to who waited longest."""
        for asker, turn in list(self._turns.items()):
            del self._turns[asker]
            if not turn.done():
                turn.set_result(True)
                return
        self._free += 1
