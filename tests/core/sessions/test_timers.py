"""Deadlines of sessions, and clock jumps."""

from parlour.core.events import ConnectionId, RoomName, SessionId
from parlour.core.limits import Limits
from parlour.core.sessions.timers import Earliest, Timer, Timers

ANN, BOB, CAT = map(ConnectionId, (1, 2, 3))


def test_a_deadline_passes_once_when_its_delay_is_over() -> None:
    timer = Timer[ConnectionId](10.0, Earliest())

    timer.set(ANN, 100.0)

    assert timer.next == 110.0
    assert [timer.pop_due(now) for now in (109.9, 110.0, 111.0)] == [[], [ANN], []]
    assert timer.next is None


def test_deadlines_pass_in_the_order_in_which_they_were_set() -> None:
    timer = Timer[ConnectionId](10.0, Earliest())

    for session, now in ((CAT, 1.0), (ANN, 2.0), (BOB, 2.0)):
        timer.set(session, now)

    assert timer.next == 11.0
    assert timer.pop_due(12.0) == [CAT, ANN, BOB]


def test_setting_a_deadline_again_makes_it_later() -> None:
    timer = Timer[ConnectionId](10.0, Earliest())
    timer.set(ANN, 0.0)
    timer.set(BOB, 1.0)

    timer.set(ANN, 5.0)

    assert timer.next == 11.0
    assert [timer.pop_due(now) for now in (10.0, 14.0, 15.0)] == [[], [BOB], [ANN]]


def test_a_deadline_that_is_cleared_never_passes() -> None:
    timer = Timer[ConnectionId](10.0, Earliest())
    timer.set(ANN, 0.0)
    timer.set(BOB, 0.0)

    timer.clear(ANN)
    timer.clear(CAT)

    assert ANN not in timer
    assert list(timer) == [BOB]
    assert timer.pop_due(10.0) == [BOB]


def test_nothing_is_due_while_no_deadline_is_set() -> None:
    timers = Timers(Limits())

    assert timers.next(0.0) is None


def test_the_next_deadline_is_the_first_of_any_timer() -> None:
    timers = Timers(Limits(admission_delay=0.5, line_timeout=0.2, stall_timeout=0.7))
    timers.admissions.set(ANN, 0.0)
    timers.unfinished_lines.set(BOB, 0.0)
    timers.stalls.set(CAT, 0.0)

    assert timers.next(0.0) == 0.2


def test_the_clock_is_checked_every_second_while_any_deadline_is_set() -> None:
    timers = Timers(Limits(line_timeout=30.0))
    timers.unfinished_lines.set(ANN, 100.0)

    assert timers.next(100.0) == 101.0
    timers.check_clock(101.0)
    assert timers.next(101.0) == 102.0
    timers.unfinished_lines.clear(ANN)
    assert timers.next(101.5) == 102.0, "no timer is looked at before"
    timers.check_clock(102.0)
    assert timers.next(102.0) is None


def test_a_clock_jump_postpones_every_deadline() -> None:
    timers = Timers(Limits(line_timeout=30.0, stall_timeout=10.0))
    timers.unfinished_lines.set(ANN, 100.0)
    timers.stalls.set(BOB, 100.0)
    timers.next(100.0)

    timers.check_clock(401.0)  # the check was due at 101

    assert timers.stalls.next == 410.0
    assert timers.unfinished_lines.next == 430.0
    assert timers.stalls.pop_due(401.0) == []


def test_a_check_up_to_five_seconds_late_is_not_a_clock_jump() -> None:
    timers = Timers(Limits(stall_timeout=10.0))
    timers.stalls.set(ANN, 100.0)
    timers.next(100.0)

    timers.check_clock(106.0)

    assert timers.stalls.next == 110.0


def test_a_tick_before_the_next_check_of_the_clock_postpones_nothing() -> None:
    timers = Timers(Limits(stall_timeout=10.0))
    timers.stalls.set(ANN, 100.0)
    timers.next(100.0)

    timers.check_clock(100.5)

    assert timers.next(100.5) == 101.0
    assert timers.stalls.next == 110.0


def test_clearing_a_connection_removes_its_deadlines() -> None:
    timers = Timers(Limits())
    for timer in (
        timers.admissions,
        timers.unfinished_lines,
        timers.stalls,
        timers.rate_delays,
    ):
        timer.set(ANN, 0.0)

    timers.clear_connection(ANN)

    assert timers.next(0.0) is None


def test_clearing_a_connection_keeps_the_deadlines_of_sessions_and_rooms() -> None:
    timers = Timers(Limits(resume_timeout=10.0))
    timers.holds.set(SessionId(ANN), 0.0)
    timers.empty_rooms.set(RoomName("dev"), 0.0)

    timers.clear_connection(ANN)

    assert timers.holds.due(10.0) == [SessionId(ANN)]
    assert timers.empty_rooms.due(599.0) == []
    assert timers.empty_rooms.due(600.0) == ["dev"]


def test_a_clock_jump_postpones_the_deadlines_of_sessions_and_rooms() -> None:
    timers = Timers(Limits(resume_timeout=10.0))
    timers.holds.set(SessionId(ANN), 100.0)
    timers.empty_rooms.set(RoomName("dev"), 100.0)
    timers.next(100.0)

    timers.check_clock(1101.0)  # the check was due at 101

    assert (timers.holds.next, timers.empty_rooms.next) == (1110.0, 1700.0)


def test_restarting_the_heartbeat_forgets_the_ping_that_was_sent() -> None:
    timers = Timers(Limits(heartbeat_interval=30.0))
    timers.pongs.set(ANN, 0.0)

    timers.restart_heartbeat(ANN, 5.0)

    assert ANN not in timers.pongs
    assert timers.pings.next == 35.0
    timers.stop_heartbeat(ANN)
    assert timers.pings.next is None
