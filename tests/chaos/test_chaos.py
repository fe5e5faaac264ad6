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

from .faults import Kind, Plan
from .meeting import run_chaos

SECONDS = 3.0
SEED = 7  # of the plan; `make chaos` draws others
SESSIONS = 4  # one over TCP, one over TLS, and two pages
UNNOTICED = {Kind.BLACK_HOLE, Kind.ONE_WAY}
"""Faults that a program notices after 50 seconds, and session clients after three."""


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


@pytest.mark.parametrize("engine", ENGINES)
def test_a_bad_network_loses_and_doubles_nothing(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    sessions = frozenset(range(SESSIONS))
    plan = Plan(
        [
            each._replace(links=each.links & sessions)
            if each.kind in UNNOTICED
            else each
            for each in Plan.of(SEED, SESSIONS + 1, SECONDS).faults
        ]
    )
    history = tmp_path / "chat.db"
    server, ports = start_secure_server(sandbox, engine, history, localhost_pair())

    report = run_chaos(
        *(sandbox, server, ports, history, plan, SEED), each=1, pipes=[engine]
    )

    violations = "\n".join(map(str, report.violations))
    assert not violations, violations
    assert report.broken
    assert report.messages
