from parlour.core.events import SessionId
from parlour.core.limits import Limits
from parlour.core.sessions.timers import Deadlines, Timers

ANN, BOB, CAT = SessionId(1), SessionId(2), SessionId(3)


def test_an_alarm_rings_once_when_its_delay_is_over() -> None:
    alarm = Deadlines(10.0)

    alarm.set(ANN, 100.0)

    assert alarm.next == 110.0
    assert [alarm.ring(now) for now in (109.9, 110.0, 111.0)] == [[], [ANN], []]
    assert alarm.next is None


def test_alarms_ring_in_the_order_of_their_setting() -> None:
    alarm = Deadlines(10.0)

    for session, now in ((CAT, 1.0), (ANN, 2.0), (BOB, 2.0)):
        alarm.set(session, now)

    assert alarm.next == 11.0
    assert alarm.ring(12.0) == [CAT, ANN, BOB]


def test_an_alarm_that_is_set_again_rings_later() -> None:
    alarm = Deadlines(10.0)
    alarm.set(ANN, 0.0)
    alarm.set(BOB, 1.0)

    alarm.set(ANN, 5.0)

    assert alarm.next == 11.0
    assert [alarm.ring(now) for now in (10.0, 14.0, 15.0)] == [[], [BOB], [ANN]]


def test_an_alarm_that_is_cleared_never_rings() -> None:
    alarm = Deadlines(10.0)
    alarm.set(ANN, 0.0)
    alarm.set(BOB, 0.0)

    alarm.clear(ANN)
    alarm.clear(CAT)

    assert ANN not in alarm
    assert BOB in alarm
    assert alarm.ring(10.0) == [BOB]


def test_nothing_is_due_while_nothing_is_set() -> None:
    alarms = Timers(Limits())

    assert alarms.next(0.0) is None


def test_the_next_deadline_is_the_first_of_any_kind() -> None:
    alarms = Timers(Limits(admission=0.5, half_line=0.2, stall=0.7))
    alarms.arrivals.set(ANN, 0.0)
    alarms.half_lines.set(BOB, 0.0)
    alarms.stalls.set(CAT, 0.0)

    assert alarms.next(0.0) == 0.2


def test_there_is_a_heartbeat_while_anything_is_set() -> None:
    alarms = Timers(Limits(half_line=30.0))
    alarms.half_lines.set(ANN, 100.0)

    assert alarms.next(100.0) == 101.0
    alarms.beat(101.0)
    assert alarms.next(101.0) == 102.0
    alarms.half_lines.clear(ANN)
    assert alarms.next(101.5) is None


def test_a_jump_of_the_clock_puts_every_deadline_off() -> None:
    alarms = Timers(Limits(half_line=30.0, stall=10.0))
    alarms.half_lines.set(ANN, 100.0)
    alarms.stalls.set(BOB, 100.0)
    alarms.next(100.0)

    alarms.beat(401.0)  # the heartbeat was to be at 101

    assert alarms.stalls.next == 410.0
    assert alarms.half_lines.next == 430.0
    assert alarms.stalls.ring(401.0) == []


def test_a_heartbeat_up_to_five_seconds_late_is_no_jump() -> None:
    alarms = Timers(Limits(stall=10.0))
    alarms.stalls.set(ANN, 100.0)
    alarms.next(100.0)

    alarms.beat(106.0)

    assert alarms.stalls.next == 110.0


def test_a_tick_before_the_heartbeat_puts_nothing_off() -> None:
    alarms = Timers(Limits(stall=10.0))
    alarms.stalls.set(ANN, 100.0)
    alarms.next(100.0)

    alarms.beat(100.5)

    assert alarms.next(100.5) == 101.0
    assert alarms.stalls.next == 110.0


def test_a_session_that_is_forgotten_has_no_deadline() -> None:
    alarms = Timers(Limits())
    for kind in (alarms.arrivals, alarms.half_lines, alarms.stalls, alarms.delays):
        kind.set(ANN, 0.0)

    alarms.forget(ANN)

    assert alarms.next(0.0) is None
