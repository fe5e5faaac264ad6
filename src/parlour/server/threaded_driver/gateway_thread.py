"""A side door in a thread of its own, for the driver that has no loop."""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from parlour.core.ports import Gateway

from ..event_log import log_limited
from ..event_loops import log_failure, new_event_loop
from .gateway_transport import GatewayServer, Mailbox

CLOSE_WAIT: Final = 30.0  # seconds for a door to close, each wait of which is shorter


class GatewayThread:
    """A side door that is open in a thread of its own."""

    def __init__(self, door: Gateway, hall: Callable[[Mailbox], GatewayServer]) -> None:
        self._door, self._hall = door, hall
        self._is_open = threading.Event()
        self._failure: BaseException | None = None
        self._mailbox: Mailbox | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing: asyncio.Event | None = None
        self._thread = threading.Thread(target=self._run, name="side door", daemon=True)

    def open(self) -> None:
        """Return when connections are let in, or raise what went wrong."""
        self._thread.start()
        self._is_open.wait()
        if self._failure is not None:
            raise self._failure

    def stop_accepting(self) -> None:
        """Let nobody in any more."""
        self._post(self._door.stop_accepting)

    def abort(self) -> None:
        """Make everybody go at once. A signal may call this: it takes no lock."""
        if self._loop is not None:
            with suppress(RuntimeError):  # it is closed: nobody is there
                self._loop.call_soon_threadsafe(self._door.abort)

    def close(self) -> None:
        """Return when everybody is gone."""
        if self._closing is not None:
            self._post(self._closing.set)
        self._thread.join(CLOSE_WAIT)

    def _post(self, do: Callable[[], None]) -> None:
        if self._mailbox is not None:
            self._mailbox.post(do)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(self._serve())
        except Exception as exc:  # noqa: BLE001 -- told to who waits, or logged
            self._failure = exc
            if self._is_open.is_set():
                log_limited(logging.ERROR, "door.failed", exc)
        finally:
            self._is_open.set()

    async def _serve(self) -> None:
        self._closing = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(log_failure)
        self._mailbox = Mailbox(self._loop.call_soon_threadsafe)
        await self._door.open(self._hall(self._mailbox))
        self._is_open.set()
        await self._closing.wait()
        await self._door.close()
