"""The log: one event per line on stderr, its name first, then facts. No message text.

A separate thread writes, so that a stopped terminal does not block the server. Events
that are logged while the terminal accepts no output are dropped and counted.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final, Literal

from parlour.core.log_level import LogLevel
from parlour.core.sessions.closing import Ended
from parlour.core.sessions.presence import PresenceChange, PresenceKind, RoomChange
from parlour.system.standard_streams import STANDARD_ERROR

from .addresses import network_of_address
from .config import People
from .console import Console
from .log_formats import HIDDEN, EventFormatter, Fact, JSONFormatter, TextFormatter
from .log_limits import LogLimit
from .systemd.journal_stream import is_journal, with_priority

ERROR_RESERVE: Final = 64 << 10  # bytes of errors that may wait when the log is full

logger = logging.getLogger("parlour")


@contextmanager
def logging_to_stderr(
    level: LogLevel, form: Literal["text", "json"], people: People = "full"
) -> Iterator[None]:
    """Write events of *level* and above to stderr, in the format *form*.

    *people* selects what the log records about users.
    """
    is_in_journal = is_journal(os.environ, STANDARD_ERROR)
    handler = ConsoleHandler(STANDARD_ERROR, has_priorities=is_in_journal)
    formatter = JSONFormatter if form == "json" else TextFormatter
    handler.setFormatter(formatter(HIDDEN[people]))
    limit = LogLimit(handler.handle)
    handler.addFilter(limit)
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(level.upper())
    try:
        yield
    finally:
        limit.close()
        logger.removeHandler(handler)
        handler.close()


def change(level: LogLevel, people: People) -> None:
    """Change the lowest *level* of events, and what they say about *people*."""
    set_level(level)
    for handler in logger.handlers:
        if isinstance(handler.formatter, EventFormatter):
            handler.formatter.hidden = HIDDEN[people]


def set_level(level: LogLevel) -> None:
    """Log events of *level* and above. Any thread may call this."""
    logger.setLevel(level.upper())


def show(text: str) -> None:
    """Write *text*, which is for people and not an event, to the log."""
    facts = {"msg": text, "levelno": logging.CRITICAL, "is_text": True}
    logger.handle(logging.makeLogRecord(facts))


def log(
    level: int, event: str, error: BaseException | None = None, **facts: Fact
) -> None:
    """Log *event* with *facts* about it, and the traceback of *error*."""
    if logger.isEnabledFor(level):
        logger.log(level, event, extra={"facts": facts}, exc_info=error)


def log_limited(
    level: int, event: str, error: BaseException | None = None, **facts: Fact
) -> None:
    """Log an *event* that a peer can cause at will, at a limited rate.

    Repeated events are counted (`log_limits`). A layer that may not import this one
    logs to the same logger with ``extra={"facts": {...}, "is_limited": True}``.
    """
    if logger.isEnabledFor(level):
        extra = {"facts": facts, "is_limited": True}
        logger.log(level, event, extra=extra, exc_info=error)


def log_facts(
    level: int,
    event: str,
    facts: Mapping[str, Fact],
    *,
    limit_key: int | None = None,
    limits_network: bool = False,
) -> None:
    """Log an *event*; with a *limit_key*, at a limited rate for each key.

    If it *limits_network*, those of one network, by the ``address`` of the *facts*, are
    limited as well once there are many of them.
    """
    if logger.isEnabledFor(level):
        extra: dict[str, object] = {"facts": facts}
        if limits_network:
            extra["network"] = network_of_address(str(facts["address"]))
        if limit_key is not None:
            extra |= {"is_limited": True, "limit_key": limit_key}
        logger.log(level, event, extra=extra)


# -- the events of both drivers ---------------------------------------------------


def log_accept_failure(exc: BaseException | None) -> None:
    """Log that a connection could not be accepted."""
    log_limited(logging.ERROR, "accept.failed", reason=str(exc))


def log_rejected(address: str, code: str) -> None:
    """Log that a connection was rejected."""
    log_limited(logging.WARNING, "connection.turned", address=address, code=code)


def log_opened(session: int, address: str) -> None:
    """Log that a session opened."""
    facts: dict[str, Fact] = {"session": session, "address": address}
    log_facts(logging.DEBUG, "session.opened", facts, limits_network=True)


def log_closed(ended: Ended, address: str) -> None:
    """Log that a session ended."""
    facts: dict[str, Fact] = {"session": ended.connection, "address": address}
    facts |= {"code": ended.code, "reason": ended.reason}
    log_facts(logging.INFO, "session.closed", facts, limits_network=True)


def log_presence_changes(changes: list[PresenceChange]) -> None:
    """Log which users joined, left, returned or were renamed.

    A client can rename itself at will, so that event is limited for each session, and
    come and go at will, so all of them are limited for each network.
    """
    for change, session, name, address, before in changes:
        facts: dict[str, Fact] = {"session": session, "name": name or None}
        facts["address"] = address
        if before is not None:
            facts["before"] = before
        key = session if change is PresenceKind.RENAMED else None
        event = f"session.{change.value}"
        log_facts(logging.INFO, event, facts, limit_key=key, limits_network=True)


def log_room_changes(changes: list[RoomChange]) -> None:
    """Log which rooms were opened, and which were closed because nobody used them."""
    for room, is_open in changes:
        event = "room.opened" if is_open else "room.closed"
        log_facts(logging.INFO, event, {"room": room})


def log_console_failure(failure: OSError | None) -> None:
    """Log the *failure* that ended the chat on the server's own terminal."""
    if failure is not None:
        log(logging.WARNING, "console.failed", reason=failure.strerror)


class ConsoleHandler(logging.Handler):
    """A handler whose thread writes to *descriptor*; it drops records that do not fit.

    `ERROR_RESERVE` is only for errors, so that other events do not displace them.
    Each line *has_priorities* if it is for systemd's journal.
    """

    def __init__(self, descriptor: int, *, has_priorities: bool = False) -> None:
        self._has_priorities = has_priorities
        self._dropped = 0
        self._reserve_left = ERROR_RESERVE
        self._console = Console(descriptor, self._drained)
        super().__init__()  # last: from here on, `logging` closes it at exit

    def emit(self, record: logging.LogRecord) -> None:
        is_full = self._console.is_full
        if is_full and (record.levelno < logging.ERROR or self._reserve_left <= 0):
            self._dropped += 1
            return
        text = self.format(record)
        if self._has_priorities:
            text = with_priority(text, record)
        line = f"{text}\n".encode(errors="backslashreplace")
        if is_full:
            self._reserve_left -= len(line)
        self._console.write(line)

    def close(self) -> None:
        self._console.close()
        super().close()

    def _drained(self) -> None:
        self.acquire()  # other threads may be logging
        try:
            dropped, self._dropped = self._dropped, 0
            self._reserve_left = ERROR_RESERVE
        finally:
            self.release()
        if dropped:
            log(logging.WARNING, "log.dropped", lines=dropped)
