"""The scheduling priority of a thread."""

import os
import sys
import threading
from contextlib import suppress


def lower_thread_priority(steps: int) -> None:
    """Raise the niceness of the calling thread by *steps*, if the system can.

    Linux has a niceness for each thread, of at most 19. Elsewhere it is that of the
    whole process, and nothing changes.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):
            niceness = os.getpriority(os.PRIO_PROCESS, thread)
            os.setpriority(os.PRIO_PROCESS, thread, niceness + steps)
