"""The table of all settings of the server."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

from .accounts import ACCOUNTS
from .encryption import ENCRYPTION
from .history import HISTORY
from .limits import LIMITS
from .network import NETWORK
from .operations import OPERATIONS
from .output import OUTPUT
from .page import PAGE
from .setting import Setting

SETTINGS_BY_GROUP: Final[Mapping[str, tuple[Setting, ...]]] = {
    "Network": NETWORK,
    "Encryption": ENCRYPTION,
    "History": HISTORY,
    "Page for browsers": PAGE,
    "Health checks and metrics": OPERATIONS,
    "Guests and accounts": ACCOUNTS,
    "Limits": LIMITS,
    "Output and log": OUTPUT,
}
"""The settings by the heading of their group, in the order of help and reference."""

TABLE: Final = tuple(chain.from_iterable(SETTINGS_BY_GROUP.values()))
"""Every setting, in the same order."""

SETTINGS_BY_NAME: Final = {setting.name: setting for setting in TABLE}
"""The settings by their names, which are the keys in the file."""
