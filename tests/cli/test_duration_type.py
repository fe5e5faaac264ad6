"""Durations as people write them."""

import click
import pytest

from parlour.cli.duration_type import DurationType, Forever


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("90s", 90),
        ("10m", 600),
        ("10min", 600),
        ("2h", 7_200),
        ("3D", 259_200),
        ("1 w", 604_800),
        ("36500d", 3_153_600_000),
    ],
)
def test_a_duration_is_in_seconds(typed: str, seconds: int) -> None:
    assert DurationType().convert(typed, None, None) == seconds


def test_a_sanction_may_have_no_end() -> None:
    assert isinstance(DurationType().convert("forever", None, None), Forever)


@pytest.mark.parametrize(
    "typed", ["", "10", "m", "-1h", "1.5h", "10y", "0m", "36501d", "1h30m", "ever"]
)
def test_anything_else_is_refused(typed: str) -> None:
    with pytest.raises(click.BadParameter, match="forever"):
        DurationType().convert(typed, None, None)
