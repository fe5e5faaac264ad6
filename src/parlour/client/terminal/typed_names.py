"""Names in typed commands: one that contains blanks is in quotes."""

import re
from typing import Final

_NAME_AND_TEXT: Final = re.compile(r'(?:"([^"]+)"|([^\s"]\S*))\s*(.*)', re.DOTALL)

LACKS_QUOTE: Final = 'The name lacks its closing ". '


def split_name(argument: str) -> tuple[str, str] | None:
    """Return the name at the beginning of *argument* and the rest, or None."""
    found = _NAME_AND_TEXT.fullmatch(argument)
    if found is None:
        return None
    quoted, word, rest = found.groups()
    return quoted or word, rest


def lacks_quote(argument: str) -> bool:
    """Return whether a quoted name at the beginning of *argument* does not end."""
    return argument.startswith('"') and '"' not in argument[1:]


def unquoted(argument: str) -> str:
    """Return the name that is the whole of *argument*."""
    is_quoted = len(argument) > len('""') and argument[0] == argument[-1] == '"'
    return argument[1:-1] if is_quoted else argument
