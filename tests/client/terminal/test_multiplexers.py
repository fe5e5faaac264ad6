"""The prompt in terminal multiplexers: tmux and GNU screen."""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.client.client_process import client_command, wait_until
from tests.client.listener import Listener

PASTE = [f"  File line {number} of a trace" for number in range(40)]


def program(name: str) -> str:
    """Return the path of a program; skip the test if it is missing, but fail in CI."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"{name} is missing")
    return found or pytest.skip(f"{name} is missing")


class Multiplexer:
    """A multiplexer with 80 columns and 24 rows, in which a client runs."""

    def __init__(self, program: str, place: Path) -> None:
        self.place = place
        self.program = program
        self.environ = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "HOME": str(place),
            "SCREENDIR": str(place),
        }

    def run(self, *arguments: str) -> str:
        return subprocess.run(
            [self.program, *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        ).stdout


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[Multiplexer]:
    tmux = Multiplexer(program("tmux"), tmp_path)
    common = ["-u", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    run = tmux.run
    tmux.run = lambda *arguments: run(*common, *arguments)  # type: ignore[method-assign]
    yield tmux
    with suppress(subprocess.CalledProcessError):  # it ended with its last session
        tmux.run("kill-server")


@pytest.fixture
def screen(tmp_path: Path) -> Multiplexer:
    tmp_path.chmod(0o700)
    return Multiplexer(program("screen"), tmp_path)


def test_a_tall_paste_in_tmux_is_shown_once(
    tmux: Multiplexer, listener: Listener, engine: str
) -> None:
    client = shlex.join(client_command(listener.port, f"engine={engine!r}"))
    tmux.run("new-session", "-d", "-s", "t", "-x", "80", "-y", "24", client)
    lines = [f"juliet: text {number}" for number in range(10)]

    def shown() -> list[str]:
        return tmux.run("capture-pane", "-p", "-S", "-", "-t", "t").splitlines()

    with listener.accept() as peer:
        peer.send_message("juliet", "here")
        wait_until(lambda: "juliet: here" in shown(), "message")
        # The terminal marks pastes from the first prompt on, which shows this letter.
        tmux.run("send-keys", "-t", "t", "x")
        wait_until(lambda: "x" in shown(), "prompt")
        tmux.run("send-keys", "-t", "t", "BSpace")
        wait_until(lambda: "x" not in shown(), "empty prompt")
        tmux.run("set-buffer", "\n".join(PASTE))
        tmux.run("paste-buffer", "-p", "-r", "-t", "t")
        wait_until(lambda: PASTE[-1] in shown(), "paste")
        for number, line in enumerate(lines):
            peer.send_message("juliet", f"text {number}")
            wait_until(lambda line=line: line in shown(), line)  # type: ignore[misc]

        wanted = ["juliet: here", *lines, *PASTE[-12:]]
        wait_until(lambda: [row for row in shown() if row] == wanted, "one copy")


@pytest.mark.parametrize("style", ["classic", "rich"])
def test_a_prompt_at_the_top_is_not_in_the_scrollback_of_tmux(
    tmux: Multiplexer, listener: Listener, engine: str, style: str
) -> None:
    options = f"engine={engine!r}, style={style!r}, no_state=True"
    client = shlex.join(client_command(listener.port, options))
    tmux.run("new-session", "-d", "-s", "t", "-x", "80", "-y", "24", client)

    def shown() -> str:
        return tmux.run("capture-pane", "-p", "-S", "-", "-t", "t")

    with listener.accept() as peer:
        tmux.run("send-keys", "-t", "t", "-l", "typed")
        wait_until(lambda: "typed" in shown(), "prompt")
        peer.send_message("juliet", "here")
        wait_until(lambda: bool(re.search(r"here\n(?s:.*)typed", shown())), "message")

        assert shown().count("typed") == 1


def test_a_paste_in_screen_needs_confirmation(
    screen: Multiplexer, listener: Listener, engine: str
) -> None:
    hardcopy = screen.place / "hardcopy"
    client = client_command(listener.port, f"engine={engine!r}")
    process = subprocess.Popen(
        [screen.program, "-c", "/dev/null", "-U", "-D", "-m", "-S", "t", *client],
        env=screen.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )

    def shown() -> str:
        screen.run("-S", "t", "-X", "hardcopy", str(hardcopy))
        return hardcopy.read_text("utf-8", "replace") if hardcopy.exists() else ""

    try:
        with listener.accept() as peer:
            peer.send_message("juliet", "here")
            wait_until(lambda: "juliet: here" in shown(), "prompt")
            screen.run("-S", "t", "-X", "register", "p", "one\rtwo\rthree\r")
            screen.run("-S", "t", "-X", "paste", "p")
            wait_until(lambda: "3 lines: press Enter again" in shown(), "question")
            screen.run("-S", "t", "-X", "stuff", "\r")

            assert peer.read_json()["data"] == "one\ntwo\nthree"
        process.wait(10)
    finally:
        process.kill()
        process.wait()
