"""The rate limit for log records."""

import logging
import threading

from parlour.server.log_limits import (
    EACH_RATE,
    MAX_NETWORKS,
    SWEEP_SIZE,
    WINDOW,
    LogLimit,
)


class Log:
    """A rate-limited log, with a clock that a test sets."""

    def __init__(self) -> None:
        self.now = 0.0
        self.lines: list[dict[str, object]] = []
        self.limit = LogLimit(self._write, lambda: self.now)

    def log(
        self,
        event: str,
        *,
        is_limited: bool = True,
        limit_key: object = None,
        network: str | None = None,
        **facts: object,
    ) -> None:
        made = {"msg": event, "facts": facts, "is_limited": is_limited}
        made |= {} if limit_key is None else {"limit_key": limit_key}
        made |= {} if network is None else {"network": network}
        record = logging.makeLogRecord(made)
        if self.limit.filter(record):
            self._write(record)

    def _write(self, record: logging.LogRecord) -> None:
        self.lines.append({"event": record.getMessage(), **vars(record)["facts"]})


def test_the_first_record_is_written_and_the_newest_with_a_count() -> None:
    log = Log()

    for number in range(100):
        log.log("history.behind", read=number)
    assert log.lines == [{"event": "history.behind", "read": 0}]
    log.now = WINDOW
    log.limit.flush()

    assert log.lines[1:] == [{"event": "history.behind", "read": 99, "repeated": 99}]


def test_each_kind_is_limited_separately() -> None:
    log = Log()

    for _ in range(10):
        log.log("history.unread", code="storage_busy")
    log.log("history.unread", code="history_damaged")
    log.log("page.failed")
    log.log("trace.failed", is_limited=False)
    log.log("trace.failed", is_limited=False)

    assert [line.get("code", line["event"]) for line in log.lines] == [
        "storage_busy",
        "history_damaged",
        "page.failed",
        "trace.failed",
        "trace.failed",
    ]


def test_a_continuous_flood_is_bounded() -> None:
    log = Log()

    for second in range(100):
        log.now = float(second)
        log.log("connection.turned", code="server_full")
        log.limit.flush()
    log.limit.close()

    assert len(log.lines) <= 100 / WINDOW + 1
    counts = [line.get("repeated", 1) for line in log.lines]
    assert sum(count for count in counts if isinstance(count, int)) == 100


def test_waiting_records_are_written_at_the_end() -> None:
    log = Log()
    log.log("accept.failed", reason="a")
    log.log("accept.failed", reason="b")

    log.limit.close()

    assert log.lines[1] == {"event": "accept.failed", "reason": "b", "repeated": 1}


def test_a_timer_writes_the_newest_record() -> None:
    now, was_written = 0.0, threading.Event()
    limit = LogLimit(lambda _: was_written.set(), lambda: now)

    limit.filter(_limited())
    now = WINDOW - 0.001
    limit.filter(_limited())
    now = WINDOW

    assert was_written.wait(10)


def _limited() -> logging.LogRecord:
    return logging.makeLogRecord({"msg": "accept.failed", "is_limited": True})


def test_kinds_that_occurred_once_are_removed() -> None:
    log = Log()

    for session in range(10 * SWEEP_SIZE):
        log.log("session.renamed", limit_key=session)
        log.now += WINDOW / 100

    assert len(log.lines) == 10 * SWEEP_SIZE
    assert len(log.limit) <= SWEEP_SIZE


def test_a_network_is_limited_only_after_many_records() -> None:
    log, most = Log(), int(EACH_RATE.burst)

    for number in range(2 * most):
        log.log("session.joined", is_limited=False, network="192.0.2.1", number=number)
    log.log("session.joined", is_limited=False, network="192.0.2.2", number=-1)
    log.log("session.left", is_limited=False, network="192.0.2.1", number=-2)

    assert [line["number"] for line in log.lines] == [*range(most + 1), -1, -2]
    log.now = WINDOW
    log.limit.flush()
    (line,) = log.lines[most + 3 :]
    assert (line["number"], line["repeated"]) == (2 * most - 1, most - 1)


def test_the_lines_of_a_network_are_bounded_however_long_it_goes_on() -> None:
    log, seconds = Log(), 1000

    for second in range(seconds):
        log.now = float(second)
        log.limit.flush()
        for number in range(50):
            log.log("session.closed", is_limited=False, network="::/64", number=number)
    log.limit.close()

    most = EACH_RATE.burst + seconds * (EACH_RATE.per_second + 1 / WINDOW) + 2
    assert len(log.lines) <= most
    counts = [line.get("repeated", 1) for line in log.lines]
    assert sum(count for count in counts if isinstance(count, int)) == 50 * seconds


def test_a_session_that_renames_itself_is_limited_in_a_new_network_too() -> None:
    log = Log()

    for number in range(10):
        log.log("session.renamed", limit_key=7, network="192.0.2.1", number=number)

    assert len(log.lines) == 1


def test_a_session_that_renames_itself_leaves_lines_to_its_neighbours() -> None:
    log = Log()

    for _ in range(200):
        log.log("session.renamed", limit_key=7, network="::/64", session=7)
    log.log("session.renamed", limit_key=8, network="::/64", session=8)

    assert [line["session"] for line in log.lines] == [7, 8]


def test_sessions_that_rename_themselves_share_the_rate_of_their_network() -> None:
    log, most = Log(), int(EACH_RATE.burst)
    refilled = int(WINDOW * EACH_RATE.per_second)

    for session in range(2 * most):
        log.log("session.renamed", limit_key=session // 2, network="::/64")
    log.now = WINDOW
    log.limit.flush()

    assert len(log.lines) == most + refilled
    log.now = 2 * WINDOW
    log.limit.flush()
    assert [line["repeated"] for line in log.lines[most + refilled :]] == [
        most - refilled
    ]


def test_each_rename_is_counted_once_in_whichever_window() -> None:
    log, most = Log(), int(EACH_RATE.burst)

    for session in range(most):
        log.log("session.renamed", limit_key=session, network="::/64")
    for number in range(3):
        log.log("session.renamed", limit_key=-1, network="::/64", number=number)
    for session in range(most):
        log.log("session.renamed", limit_key=session, network="::/64", number=3)
    log.now = WINDOW
    log.limit.flush()
    log.now = 2 * WINDOW
    log.limit.flush()
    log.limit.close()

    counts = [line.get("repeated", 1) for line in log.lines]
    assert sum(count for count in counts if isinstance(count, int)) == 2 * most + 3


def test_the_networks_in_memory_are_bounded() -> None:
    log = Log()

    for number in range(MAX_NETWORKS + 10):
        log.log("session.joined", is_limited=False, network=f"{number}")

    assert len(log.lines) == MAX_NETWORKS + 10
    assert len(log.limit._rates) == MAX_NETWORKS  # noqa: SLF001 -- it is in no answer
