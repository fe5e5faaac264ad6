# ruff: noqa: RUF001 -- letters from right to left
"""A name is written in one direction, since its parts change places in a line."""

import pytest

from parlour.core.events import Refused
from parlour.core.names.validation import name_error, normalize_name

MIXED = Refused("bad_name", "a name is written in one direction")
TWO_NUMBERS = Refused("bad_name", "a name has one number in Arabic digits")
DIGIT_FIRST = Refused(
    "bad_name", "a name that is written from right to left begins with a letter"
)


@pytest.mark.parametrize(
    "name",
    ["דוד", "דוד כהן", "דוד1", "علي", "علي ١", "דוד!", "Cohen 2", "Ali ١٢"],
)
def test_a_name_in_one_direction_is_accepted(name: str) -> None:
    assert normalize_name(name) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("דוד Cohen", MIXED),
        ("Cohen דוד", MIXED),
        ("1דוד", DIGIT_FIRST),
        ("12-אב", DIGIT_FIRST),
        ("1 علي", DIGIT_FIRST),
        ("Ali ٣ ٤", TWO_NUMBERS),
        ("٣-٤", TWO_NUMBERS),
        ("(דוד", DIGIT_FIRST),
        ("علي 1١", MIXED),
    ],
)
def test_a_name_whose_parts_would_change_places_is_refused(
    name: str, why: Refused
) -> None:
    assert normalize_name(name) == why


def test_a_name_in_two_directions_stays_valid_in_a_history() -> None:
    assert name_error("Cohen דוד") == ""
