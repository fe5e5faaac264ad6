"""The settings of limits: connections, lines and rates."""

from typing import Final

from parlour.server.config import Config

from ..option_types import NumberType, RateType
from .setting import Applied, Setting

DEFAULTS: Final = Config()
RATE: Final = RateType()
MAX_CONNECTIONS: Final = 1_000_000

LIMITS: Final = (
    Setting(
        name="max-users",
        type=NumberType(1, MAX_CONNECTIONS),
        derived="10000 async, 1000 threads",
        metavar="COUNT",
        applied=Applied.ON_RELOAD,
        help="Maximum number of connections.",
        details="Those that are there stay if a reload makes it smaller. The limit of "
        "open files of the process bounds it, too.",
        example=500,
    ),
    Setting(
        name="max-per-address",
        type=NumberType(1, MAX_CONNECTIONS),
        derived="256, or a quarter of --max-users if that is less, but at least 16",
        metavar="COUNT",
        applied=Applied.ON_RELOAD,
        help="Maximum number of connections from one address (IPv6: one /64). This "
        "machine is exempt.",
        example=64,
    ),
    Setting(
        name="max-line",
        type=NumberType(1024, 1 << 20),
        default=DEFAULTS.max_line,
        metavar="BYTES",
        help="Maximum length of a line; longer lines are refused.",
    ),
    Setting(
        name="rate",
        type=RATE,
        default=RATE.written(DEFAULTS.rate),
        metavar="LINES/BURST|off",
        applied=Applied.ON_RELOAD,
        help="Lines a second, and in a burst, that a user may send before they are "
        "delayed. Users on this machine are exempt.",
        details="Those behind a proxy are not exempt. `off` "
        "also lifts the limit of new rooms for this machine. A reload applies it to "
        "connections that arrive afterwards.",
    ),
)
