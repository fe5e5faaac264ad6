"""Validation of the topic of a room."""

import re
from typing import Final

from ..events import Refused
from ..limits import MAX_TOPIC

_MOVES_TEXT: Final = re.compile(
    "[\u0000-\u001f\u007f-\u009f"  # control characters
    "\u2028\u2029"  # line and paragraph separators
    "\u202a-\u202e\u2066-\u2069"  # changes of the writing direction
    "\ud800-\udfff]"  # surrogates, which UTF-8 cannot encode
)


def topic_error(topic: str) -> Refused | None:
    """Return why a room cannot have *topic*. It can have an empty one."""
    if len(topic) > MAX_TOPIC:
        reason = f"a topic has at most {MAX_TOPIC} characters; that one has"
        return Refused("bad_topic", f"{reason} {len(topic):,}")
    if moves_text(topic):
        reason = "a topic is one line, without control characters"
        return Refused("bad_topic", reason)
    return None


def moves_text(text: str) -> bool:
    """Return whether a character of *text* does something instead of being shown."""
    return _MOVES_TEXT.search(text) is not None
