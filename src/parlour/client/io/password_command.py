"""Runs the command of `--password-command`, and reads the first line that it writes.

The line is bounded, however much the command writes, and nothing that it starts delays
the client for longer than its timeout.
"""

import os
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from typing import Final

from parlour.core.limits import MAX_PASSWORD

TIMEOUT: Final = 60.0  # seconds for the line, or for the end of the output
END_TIMEOUT: Final = 1.0  # seconds after the line for the command to end
END_INTERVAL: Final = 0.02  # seconds between two looks whether it has ended
MAX_READ: Final = MAX_PASSWORD + 2  # bytes: CR and LF may follow a password
MAX_DISCARDED: Final = 1 << 16  # bytes in each interval: what a pipe holds


class CommandError(Exception):
    """The command failed; the message says why."""


def first_line(command: str) -> bytes:
    """Return the first line that *command* writes, at most `MAX_READ` bytes of it.

    The line has no end. Raises CommandError.
    """
    has_session = not _has_terminal()  # on a terminal, the command may ask the user
    with subprocess.Popen(  # noqa: S602 -- the user's own command, for their shell
        command,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        bufsize=0,
        start_new_session=has_session,
    ) as process:
        assert process.stdout is not None
        try:
            data = _read(process.stdout.fileno())
            if b"\n" in data or len(data) < MAX_READ:
                _await_end(process, process.stdout.fileno())
            code = process.poll()
        finally:
            _kill(process, has_session=has_session)
    if code:
        raise CommandError(f"its exit code is {code}")
    return data.partition(b"\n")[0].removesuffix(b"\r")


def _read(descriptor: int) -> bytes:
    """Read until the first LF, the end, or `MAX_READ` bytes."""
    data, deadline = b"", time.monotonic() + TIMEOUT
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while b"\n" not in data and len(data) < MAX_READ:
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise CommandError(f"it has written no line within {TIMEOUT:.0f} s")
            part = os.read(descriptor, MAX_READ - len(data))
            if not part:
                break
            data += part
    return data


def _await_end(process: "subprocess.Popen[bytes]", descriptor: int) -> None:
    """Wait until the command has ended or the timeout is over; discard its output.

    The output stays open, since some commands fail if nobody reads all of it.
    """
    os.set_blocking(descriptor, False)
    deadline = time.monotonic() + END_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(BlockingIOError):
            os.read(descriptor, MAX_DISCARDED)
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_INTERVAL)


def _has_terminal() -> bool:
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC))
    except OSError:
        return False
    return True


def _kill(process: "subprocess.Popen[bytes]", *, has_session: bool) -> None:
    """End the command, and all that it has started if it *has_session* of its own."""
    with suppress(ProcessLookupError, PermissionError):
        if has_session:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
