"""Numbers of mutes, bans and invitations, as people type them."""

import pytest

from parlour.core.typed_numbers import parse_number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1", 1),
        ("120", 120),
        ("9" * 15, 10**15 - 1),
        *((typed, 0) for typed in ("", "0", "012", "1,012", "-1", "+1", "1.", " 1")),
        *((typed, 0) for typed in ("9" * 16, '"12"', "bob", "\u0661", "\u00b2", "1\n")),
    ],
)
def test_other_text_than_digits_is_a_name(typed: str, number: int) -> None:
    assert parse_number(typed) == number
