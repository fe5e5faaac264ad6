"""Nothing is lost, doubled or moved by a bad network between real programs.

`make chaos` does this for longer, with clients on terminals and dead connections.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.launch import ENGINES
from tests.programs.sandbox import Sandbox
from tests.programs.secure_server import start_secure_server
from tests.server.tls.pairs import localhost_pair

from .faults import CUTS, Fault, Kind, Plan, Way
from .meeting import run_chaos

SEED = 7  # of what the clients say
SESSIONS = 4  # one over TCP, one over TLS, and two pages; the last link is a program's
OUT, IN = Way.TO_SERVER, Way.TO_CLIENT
PLAN = Plan(
    [
        Fault(Kind.BLACK_HOLE, 0.1, 0.6, frozenset({0}), OUT, 0.0),
        Fault(Kind.ONE_WAY, 0.1, 0.6, frozenset({1}), IN, 0.0),
        Fault(Kind.DELAY, 0.1, 0.8, frozenset({2, 4}), IN, 0.2),
        Fault(Kind.SINGLE_BYTES, 0.2, 0.8, frozenset({3, 4}), OUT, 0.0),
        Fault(Kind.RESET, 0.7, 0.0, frozenset({3}), IN, 0.0),
        Fault(Kind.THROTTLE, 0.9, 0.7, frozenset({2, 4}), IN, 1_000.0),
        Fault(Kind.HALF_CLOSE, 1.2, 0.0, frozenset({2}), OUT, 0.0),
        Fault(Kind.HALF_CLOSE, 1.4, 0.0, frozenset({3}), IN, 0.0),
        Fault(Kind.RESET_ALL, 1.9, 0.0, frozenset(range(SESSIONS + 1)), IN, 0.0),
        Fault(Kind.SINGLE_BYTES, 2.0, 1.0, frozenset({2, 3, 4}), IN, 0.0),
    ]
)
"""Every kind of fault in three seconds; `make chaos` draws others.

No connection of the program is cut: it notices that after 50 seconds, and session
clients after three.
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


def test_the_plan_has_each_kind_of_fault_and_cuts_no_program() -> None:
    assert {each.kind for each in PLAN.faults if each.links} == set(Kind)
    assert not any(each.kind in CUTS and SESSIONS in each.links for each in PLAN.faults)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bad_network_loses_and_doubles_nothing(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    history = tmp_path / "chat.db"
    server, ports = start_secure_server(sandbox, engine, history, localhost_pair())

    report = run_chaos(
        *(sandbox, server, ports, history, PLAN, SEED), each=1, pipes=[engine]
    )

    violations = "\n".join(map(str, report.violations))
    assert not violations, violations
    assert report.broken
    assert report.messages
