"""Finds out whether standard error is systemd's journal, and priorities of its lines.

``$JOURNAL_STREAM`` has the device and the inode of the stream that the service manager
has connected (`systemd.exec(5)`). Something else may have redirected it since. A line
in the journal may begin with its priority, as ``<4>`` (`sd-daemon(3)`).
"""

import logging
import os
from collections.abc import Mapping
from typing import Final

VARIABLE: Final = "JOURNAL_STREAM"

PRIORITIES: Final = (
    (logging.CRITICAL, 2),
    (logging.ERROR, 3),
    (logging.WARNING, 4),
    (logging.INFO, 6),
)
"""The lowest level of each priority of `syslog(3)`; below all of them, it is 7."""

INFORMATIONAL: Final = 6
DEBUG: Final = 7


def is_journal(environment: Mapping[str, str], descriptor: int) -> bool:
    """Return whether *descriptor* is the journal, as *environment* says."""
    stream = environment.get(VARIABLE)
    try:
        found = os.fstat(descriptor)
    except OSError:
        return False
    return stream == f"{found.st_dev}:{found.st_ino}"


def with_priority(text: str, record: logging.LogRecord) -> str:
    """Return *text* with the priority of *record* at the start of each line."""
    if hasattr(record, "is_text"):
        priority = INFORMATIONAL
    else:
        level = record.levelno
        priority = next((p for lowest, p in PRIORITIES if level >= lowest), DEBUG)
    return "\n".join(f"<{priority}>{line}" for line in text.split("\n"))
