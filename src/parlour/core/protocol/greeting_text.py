"""Validation of the greeting of a server."""

from ..limits import MAX_GREETING, MAX_GREETING_LINES
from .topic_text import moves_text


def greeting_text(text: str) -> str:
    """Return *text* as sessions receive it: without blanks at the ends of its lines.

    Raises ValueError, with the reason, if it is too long, or controls a terminal.
    """
    lines = [line.rstrip() for line in text.strip().split("\n")]
    greeting = "\n".join(lines)
    if len(lines) > MAX_GREETING_LINES:
        raise ValueError(f"a greeting has at most {MAX_GREETING_LINES} lines")
    if len(greeting) > MAX_GREETING:
        raise ValueError(f"a greeting has at most {MAX_GREETING:,} characters")
    if any(map(moves_text, lines)):
        raise ValueError("a greeting has no control characters but line breaks")
    return greeting
