"""Process the input of pages in turn, a bounded amount in each pass of the loop."""

import asyncio
from collections import OrderedDict
from typing import Final, Protocol

TURN: Final = 2 << 10  # bytes of all pages together in one pass of the loop


class Taker(Protocol):
    """One that has input to process."""

    def take_slice(self) -> int:
        """Process a little, and return how many bytes that was."""
        ...


class Turns:
    """Those who wait for their turn, in order. One with more input is added again.

    Belongs to one event loop.
    """

    def __init__(self) -> None:
        # The first of a plain dict is found behind all that were deleted before it.
        self._waiting: OrderedDict[Taker, None] = OrderedDict()
        self._is_due = False

    def add(self, taker: Taker) -> None:
        """Queue *taker* for one slice, behind all others."""
        self._waiting.setdefault(taker)
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._go)

    def drop(self, taker: Taker) -> None:
        """Remove *taker*, whose connection is gone."""
        self._waiting.pop(taker, None)

    def _go(self) -> None:
        left = TURN
        try:
            while self._waiting and left > 0:
                taker, _ = self._waiting.popitem(last=False)
                left -= taker.take_slice()
        finally:  # the others go on, whatever became of one
            self._is_due = bool(self._waiting)
            if self._is_due:
                asyncio.get_running_loop().call_soon(self._go)
