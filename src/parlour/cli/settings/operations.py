"""The settings of health checks and metrics."""

from typing import Final

from ..option_types import AllowedHostType, HostType, PortType
from .setting import Setting

OPERATIONS: Final = (
    Setting(
        name="ops-port",
        type=PortType(0),
        derived="no health checks and metrics",
        help="Port of health checks and metrics; 0 uses a free port.",
        details="[How to monitor a server](../howto/monitor.md).",
        example=9555,
    ),
    Setting(
        name="ops-host",
        needs="ops-port",
        type=HostType(),
        default="127.0.0.1",
        help="Address or name to serve them on. Whoever reaches it can read them.",
    ),
    Setting(
        name="ops-allow",
        needs="ops-port",
        type=AllowedHostType(),
        derived="localhost and addresses only",
        metavar="HOST",
        is_multiple=True,
        help="Host name that requests may use, for example those of Prometheus on "
        "another machine; can be repeated.",
        example=("chat.example.org",),
    ),
)
