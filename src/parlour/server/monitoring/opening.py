"""Opens the monitor of a server that has one. Only then is its library imported."""

from contextlib import AbstractContextManager, nullcontext
from socket import socket
from typing import TYPE_CHECKING

from parlour.core.hosts import AllowedHosts

from ..config import Config

if TYPE_CHECKING:
    from .monitor import Monitor


def open_monitor(
    config: Config, listeners: list[socket]
) -> "AbstractContextManager[Monitor | None]":
    """Return what answers on *listeners* while it is entered, if it is configured."""
    if config.ops is None:
        return nullcontext()
    from .exposition import Exposition  # noqa: PLC0415
    from .monitor import Monitor  # noqa: PLC0415
    from .versions import versions  # noqa: PLC0415

    hosts = AllowedHosts((config.ops.host, *config.ops.allowed))
    return Monitor(listeners, hosts, Exposition(versions(config.engine)))
