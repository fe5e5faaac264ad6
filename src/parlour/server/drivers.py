"""The drivers, by the engine in the configuration."""

from collections.abc import Callable

from .config import Engine
from .runtime import Runtime

Serve = Callable[[Runtime], None]
"""Serves until a signal stops the server."""


def load_driver(engine: Engine) -> tuple[str, Serve]:
    """Return the name of the driver and its `serve`. Do not import the other driver."""
    if engine == "threads":
        from .threaded_driver.driver import serve  # noqa: PLC0415

        return "a thread per client", serve
    from .asyncio_driver.driver import serve  # noqa: PLC0415
    from .event_loops import LOOP  # noqa: PLC0415

    return LOOP, serve
