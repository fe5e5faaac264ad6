"""Ctrl-Z suspends a client on a terminal, and nothing that was typed is lost."""

import pytest

from .launch import CLIENT, ENGINES, start_server
from .sandbox import Sandbox

CTRL_Z = "\x1a"
BURST = [f"line {number}" for number in range(2_000)]

# A shell with job control: it runs one command, and continues it after each Enter.
SHELL = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
job = subprocess.Popen([sys.executable, *sys.argv[1:]], process_group=0)
while True:
    os.tcsetpgrp(0, job.pid)
    os.killpg(job.pid, signal.SIGCONT)
    _, status = os.waitpid(job.pid, os.WUNTRACED)
    os.tcsetpgrp(0, os.getpgrp())
    if not os.WIFSTOPPED(status):
        break
    print("stopped", flush=True)
    input()
"""

each_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.mark.parametrize("style", ["classic", "rich"])
@each_engine
def test_typed_text_survives_a_suspension_and_what_arrives_meanwhile(
    sandbox: Sandbox, engine: str, style: str
) -> None:
    server = start_server(sandbox, engine)
    where = ["127.0.0.1", str(server.port), "--name", "romeo", "--style", style]
    client = sandbox.start_on_terminal("-c", SHELL, *CLIENT, *where, "--engine", engine)

    with sandbox.join(server.port) as peer:
        peer.expect("romeo")
        client.wait_for_prompt()
        client.press("half a ")
        client.expect("half a")
        client.press(CTRL_Z)
        client.expect("stopped")
        assert client.echoes(), "the shell has the terminal as it was"

        peer.send_messages("said meanwhile")
        peer.expect("said meanwhile")
        client.enter("")
        client.expect("said meanwhile")
        peer.send_messages(*BURST)
        client.expect(BURST[-1])
        client.wait_until(lambda: client.lines[-1].endswith("half a"), "the typed text")
        client.enter("thought")

        assert peer.expect("romeo: ") == "romeo: half a thought"
    shown = [line.split()[-1] for line in client.lines if " line " in line]
    assert shown == [line.split()[-1] for line in BURST]
