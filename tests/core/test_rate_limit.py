import pytest

from parlour.core.rate_limit import KeyedRates, Rate, TokenBucket, line_cost


def spend_all(bucket: TokenBucket, now: float) -> int:
    """Spend all tokens that *bucket* has at *now*; return their number."""
    count = 0
    while bucket.has_token(now):
        bucket.spend(1.0)
        count += 1
    return count


def test_a_new_bucket_is_full() -> None:
    bucket = TokenBucket(Rate(per_second=5.0, burst=20.0), 100.0)

    assert spend_all(bucket, 100.0) == 20


def test_an_empty_bucket_fills_at_its_rate() -> None:
    bucket = TokenBucket(Rate(4.0, 20.0), 0.0)
    spend_all(bucket, 0.0)

    assert [spend_all(bucket, now) for now in (0.24, 0.25, 0.5, 1.75)] == [0, 1, 1, 5]


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    bucket = TokenBucket(Rate(5.0, 20.0), 0.0)
    spend_all(bucket, 0.0)

    assert spend_all(bucket, 1_000_000.0) == 20


def test_a_bucket_in_debt_has_no_token_until_it_is_repaid() -> None:
    bucket = TokenBucket(Rate(1.0, 2.0), 0.0)

    bucket.spend(5.0)

    assert [bucket.has_token(now) for now in (0.0, 3.9, 4.0)] == [False, False, True]


def test_a_clock_that_goes_back_neither_adds_nor_removes_tokens() -> None:
    bucket = TokenBucket(Rate(1.0, 1.0), 10.0)
    bucket.spend(1.0)

    assert [bucket.has_token(now) for now in (0.0, 10.5, 11.0)] == [False, False, True]


@pytest.mark.parametrize(
    ("size", "cost"), [(0, 1), (1, 1), (4095, 1), (4096, 2), (8192, 3), (32_768, 9)]
)
def test_a_line_costs_one_token_and_one_more_per_4096_bytes(
    size: int, cost: float
) -> None:
    assert line_cost(b"x" * size) == cost


def test_each_key_has_a_rate_of_its_own() -> None:
    rates: KeyedRates[str] = KeyedRates(Rate(1.0, 2.0), most=9)

    assert [rates.allows(key, 0.0) for key in "aaab"] == [True, True, False, True]
    assert rates.allows("a", 1.0)


def test_a_further_key_makes_the_first_one_be_forgotten() -> None:
    rates: KeyedRates[str] = KeyedRates(Rate(1.0, 1.0), most=2)

    assert [rates.allows(key, 0.0) for key in "abcba"] == [True] * 3 + [False, True]
    assert len(rates) == 2
