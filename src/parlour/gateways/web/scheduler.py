"""Process the input of WebSockets in turn, a bounded amount per pass of the loop."""

import asyncio
from collections import OrderedDict
from typing import Final, Protocol

WORK_BUDGET: Final = 2 << 10  # bytes of all pages together in one pass of the loop


class InputSource(Protocol):
    """A connection with unprocessed input."""

    def process_slice(self) -> int:
        """Process one slice of the input, and return its size in bytes."""
        ...


class InputScheduler:
    """A queue of input sources, each of which processes one slice in its turn.

    A source with more input is added again. A scheduler belongs to one event loop.
    """

    def __init__(self) -> None:
        # The first key of a plain dict is slow to find after many deletions.
        self._queue: OrderedDict[InputSource, None] = OrderedDict()
        self._is_scheduled = False

    def add(self, source: InputSource) -> None:
        """Append *source* to the queue, unless it is there already."""
        self._queue.setdefault(source)
        if not self._is_scheduled:
            self._is_scheduled = True
            asyncio.get_running_loop().call_soon(self._run)

    def remove(self, source: InputSource) -> None:
        """Remove *source* from the queue if it is there."""
        self._queue.pop(source, None)

    def _run(self) -> None:
        budget = WORK_BUDGET
        try:
            while self._queue and budget > 0:
                source, _ = self._queue.popitem(last=False)
                budget -= source.process_slice()
        finally:  # an error in one source does not stop the others
            self._is_scheduled = bool(self._queue)
            if self._is_scheduled:
                asyncio.get_running_loop().call_soon(self._run)
