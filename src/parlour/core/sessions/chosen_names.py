"""Names that users choose, and those of users who have chosen none."""

from typing import Final

from ..events import Refused
from ..names.validation import is_address, is_numbered_guest, normalize_name
from ..rules import Rules

NUMBERED: Final = Refused("name_reserved", "that name is for guests who choose none")


def chosen_name(text: str, rules: Rules) -> str | Refused:
    """Return the name that a user means by *text*, or why nobody can choose it."""
    name = normalize_name(text)
    if isinstance(name, Refused) or rules.guest_names == "address":
        return name
    return NUMBERED if is_numbered_guest(name) else name


def is_chosen(name: str, rules: Rules) -> bool:
    """Return whether somebody with this *name* has chosen it."""
    if rules.guest_names == "number" and is_numbered_guest(name):
        return False
    return not is_address(name)
