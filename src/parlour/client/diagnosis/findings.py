"""What a diagnosis finds: one line for each step, and what to do about it."""

from enum import Enum
from typing import NamedTuple


class Level(Enum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """What one *step* has found; *advice* is what to do, if there is anything."""

    level: Level
    step: str
    text: str
    advice: str = ""


def ok(step: str, text: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(Level.OK, step, text)


def warning(step: str, text: str, advice: str) -> Finding:
    """Return a finding about something that works, but not well."""
    return Finding(Level.WARNING, step, text, advice)


def error(step: str, text: str, advice: str) -> Finding:
    """Return a finding that makes the server unusable."""
    return Finding(Level.ERROR, step, text, advice)
