"""Messages and all else in memory; they are lost when the process ends.

``store``          the journal and history in memory
``rooms``          its rooms, and the bound on all of them together
``room``           one room, with its stored messages
``message_pages``  reads pages of messages
``search``         searches, newest messages first
``acts``           the audit log
"""

from .store import MemoryStore

__all__ = ["MemoryStore"]
