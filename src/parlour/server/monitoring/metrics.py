"""The table of all metrics.

The names follow the conventions of Prometheus: a unit in the plural, and ``_total`` for
what only increases. Everything is read from numbers that the chat has anyway.
"""

from typing import Final

from .history_metrics import HISTORY
from .message_metrics import DELAYS, MESSAGES
from .tls_metrics import ENCRYPTION
from .user_metrics import USERS

METRICS: Final = (*USERS, *MESSAGES, *DELAYS, *HISTORY, *ENCRYPTION)
"""All metrics but those of `exposition`, which are about the process."""

GROUPS: Final = {
    "Connections and accounts": USERS,
    "Messages": MESSAGES,
    "Delays and queues": DELAYS,
    "Journal and history": HISTORY,
    "Encryption": ENCRYPTION,
}
"""The metrics by the headings of the reference."""
