"""Ten users of all kinds of programs, in three rooms and two conversations, and a crash.

Nobody loses a message, receives one twice, or sees one that was not for them.
"""

from pathlib import Path

import pytest

from .histories import kill_server
from .launch import ENGINES, free_port, start_server_on_port
from .sandbox import Sandbox
from .ten_people.gathering import Gathering


@pytest.mark.parametrize("engine", ENGINES)
def test_ten_users_lose_nothing_and_overhear_nothing_when_the_server_crashes(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    import time
    t0 = time.monotonic()
    def lap(w):
        print(f"{time.monotonic()-t0:.1f} {w}", flush=True)
    path = tmp_path / "history.db"
    server = start_server_on_port(sandbox, engine, free_port(), path)
    all_ = Gathering(sandbox, server.port)
    try:
        lap("start")
        all_.talk("before", all_.users)
        lap("said")
        all_.read_all()
        lap("read")
        text = all_.eve.compose("@Dan", "first")
        all_.eve.write_to("Dan", text)
        all_.dan.read("@Eve", [text])
        all_.whisper(all_.dan, all_.eve, "before")
        all_.whisper(all_.eve, all_.dan, "before")
        kill_server(server)
        for user in all_.users:
            user.notice_outage()
        lap("outage")
        all_.talk("meanwhile", [u for u in all_.users if u is not all_.jan])
        lap("said")
        server = start_server_on_port(sandbox, engine, server.port, path)
        lap("up")
        for user in all_.users:
            user.notice_return()
        lap("returned")
        all_.talk("after", all_.users)
        all_.read_all()
        lap("read")
    finally:
        print(all_.ann.terminal.text)
        print(all_.dan.terminal.text)
