"""Whether a message mentions a user by name. Pure."""

import re
from functools import lru_cache


def mentions(text: str, name: str) -> bool:
    """Return whether *text* contains *name* as whole words, in any case."""
    return bool(name) and _pattern(name).search(text.casefold()) is not None


@lru_cache(2)  # the client's own name, and the one before it
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name.casefold())}(?!\w)")
