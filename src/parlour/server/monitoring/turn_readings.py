"""Readings that the driver takes in its turns, for coroutines of another thread."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from parlour.core.rate_limit import Rate, TokenBucket

from .readings import Reading

if TYPE_CHECKING:
    from ..runtime import RunWithHub

TURN_TIMEOUT: Final = 3.0  # seconds for the driver to take a turn
READING_RATE: Final = Rate(5.0, 20.0)
"""Readings of the driver; beyond that, the last one is used again."""


class NoTurnError(Exception):
    """The driver has taken no turn for *seconds*."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class TurnReadings:
    """The results of *read*, which a driver calls by its *run_in_turn*.

    Its methods are called in one event loop. All coroutines that wait at the same time
    share one reading, so that a driver without turns is not asked again and again.
    Those that ask too often get the last one again.
    """

    def __init__(self, read: Callable[[], Reading], run_in_turn: "RunWithHub") -> None:
        self._read, self._run_in_turn = read, run_in_turn
        self._next: asyncio.Future[Reading] | None = None
        self._asked = time.monotonic()  # when the next reading was asked for
        self._bucket = TokenBucket(READING_RATE, self._asked)

    async def next(self) -> Reading:
        """Return the reading of the next turn. Raises NoTurnError."""
        waiting = self._next
        if waiting is None or self._must_ask(waiting):
            self._next = waiting = asyncio.get_running_loop().create_future()
            self._asked = time.monotonic()
            self._ask(waiting)
        try:
            async with asyncio.timeout(TURN_TIMEOUT):
                return await asyncio.shield(waiting)
        except TimeoutError:
            raise NoTurnError(time.monotonic() - self._asked) from None

    def _must_ask(self, last: "asyncio.Future[Reading]") -> bool:
        """Return whether the *last* reading is neither awaited nor to be used again."""
        if not (last.done() and self._bucket.has_token(time.monotonic())):
            return False
        self._bucket.spend(1.0)
        return True

    def _ask(self, future: "asyncio.Future[Reading]") -> None:
        loop = asyncio.get_running_loop()

        def answer() -> None:
            """Take the reading. The driver calls this, and no exception may end it."""
            try:
                reading: Reading | Exception = self._read()
            except Exception as exc:  # noqa: BLE001 -- the monitor raises it
                reading = exc
            with suppress(RuntimeError):  # the loop is closed, and so is the monitor
                loop.call_soon_threadsafe(_resolve, future, reading)

        self._run_in_turn(answer)


def _resolve(future: "asyncio.Future[Reading]", reading: Reading | Exception) -> None:
    if future.done():
        return
    if isinstance(reading, Exception):
        future.set_exception(reading)
    else:
        future.set_result(reading)
