"""Whether a message mentions a user by name. Pure."""

import re
from functools import lru_cache


def mentions(text: str, name: str) -> bool:
    """Return whether *text* contains the word or words *name*, in any case."""
    return bool(name) and _pattern(name).search(text.casefold()) is not None


@lru_cache(128)  # the own name, and the words to highlight
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name.casefold())}(?!\w)")
