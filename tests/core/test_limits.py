from parlour.core.limits import DEFAULT_RATE, PENDING_HIGH_WATER, Limits
from parlour.core.rate_limit import BYTES_PER_EXTRA_LINE, LINES_PER_QUERY


def test_the_defaults_are_as_designed() -> None:
    limits = Limits()

    assert limits.max_users == 10_000
    assert limits.max_line == 32_768
    assert limits.max_text == 4096
    assert limits.recent_events_bytes == 4 << 20
    assert limits.line_timeout == 30.0
    assert limits.stall_timeout == 10.0
    assert limits.admission_delay == 0.05
    assert limits.rate == DEFAULT_RATE == (5.0, 20.0)
    assert LINES_PER_QUERY == 5.0


def test_the_default_limits_are_consistent() -> None:
    limits = Limits()

    escaped = limits.max_text * 6 + len('{"type": "message", "data": ""}')
    assert escaped <= limits.max_line, (
        "any text fits in a line, even if all of it is escaped"
    )
    assert limits.max_pending > PENDING_HIGH_WATER
    assert limits.flush_bytes * 4 <= limits.recent_events_bytes
    assert limits.max_line // BYTES_PER_EXTRA_LINE + 1 <= DEFAULT_RATE.burst
