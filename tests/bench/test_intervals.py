"""Confidence intervals of paired measurements."""

import pytest

from bench.intervals import critical, ratio, shift

# Hollander and Wolfe, Nonparametric Statistical Methods: depression before and after.
BEFORE = (1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30)
AFTER = (0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29)


def test_the_interval_of_a_published_example_is_found() -> None:
    found = shift([one - other for one, other in zip(BEFORE, AFTER, strict=True)])

    assert found == pytest.approx((0.46, 0.01, 0.786))


@pytest.mark.parametrize(("pairs", "rank_sum"), [(6, 0), (9, 5), (15, 25), (25, 89)])
def test_the_rejected_rank_sums_are_those_of_the_tables(
    pairs: int, rank_sum: int
) -> None:
    assert critical(pairs) == rank_sum


def test_a_constant_ratio_has_no_width() -> None:
    pairs = [(1.5 * value, float(value)) for value in range(1, 10)]

    assert ratio(pairs) == pytest.approx((1.5, 1.5, 1.5))


def test_one_disturbed_pair_does_not_move_the_interval() -> None:
    calm = [(1.0, 1.0)] * 14

    assert ratio([*calm, (9.0, 1.0)]) == pytest.approx((1.0, 1.0, 1.0))


def test_five_pairs_have_no_interval() -> None:
    assert ratio([(1.0, 1.0)] * 5) is None


def test_a_figure_of_zero_has_no_ratio() -> None:
    assert ratio([*[(1.0, 1.0)] * 6, (0.0, 1.0)]) is None
