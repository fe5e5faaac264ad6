"""A client with a prompt restores the terminal when it ends, in both engines."""

import signal
import termios

import pytest

from tests.client.client_process import TIMEOUT
from tests.client.conftest import StartTerminal
from tests.client.listener import Listener, Peer
from tests.client.server_lines import plain_message

CTRL_C, CTRL_D, CTRL_U = "\x03", "\x04", "\x15"
BROKEN = """
from parlour.client.terminal.prompt import Prompt
async def run(self):
    raise ValueError("broken")
Prompt.run = run
"""
BLOCKED = 1.0  # seconds without progress until the client counts as blocked
LONG = "this is typed and goes on " * 8  # three rows of 80
HANGING_CONNECT = """
import threading
import parlour.client.io.connecting as connecting
begin, attempts = connecting.connect, []
def connect(*where, **hint):
    attempts.append(where)
    return begin(*where, **hint) if len(attempts) == 1 else threading.Event().wait()
connecting.connect = connect
"""


def test_messages_after_leaving_are_shown(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        screen.press(CTRL_D)
        assert peer.read_line() == b""
        peer.send_message("bob", "bye")

    assert screen.wait() == 0
    assert screen.rows == ["bob: bye"]


def test_an_unfinished_line_stays_on_the_screen(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        peer.send_message("bob", "hello")
        screen.press("half")
        screen.expect_rows("bob: hello", "half")

    assert screen.wait() == 0
    assert screen.rows == ["bob: hello", "half", "Server disconnected"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_ends_the_client_and_restores_the_terminal(
    start_terminal: StartTerminal, listener: Listener, number: signal.Signals
) -> None:
    screen = start_terminal()
    with listener.accept():
        screen.press("typed")
        screen.expect_rows("typed")
        assert not screen.process.getecho()

        screen.kill(number)

        assert screen.wait() == 128 + number
    flags = termios.tcgetattr(screen.process.child_fd)[3]
    assert flags & termios.ECHO
    assert flags & termios.ICANON
    assert b"\x1b[?2004l" in screen.bytes


def test_a_closed_terminal_ends_the_client(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()

        screen.process.close(force=False)

        assert peer.read_line() == b""


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, signal.SIGHUP], ids=["SIGTERM", "SIGHUP"]
)
def test_a_signal_ends_a_client_on_a_blocked_terminal(
    start_terminal: StartTerminal, listener: Listener, number: signal.Signals
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        flood(peer)
        screen.kill(number)

        assert screen.wait_without_reading() == 128 + number
    assert screen.process.getecho()  # the terminal is restored


def test_ctrl_c_twice_leaves_on_a_blocked_terminal(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal()
    with listener.accept() as peer:
        screen.wait_for_prompt()
        flood(peer)
        screen.press(CTRL_C)
        screen.press(CTRL_C)
        while peer.read_line():
            pass  # until its end of file

    assert screen.wait_without_reading() == 0


def flood(peer: Peer) -> None:
    """Send messages until the client, whose terminal is not read, stops reading."""
    peer.sock.settimeout(BLOCKED)
    try:
        while True:
            peer.sock.sendall(plain_message("bob", LONG * 10) * 100)
    except TimeoutError:
        peer.sock.settimeout(TIMEOUT)


def test_a_failed_connection_restores_the_terminal(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    listener.close()

    screen = start_terminal()

    assert screen.wait() == 3
    assert screen.rows[0].startswith("parlour: cannot connect to 127.0.0.1:")
    assert termios.tcgetattr(screen.process.child_fd)[3] & termios.ECHO


def test_a_failing_prompt_has_exit_code_1(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal(before=BROKEN)
    with listener.accept() as peer:
        assert peer.read_line() == b""

    assert screen.wait() == 1
    screen.expect_text("ValueError: broken")
    assert termios.tcgetattr(screen.process.child_fd)[3] & termios.ECHO


def test_the_user_can_leave_during_a_connection_attempt(
    start_terminal: StartTerminal, listener: Listener
) -> None:
    screen = start_terminal("reconnect=True", before=HANGING_CONNECT)
    with listener.accept():
        screen.wait_for_prompt()
    screen.expect_text("Server disconnected")
    screen.press("\r")
    screen.expect_text("(offline, trying)")

    screen.press("\x04")

    assert screen.wait() == 0
