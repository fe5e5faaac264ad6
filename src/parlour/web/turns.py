"""Pages take in what came in turn, and only so much before the loop looks elsewhere."""

import asyncio
from typing import Final, Protocol

TURN: Final = 2 << 10  # bytes that all pages together take in before others' turn


class Taker(Protocol):
    """One that has bytes to take in."""

    def take_slice(self) -> int:
        """Take in a little, and return how many bytes that was."""
        ...


class Turns:
    """Those who wait for their turn, in order. One who has more to take in asks again.

    Belongs to one loop.
    """

    def __init__(self) -> None:
        self._waiting: dict[Taker, None] = {}
        self._is_due = False

    def add(self, taker: Taker) -> None:
        """Let *taker* take in a slice behind all others who wait."""
        self._waiting.setdefault(taker)
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._go)

    def drop(self, taker: Taker) -> None:
        """Let *taker*, who is gone, wait no more."""
        self._waiting.pop(taker, None)

    def _go(self) -> None:
        left = TURN
        try:
            while self._waiting and left > 0:
                taker = next(iter(self._waiting))
                del self._waiting[taker]
                left -= taker.take_slice()
        finally:  # the others go on, whatever became of one
            self._is_due = bool(self._waiting)
            if self._is_due:
                asyncio.get_running_loop().call_soon(self._go)
