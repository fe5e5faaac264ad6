"""Reading the reports of profilers."""

from bench.profiles import (
    Share,
    chosen_work,
    own_times,
    perf_shares,
    whole_times,
)

REPORT = """
    72.50%  [kernel.kallsyms]
     9.10%  libuv.so.1
     0.02%  [unknown]

"""
SYMBOLS = """
    12.50%  [k] tcp_sendmsg_locked          -      -
     3.00%  [.] _PyEval_EvalFrameDefault
"""
STACKS = """\
main (a.py:1);serve (b.py:2);turn (c.py:3);write (d.py:4) 30
main (a.py:1);serve (b.py:2);turn (c.py:9) 10
"""


def test_a_report_of_perf_is_read_by_object_and_by_symbol() -> None:
    assert perf_shares(REPORT)[:2] == [
        Share("[kernel.kallsyms]", 0.725),
        Share("libuv.so.1", 0.091),
    ]
    assert perf_shares(SYMBOLS)[0] == Share("[k] tcp_sendmsg_locked", 0.125)


def test_stacks_are_counted_below_the_driver() -> None:
    assert own_times(STACKS) == [
        Share("write (d.py)", 0.75),
        Share("turn (c.py)", 0.25),
    ]
    assert whole_times(STACKS)[0] == Share("turn (c.py)", 1.0)


def test_the_default_work_is_profiled_unless_another_is_chosen() -> None:
    assert ("threads", "paced-200-500") in chosen_work([], [])
    assert ("async, sessions", "rooms-1000") in chosen_work([], [])
    assert ("threads", "saturated-1000") not in chosen_work([], [])
    assert chosen_work(["InspIRCd"], []) == [("InspIRCd", "saturated-200")]
    assert chosen_work(["async, sessions"], ["inbound"]) == [
        ("async, sessions", "inbound")
    ]
