"""Measure what attacks at TLS, HTTP and TCP cost a server and two innocent users.

The server may need more memory meanwhile, up to a ceiling; afterwards it has no more
descriptors than before.
"""

import json
import time
from pathlib import Path
from typing import Final, NamedTuple

from tests.server.tls.pairs import localhost_pair

from .event_loop import TIMEOUT
from .floods import MAX_RATIO, MESSAGES, FloodReport, Pair, compare
from .process_usage import descriptors_of, memory_of, peak_memory_of, reset_peak
from .sandbox import Sandbox
from .secure_server import start_secure_server

MAX_MEMORY: Final = 64 << 20
"""Bytes that a server may need more than before, with 64 connections that attack."""

ATTACK_CLIENT: Final = str(Path(__file__).with_name("attack_client.py"))


class AttackReport(NamedTuple):
    """What one attack does; sizes are in bytes."""

    flood: FloodReport
    before: int
    """The memory of the server before the attack."""
    peak: int
    """The most memory during it."""
    descriptors: int
    """How many more descriptors were open in the end."""
    faults: list[str]
    """Lines of the log that no attack may cause."""

    @property
    def is_bad(self) -> bool:
        """Whether a bound was exceeded."""
        return (
            self.flood.ratio > MAX_RATIO
            or self.peak - self.before > MAX_MEMORY
            or self.descriptors > 0
            or bool(self.faults)
        )

    def __str__(self) -> str:
        before, peak = self.before / (1 << 20), self.peak / (1 << 20)
        found = f"{self.flood}; memory {before:.0f} MiB, at most {peak:.0f} MiB"
        if self.descriptors > 0:
            found += f"; {self.descriptors} descriptors were left open"
        return "\n  ".join([found, *self.faults])


def measure_attack(
    sandbox: Sandbox,
    engine: str,
    history: Path,
    attack: str,
    rounds: int,
    messages: int = MESSAGES,
) -> AttackReport:
    """Measure an attack in several rounds, each after a quiet one."""
    server, ports = start_secure_server(sandbox, engine, history, localhost_pair())
    pid = server.program.pid
    pair = Pair(server.port)
    pair.p99(messages)
    descriptors, before = descriptors_of(pid), memory_of(pid)
    reset_peak(pid)
    where = map(str, (ports.plain, ports.tls, ports.page))
    command = ATTACK_CLIENT, *where, attack
    flood = compare(sandbox, pair, attack, command, rounds, messages)
    peak = peak_memory_of(pid)
    left = _wait_for_descriptors(sandbox, pid, descriptors)
    pair.close()
    server.stop()
    lines = server.program.err.lines
    faults = [x for x in lines if not x.startswith("{") or _level(x) == "error"]
    return AttackReport(flood, before, peak, left, faults)


def _wait_for_descriptors(sandbox: Sandbox, pid: int, before: int) -> int:
    """Wait until all connections are closed; return how many are left open."""
    end = time.monotonic() + 2 * TIMEOUT
    while (left := descriptors_of(pid) - before) > 0 and time.monotonic() < end:
        sandbox.run_for(0.05)
    return left


def _level(line: str) -> str:
    return str(json.loads(line)["level"])
