"""Suspend a server with many clients, as a laptop or a virtual machine is suspended."""

import signal
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final, NamedTuple

from .admin_tools import Session
from .histories import export_messages, start_with_history
from .sandbox import Sandbox

SESSIONS: Final = 20


class PauseReport(NamedTuple):
    """What became of the clients of a suspended server."""

    lost: int
    """Clients whose connections the server has ended."""
    said: int
    stored: int

    @property
    def is_bad(self) -> bool:
        return self.lost > 0 or self.stored != self.said

    def __str__(self) -> str:
        return (
            f"{self.lost} of {SESSIONS} clients lost, "
            f"{self.stored} of {self.said} messages stored"
        )


def pause(
    sandbox: Sandbox, engine: str, history: Path, *, seconds: float
) -> PauseReport:
    """Suspend a server for *seconds*, in which all clients say something."""
    server = start_with_history(sandbox, engine, history)
    with ExitStack() as cleanup:
        sessions = [
            cleanup.enter_context(Session(server.port, late=True, name=f"user{number}"))
            for number in range(SESSIONS)
        ]
        for each in sessions:
            each.expect("room")
        server.program.signal(signal.SIGSTOP)
        suspended = time.monotonic()
        for each in sessions:
            data = {"room": "lobby", "message": "are you there?", "id": "1"}
            each.send("message", data)
        sandbox.run_for(max(suspended + seconds - time.monotonic(), 0.0))
        server.program.signal(signal.SIGCONT)
        for each in sessions:
            each.expect("stored")
        lost = sum(_has_ended(each) for each in sessions)
    server.stop()
    return PauseReport(lost, SESSIONS, len(export_messages(sandbox, history)))


def _has_ended(session: Session) -> bool:
    """Return whether the server does not answer any more."""
    session.send("ping", {"id": "last"})
    try:
        session.expect("pong")
    except AssertionError:
        return True
    return False
