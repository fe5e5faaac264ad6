"""The formats of the log: lines of text, and JSON objects."""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from .config import People

Fact = str | int | float | None

MAX_TIME: Final = 253_402_300_799.0  # seconds since 1970: the end of `datetime`

HIDDEN: Final[dict[People, frozenset[str]]] = {
    "full": frozenset(),
    "names": frozenset({"address"}),
    "addresses": frozenset({"name"}),
    "none": frozenset({"name", "address"}),
}
"""The facts that the log omits, for each choice of what it records about users."""


class EventFormatter(logging.Formatter):
    """A formatter of an event's facts, without those that are *hidden*."""

    def __init__(self, hidden: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.hidden = hidden

    def facts(self, record: logging.LogRecord) -> Mapping[str, Fact]:
        """Return the facts to write."""
        facts: dict[str, Fact] = dict(getattr(record, "facts", {}))
        if record.exc_info is not None and record.exc_info[0] is not None:
            facts["error"] = logging.Formatter().formatException(record.exc_info)
        return {key: fact for key, fact in facts.items() if key not in self.hidden}


class TextFormatter(EventFormatter):
    """Text: ``2026-01-31T12:00:00.123Z info session.closed session=7 code=closed``."""

    def format(self, record: logging.LogRecord) -> str:
        if hasattr(record, "is_text"):
            return record.getMessage()
        facts = self.facts(record).items()
        known = [f"{key}={_quoted(fact)}" for key, fact in facts if fact is not None]
        head = f"{_time(record)} {record.levelname.lower()} {record.getMessage()}"
        return " ".join((head, *known)).rstrip()


class JSONFormatter(EventFormatter):
    """JSON: the name and the facts of an event, as one object per line."""

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
    moment = datetime.fromtimestamp(min(record.created, MAX_TIME), UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _quoted(fact: Fact) -> str:
    """Return *fact* as one word, quoted as in JSON if it has spaces or the like."""
    text = str(fact)
    plain = text.isascii() and text.isprintable() and not set(text) & {" ", '"', "="}
    return text if plain and text else json.dumps(text)
