"""One event a line on stderr: its name first, then facts. Never message text."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Literal

logger = logging.getLogger("parlour")

Fact = str | int | float | None


def set_up(level: str, form: Literal["text", "json"]) -> None:
    """Send what is logged from here on to stderr, from *level* up, as *form*."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONLines() if form == "json" else TextLines())
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(level.upper())


def log(level: int, event: str, **facts: Fact) -> None:
    """Log that *event* happened, with *facts* about it."""
    if logger.isEnabledFor(level):
        logger.log(level, event, extra={"facts": facts})


class TextLines(logging.Formatter):
    """``2026-01-31T12:00:00.123Z info session.closed session=7 code=closed``."""

    def format(self, record: logging.LogRecord) -> str:
        facts = " ".join(f"{key}={_word(fact)}" for key, fact in _facts(record).items())
        head = f"{_time(record)} {record.levelname.lower()} {record.getMessage()}"
        return f"{head} {facts}".rstrip()


class JSONLines(logging.Formatter):
    """The same, as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        fixed = {
            "event": record.getMessage(),
            "time": _time(record),
            "level": record.levelname.lower(),
        }
        return json.dumps({**fixed, **_facts(record)})


def _facts(record: logging.LogRecord) -> Mapping[str, Fact]:
    facts: dict[str, Fact] = dict(getattr(record, "facts", {}))
    if record.exc_info is not None and record.exc_info[0] is not None:
        facts["error"] = logging.Formatter().formatException(record.exc_info)
    return facts


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _word(fact: Fact) -> str:
    """Return *fact* so that it is one word on one line, whatever is in it."""
    text = str(fact)
    plain = text.isascii() and text.isprintable() and not set(text) & {" ", '"', "="}
    return text if plain and text else json.dumps(text)
