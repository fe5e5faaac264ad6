"""The type of an option for a duration, as people write it."""

import re
from typing import Final

from parlour.core.limits import MAX_SECONDS

from .value_type import ValueType

SECONDS: Final = {"s": 1, "m": 60, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}


class Forever:
    """A time that does not end."""


class DurationType(ValueType[int | Forever]):
    """Seconds, written such as ``10m``, ``2h`` or ``3d``, or the word ``forever``."""

    name = "duration"

    def parse(self, value: object) -> int | Forever:
        if isinstance(value, int | Forever):
            return value
        if value == "forever":
            return Forever()
        found = re.fullmatch(r"([0-9]{1,10})\s*([a-z]+)", str(value).lower())
        if found is None or found[2] not in SECONDS:
            self.fail(
                f"{str(value)!r} is not a time such as 10m, 2h or 3d, or 'forever'"
            )
        seconds = int(found[1]) * SECONDS[found[2]]
        if not 1 <= seconds <= MAX_SECONDS:
            self.fail("use a time from 1s to 100 years, or 'forever'")
        return seconds
