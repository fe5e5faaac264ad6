"""One event a line on stderr: its name first, then facts. Never message text.

A thread writes, so that a stopped terminal does not stop the server; what is logged
while it takes nothing is dropped and counted.
"""

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Final, Literal

from parlour.system.standard_streams import STANDARD_ERROR

from .config import People
from .console import Console
from .log_limits import LogLimit

RESERVE: Final = 64 << 10  # bytes of errors that wait besides what is too much

logger = logging.getLogger("parlour")

Fact = str | int | float | None

LAST_TIME = 253_402_300_799.0  # seconds since 1970: later ones are no `datetime`

HIDDEN: Final[dict[People, frozenset[str]]] = {
    "full": frozenset(),
    "names": frozenset({"address"}),
    "addresses": frozenset({"name"}),
    "none": frozenset({"name", "address"}),
}
"""Facts that are not told, by what is to be told of people."""


@contextmanager
def logging_to_stderr(
    level: str, form: Literal["text", "json"], people: People = "full"
) -> Iterator[None]:
    """Send what is logged meanwhile to stderr, from *level* up, as *form*.

    Of *people* only that is told.
    """
    handler = ConsoleHandler(STANDARD_ERROR)
    lines = JSONLines if form == "json" else TextLines
    handler.setFormatter(lines(HIDDEN[people]))
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


def show(text: str) -> None:
    """Write *text*, for people, among what is logged."""
    facts = {"msg": text, "levelno": logging.CRITICAL, "is_text": True}
    logger.handle(logging.makeLogRecord(facts))


def log(
    level: int, event: str, error: BaseException | None = None, **facts: Fact
) -> None:
    """Log that *event* happened, with *facts* about it, and the trace of *error*."""
    if logger.isEnabledFor(level):
        logger.log(level, event, extra={"facts": facts}, exc_info=error)


def log_limited(
    level: int, event: str, error: BaseException | None = None, **facts: Fact
) -> None:
    """Log an *event* that a peer can cause at will: rarely, and then with a count.

    See `log_limits`. A layer that may not import this one logs to the same logger
    with ``extra={"facts": {...}, "is_limited": True}``.
    """
    if logger.isEnabledFor(level):
        extra = {"facts": facts, "is_limited": True}
        logger.log(level, event, extra=extra, exc_info=error)


def log_facts(
    level: int, event: str, facts: Mapping[str, Fact], *, of: int | None = None
) -> None:
    """Log an *event*, limited among those *of* the same if that is given."""
    if logger.isEnabledFor(level):
        limit = {} if of is None else {"is_limited": True, "of": of}
        logger.log(level, event, extra={"facts": facts, **limit})


class ConsoleHandler(logging.Handler):
    """Write records to *descriptor* by a thread; drop them while it takes nothing.

    Some room is kept for errors, so that lesser lines do not push them out.
    """

    def __init__(self, descriptor: int) -> None:
        self._dropped = 0
        self._spare = RESERVE
        self._console = Console(descriptor, self._drained)
        super().__init__()  # only now: who is known to `logging` is closed by it

    def emit(self, record: logging.LogRecord) -> None:
        is_full = self._console.is_full
        if is_full and (record.levelno < logging.ERROR or self._spare <= 0):
            self._dropped += 1
            return
        line = f"{self.format(record)}\n".encode(errors="backslashreplace")
        if is_full:
            self._spare -= len(line)
        self._console.write(line)

    def close(self) -> None:
        self._console.close()
        super().close()

    def _drained(self) -> None:
        self.acquire()  # as for whoever logs meanwhile
        try:
            dropped, self._dropped = self._dropped, 0
            self._spare = RESERVE
        finally:
            self.release()
        if dropped:
            log(logging.WARNING, "log.dropped", lines=dropped)


class _Lines(logging.Formatter):
    """Tells the facts of a record, but for those that are *hidden*."""

    def __init__(self, hidden: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self._hidden = hidden

    def facts(self, record: logging.LogRecord) -> Mapping[str, Fact]:
        """Return what is to be told."""
        facts: dict[str, Fact] = dict(getattr(record, "facts", {}))
        if record.exc_info is not None and record.exc_info[0] is not None:
            facts["error"] = logging.Formatter().formatException(record.exc_info)
        return {key: fact for key, fact in facts.items() if key not in self._hidden}


class TextLines(_Lines):
    """``2026-01-31T12:00:00.123Z info session.closed session=7 code=closed``."""

    def format(self, record: logging.LogRecord) -> str:
        if hasattr(record, "is_text"):
            return record.getMessage()
        told = [(k, fact) for k, fact in self.facts(record).items() if fact is not None]
        facts = " ".join(f"{key}={_word(fact)}" for key, fact in told)
        head = f"{_time(record)} {record.levelname.lower()} {record.getMessage()}"
        return f"{head} {facts}".rstrip()


class JSONLines(_Lines):
    """The same, as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        if hasattr(record, "is_text"):
            return record.getMessage()
        fixed = {
            "event": record.getMessage(),
            "time": _time(record),
            "level": record.levelname.lower(),
        }
        return json.dumps({**fixed, **self.facts(record)})


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(min(record.created, LAST_TIME), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _word(fact: Fact) -> str:
    """Return *fact* so that it is one word on one line, whatever is in it."""
    text = str(fact)
    plain = text.isascii() and text.isprintable() and not set(text) & {" ", '"', "="}
    return text if plain and text else json.dumps(text)
