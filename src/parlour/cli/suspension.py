"""Ctrl-Z for commands that read a history in one transaction.

A process that is stopped during a read transaction keeps the server's write-ahead log
from being truncated. So Ctrl-Z ends the transaction first, and the read starts again
when the process continues.
"""

import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")


class Suspended(BaseException):
    """Ctrl-Z was pressed, and the read transaction must end."""


def resumable(work: Callable[[], Result]) -> Result:
    """Return the result of *work*; run it again from the start after each suspension.

    *work* must close everything when an exception ends it.
    """
    if signal.getsignal(signal.SIGTSTP) is not signal.SIG_DFL:
        return work()  # a shell without job control ignores it
    while True:
        is_suspended = False

        def suspend(_number: int, _frame: FrameType | None) -> None:
            nonlocal is_suspended
            is_suspended = True
            raise Suspended

        signal.signal(signal.SIGTSTP, suspend)
        try:
            return work()
        except BaseException:
            # SQLite reports an exception in its callback as an interruption.
            if not is_suspended:
                raise
        finally:
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSTOP)
