"""Ctrl-Z for commands that read one moment of a history's file.

A program that is stopped while it reads keeps the server's write-ahead log from
restarting. So Ctrl-Z ends the reading first, and it begins again afterwards.
"""

import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import TypeVar

Result = TypeVar("Result")


class Suspended(BaseException):
    """Ctrl-Z was pressed, and what is being read has to be let go."""


def resumable(work: Callable[[], Result]) -> Result:
    """Return what *work* does; do it all again after each suspension meanwhile.

    *work* leaves nothing open when an exception ends it.
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
            # SQLite tells of an exception in its callback as of an interruption.
            if not is_suspended:
                raise
        finally:
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGSTOP)
