"""The thread and the event loop of a gateway, in the driver that has no loop itself."""

import asyncio
import logging
import threading
from contextlib import suppress
from typing import Final, NamedTuple

from parlour.core.ports import Gateway

from ..event_log import log_limited
from ..event_loops import log_failure, new_event_loop
from .gateway_server import GatewayServer
from .gateway_transport import Mailbox
from .locked_hub import LockedHub

CLOSE_TIMEOUT: Final = 30.0  # seconds to close a gateway; its own timeouts are shorter


class _Loop(NamedTuple):
    """The loop in which a gateway runs, as other threads use it."""

    loop: asyncio.AbstractEventLoop
    mailbox: Mailbox
    closing: asyncio.Event


class GatewayThread:
    """A thread in which *gateway* runs. The main thread calls its methods."""

    def __init__(self, gateway: Gateway, hub: LockedHub) -> None:
        self._gateway, self._hub = gateway, hub
        self._is_open = threading.Event()
        self._failure: BaseException | None = None
        self._loop: _Loop | None = None  # once the thread runs
        self._thread = threading.Thread(target=self._run, name="gateway", daemon=True)

    def open(self) -> None:
        """Wait until the gateway accepts connections, or raise its exception."""
        self._thread.start()
        self._is_open.wait()
        if self._failure is not None:
            raise self._failure

    def stop_accepting(self) -> None:
        """Accept no more connections."""
        if self._loop is not None:
            self._loop.mailbox.post(self._gateway.stop_accepting)

    def abort(self) -> None:
        """Abort every connection. A signal handler may call this: it takes no lock."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed, and its connections too
                self._loop.loop.call_soon_threadsafe(self._gateway.abort)

    def close(self, seconds: float) -> None:
        """Close every connection; abort those that are there after *seconds*.

        It waits at most `CLOSE_TIMEOUT` longer.
        """
        if self._loop is not None:
            self._loop.mailbox.post(self._loop.closing.set)
        self._thread.join(seconds)
        if self._thread.is_alive():
            self.abort()
            self._thread.join(CLOSE_TIMEOUT)

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(self._serve())
        except Exception as exc:  # noqa: BLE001 -- `open` raises it, or it is logged
            self._failure = exc
            if self._is_open.is_set():
                log_limited(logging.ERROR, "door.failed", exc)
        finally:
            self._is_open.set()

    async def _serve(self) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(log_failure)
        mailbox, closing = Mailbox(loop.call_soon_threadsafe), asyncio.Event()
        self._loop = _Loop(loop, mailbox, closing)
        await self._gateway.open(GatewayServer(self._hub, mailbox))
        self._is_open.set()
        await closing.wait()
        await self._gateway.close()
