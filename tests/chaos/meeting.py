"""Real clients and a real server, with a proxy of faults between them.

The proof checker follows session clients and pages. Real programs, in pipes and on
terminals, type lines meanwhile; what they show is compared with the history.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from tests.programs.histories import recorded, run_tool
from tests.programs.launch import Server
from tests.programs.sandbox import Sandbox
from tests.programs.secure_server import Ports
from tests.proof import records
from tests.proof.meeting import judge
from tests.proof.records import LOBBY
from tests.proof.violation import Violation

from .faults import Plan
from .sessions import Background
from .typist import Typist, start_in_pipe, start_on_terminal

RECOVERY: Final = 120.0
"""Seconds after the last fault, until when every client has recovered.

A program notices after 50 seconds that a connection is dead, and waits for 30 seconds
until its next attempt, at most.
"""
TICK: Final = 0.05  # seconds


class ChaosReport(NamedTuple):
    """What a run has found."""

    seed: int
    faults: int
    broken: int
    """Connections that were reset or half-closed, and directions that were cut."""
    connections: int
    """Of the session clients."""
    messages: int
    deliveries: int
    """Messages that were received, counted for each client."""
    repeated: int
    recovered_after: float
    """Seconds from the end of the last fault until everybody had everything."""
    violations: list[Violation]

    def __str__(self) -> str:
        return (
            f"{self.faults} faults, {self.broken} broken connections, "
            f"{self.connections} connections of session clients, "
            f"{self.messages:,} messages stored, {self.deliveries:,} received, "
            f"{self.repeated:,} repeated, recovered after "
            f"{self.recovered_after:.1f} s, {len(self.violations)} violations "
            f"(seed {self.seed})"
        )


class Meeting:
    """One run with a server."""

    def __init__(
        self,
        sandbox: Sandbox,
        ports: Ports,
        plan: Plan,
        seed: int,
        *,
        each: int,
        pipes: Sequence[str] = (),
        terminals: Sequence[str] = (),
    ) -> None:
        """Connect *each* of every kind of session client, and programs.

        *pipes* and *terminals* are the engines of the clients there.
        """
        self._sandbox, self._plan, self._seed = sandbox, plan, seed
        count = len(pipes) + len(terminals)
        self._others = Background(ports, plan, seed, each, count)
        free, rng = iter(self._others.program_ports), Random(seed)
        self._typists = [
            Typist(f"pipe{n}", start_in_pipe(sandbox, next(free), x, f"pipe{n}"), rng)
            for n, x in enumerate(pipes)
        ]
        self._typists += [
            Typist(f"tty{n}", start_on_terminal(sandbox, next(free), x, f"tty{n}"), rng)
            for n, x in enumerate(terminals)
        ]
        self._recovered_after = 0.0

    def run(self) -> None:
        """Carry the plan out, and wait until everybody has everything."""
        sessions, steps = self._others.sessions, self._others.sessions.steps
        for each in self._typists:
            self._wait(partial(Typist.is_here, each), f"{each.name} enters")
        self._wait_for(lambda: sessions.are_idle, "the session clients enter")
        self._others.begin()
        while not self._others.are_faults_over.is_set():
            for each in self._typists:
                each.type(next(steps), time.monotonic())
            self._sandbox.run_for(TICK)
        began = time.monotonic()
        sessions.stop_talking()
        typed = [text for each in self._typists for text in each.typed]
        self._wait_for(lambda: sessions.are_idle, "the session clients are answered")
        for each in self._typists:
            self._wait_to_show(each, *typed)
        self._others.call(sessions.send_fences)
        self._wait_for(lambda: sessions.have_everything, "the rooms are complete")
        last = sessions.fences[LOBBY]
        for each in self._typists:
            self._wait_to_show(each, last)
        self._recovered_after = time.monotonic() - began

    def end_sessions(self) -> None:
        """Let the session clients leave, and end the proxy."""
        self._others.end()

    def end_programs(self) -> None:
        """Let the programs leave."""
        for each in self._typists:
            assert each.end() == 0, each.lines

    def _wait_to_show(self, typist: Typist, *texts: str) -> None:
        """Wait until a program shows messages; a failure says what it shows."""
        try:
            self._wait(partial(typist.shows, *texts), f"{typist.name} shows all")
        except AssertionError as exc:
            shown = "\n".join([*typist.lines[-20:], typist.program.err.text[-2000:]])
            exc.add_note(f"it lacks {typist.lacks(*texts)}, and shows:\n{shown}")
            raise

    def _wait_for(self, done: Callable[[], bool], what: str) -> None:
        """Wait for something that the loop of the session clients knows."""
        self._wait(lambda: self._others.call(done), what)

    def _wait(self, done: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + RECOVERY
        while not done():
            assert self._others.error is None, self._others.error
            assert time.monotonic() < end, f"not in time (seed {self._seed}): {what}"
            self._sandbox.run_for(TICK)

    def report(self, recorded: records.Rooms) -> ChaosReport:
        """Compare everything with what is stored."""
        sessions = self._others.sessions
        clients = [each.session.record for each in sessions.clients]
        sent = [message for client in clients for message in client.sent.values()]
        programs = [each.record(sessions.steps) for each in self._typists]
        found = judge(sessions.clients, recorded, programs)
        found += self._typed_once(recorded)
        views = [view for each in clients + programs for view in each.views]
        return ChaosReport(
            self._seed,
            len(self._plan.faults),
            sum(self._others.proxy.done.values()) + self._others.proxy.cut,
            sum(each.connections for each in sessions.clients),
            sum(map(len, recorded.values())),
            sum(len(view.events) for view in views),
            sum(len(each.attempts) > 1 for each in sent),
            self._recovered_after,
            found,
        )

    def _typed_once(self, recorded: records.Rooms) -> list[Violation]:
        stored = Counter(each.text for each in recorded[LOBBY])
        return [
            Violation("a typed line is stored once", each.name, f"{text}: {times}")
            for each in self._typists
            for text in each.typed
            if (times := stored[text]) != 1
        ]


def recorded_in(sandbox: Sandbox, history: Path) -> records.Rooms:
    """Return what is stored in a file that is undamaged."""
    output = run_tool(sandbox, "verify", "--history", history)
    assert output.endswith(" is undamaged\n"), output
    return recorded(run_tool(sandbox, "export", "--history", history))


def run_chaos(
    sandbox: Sandbox,
    server: Server,
    ports: Ports,
    history: Path,
    plan: Plan,
    seed: int,
    *,
    each: int,
    pipes: Sequence[str] = (),
    terminals: Sequence[str] = (),
) -> ChaosReport:
    """Carry *plan* out between clients and *server*, which ends."""
    meeting = Meeting(
        *(sandbox, ports, plan, seed), each=each, pipes=pipes, terminals=terminals
    )
    try:
        meeting.run()
        meeting.end_programs()
    finally:
        meeting.end_sessions()
    server.stop()
    return meeting.report(recorded_in(sandbox, history))
