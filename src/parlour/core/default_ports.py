"""The ports of a server that has no others.

The command line imports it, so it imports nothing that takes long to load.
"""

from typing import Final

CHAT_PORT: Final = 5555
CHAT_TLS_PORT: Final = 5556
