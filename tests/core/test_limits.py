from parlour.core.limits import DEFAULT_RATE, MAX_BATCH, Limits
from parlour.core.rate_limit import HISTORY_COST, LINE_UNIT


def test_the_defaults_are_those_of_the_design() -> None:
    limits = Limits()

    assert limits.max_users == 10_000
    assert limits.max_line == 32_768
    assert limits.max_text == 4096
    assert limits.log_bytes == 4 << 20
    assert (limits.half_line, limits.stall, limits.admission) == (30.0, 10.0, 0.05)
    assert limits.rate == DEFAULT_RATE == (5.0, 20.0)
    assert HISTORY_COST == 5.0


def test_the_limits_fit_together() -> None:
    limits = Limits()

    escaped = limits.max_text * 6 + len('{"type": "message", "data": ""}')
    assert escaped <= limits.max_line, "any text can be sent, however it is escaped"
    assert limits.max_pending >= MAX_BATCH
    assert limits.flush_bytes * 4 <= limits.log_bytes
    assert limits.max_line // LINE_UNIT + 1 <= DEFAULT_RATE.burst
