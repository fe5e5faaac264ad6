"""The event loop: uvloop where the platform has it, else asyncio's own."""

import asyncio
import logging
from typing import Final

from .event_log import log_limited

try:
    import uvloop
except ModuleNotFoundError:  # a platform without it
    LOOP, new_event_loop = "asyncio", asyncio.new_event_loop
    _version = ""
else:
    LOOP, new_event_loop = "asyncio on uvloop", uvloop.new_event_loop
    _version = uvloop.__version__  # type: ignore[attr-defined]  # not in its __all__

UVLOOP_VERSION: Final[str] = _version
"""The version of uvloop; ``""`` without it."""


def log_failure(_: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Log an exception that nothing caught; this is a loop's exception handler."""
    exc = context.get("exception")
    error = exc if isinstance(exc, BaseException) else None
    log_limited(logging.ERROR, "loop.failed", error, reason=str(context.get("message")))
