"""The numbers of mutes, bans, invitations and messages, where names are typed as well.

Lists show these numbers without commas. Programs that have a line typed by a person
parse it; the server gets a name or a number.
"""

import re
from typing import Final

_NUMBER: Final = re.compile("[1-9][0-9]{0,14}")


def parse_number(text: str) -> int:
    """Return the number that *text* is, or 0 if it is a name."""
    return int(text) if _NUMBER.fullmatch(text) else 0
