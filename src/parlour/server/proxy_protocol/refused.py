"""Connections of trusted proxies without a valid header: the log, and the answer."""

import logging
from typing import Final

from parlour.core.events import Bye
from parlour.core.protocol.plain import PLAIN

from ..event_log import log_limited

HEADER_TIMEOUT: Final = 5.0  # seconds until the header must be complete
DISCONNECTED: Final = "the peer disconnected"
TIMEOUT: Final = "timeout"

_REASON: Final = (
    "connections from your address must come through a proxy that sends a PROXY header"
)
ANSWER: Final = PLAIN.encode(Bye("no_proxy_header", _REASON))
"""The line for somebody who connects from the address of a proxy, without it."""


def log_refused(address: str, reason: str) -> None:
    """Log that a proxy at *address* sent no valid header."""
    log_limited(logging.WARNING, "proxy.failed", address=address, reason=reason)
