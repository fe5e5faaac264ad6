"""Names that users choose."""

from typing import Final

from ..events import Refused
from ..names.validation import is_numbered_guest, normalize_name
from ..rules import Rules

NUMBERED: Final = Refused("name_reserved", "that name is for guests who choose none")


def chosen_name(text: str, rules: Rules) -> str | Refused:
    """Return the name that a user means by *text*, or why nobody can choose it."""
    name = normalize_name(text)
    if isinstance(name, Refused) or rules.guest_names == "address":
        return name
    return NUMBERED if is_numbered_guest(name) else name
