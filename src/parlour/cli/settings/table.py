"""The table of all settings of the server."""

from typing import Final

from .accounts import ACCOUNTS
from .encryption import ENCRYPTION
from .history import HISTORY
from .limits import LIMITS
from .network import NETWORK
from .operations import OPERATIONS
from .output import OUTPUT
from .page import PAGE

TABLE: Final = (
    *NETWORK,
    *ENCRYPTION,
    *HISTORY,
    *PAGE,
    *OPERATIONS,
    *ACCOUNTS,
    *LIMITS,
    *OUTPUT,
)
"""Every setting, in the order of the help and of the reference."""

SETTINGS_BY_NAME: Final = {setting.name: setting for setting in TABLE}
"""The settings by their names, which are the keys in the file."""
