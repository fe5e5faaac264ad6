"""Verdicts: whether an entry would change anything, before it is applied."""

from typing import Final, NamedTuple

from ..events import Refused


class Verdict(NamedTuple):
    """Whether an entry changes anything; if not, *why*, if its proposer has to know."""

    has_effect: bool
    why: Refused | None = None


EFFECT: Final = Verdict(has_effect=True)
NO_EFFECT: Final = Verdict(has_effect=False)


def void(why: Refused) -> Verdict:
    """Return the verdict that an entry is void, with the reason for its proposer."""
    return Verdict(has_effect=False, why=why)
