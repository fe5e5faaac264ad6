"""Histograms count values by their bounds."""

from parlour.core.histogram import Histogram


def test_a_bucket_counts_the_values_up_to_its_bound() -> None:
    histogram = Histogram([1.0, 10.0])
    for value in (0.5, 1.0, 2.0, 100.0):
        histogram.observe(value)

    buckets, values, total = histogram.read()

    assert buckets == ((1.0, 2), (10.0, 3))
    assert values == 4
    assert total == 103.5


def test_a_reading_does_not_change() -> None:
    histogram = Histogram([1.0])
    before = histogram.read()

    histogram.observe(0.5)

    assert before == (((1.0, 0),), 0, 0.0)
