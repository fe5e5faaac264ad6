"""The style `rich` on a terminal: the command `parlour`, as a user sees it."""

import re
import signal
import socket
import stat
from pathlib import Path

import pytest

from .launch import ENGINES, start_server
from .sandbox import Sandbox
from .sockets import Listener
from .terminal import Terminal

TAB, UP, CTRL_Z, CTRL_D = "\t", "\x1b[A", "\x1a", "\x04"
FOCUS_IN, FOCUS_OUT = "\x1b[I", "\x1b[O"
UNDER_WAY, NOTE = (f"{sign:>13} " for sign in ("…", "--"))
ROW = r"(?:\d\d:\d\d| {5})"

WELCOME = (
    b'{"type": "welcome", "data": {"you": "romeo", '
    b'"rooms": {"lobby": {"epoch": "e", "sequence": 0}}}}\n'
)
REFUSED = (
    b'{"type": "error", "data": {"code": "disk_full", '
    b'"reason": "the disk is full", "id": "1", "about": "message"}}\n'
)

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def start(
    sandbox: Sandbox, port: int, engine: str, *options: str, name: str = "romeo"
) -> Terminal:
    """Start `parlour` on a terminal, and wait until its name is in the prompt."""
    where = ["127.0.0.1", str(port), "--engine", engine, "--name", name]
    terminal = sandbox.start_on_terminal("-m", "parlour", *where, *options)
    terminal.expect(f"{name}>")
    terminal.wait_for_prompt()
    return terminal


def divider(text: str) -> str:
    """Return a row across the terminal."""
    return f"──── {text} ".ljust(79, "─")


def rows(terminal: Terminal, pattern: str) -> list[str]:
    """Return the rows that match *pattern* as a whole."""
    return [line for line in terminal.lines if re.fullmatch(pattern, line)]


def receive(connection: socket.socket, wanted: bytes) -> None:
    """Read from a client until it has sent *wanted*."""
    received = b""
    while wanted not in received:
        data = connection.recv(4096)
        assert data, received
        received += data


def status(terminal: Terminal) -> str:
    """Return the row above the prompt; "" while there is none."""
    return terminal.lines[-2] if len(terminal.lines) > 1 else ""


def expect_row(terminal: Terminal, pattern: str) -> None:
    """Wait until exactly one row matches *pattern*."""
    terminal.wait_until(lambda: len(rows(terminal, pattern)) == 1, pattern)


def test_an_own_line_is_shown_once(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)

    with sandbox.join(server.port) as peer:
        client.enter("hello there")
        assert peer.expect("hello there") == "romeo: hello there"
    expect_row(client, f"{ROW}  romeo         hello there")
    client.wait_until(lambda: client.lines[-1] == "romeo>", "an empty prompt")
    assert client.text.count("hello there") == 1


def test_the_status_line_has_the_room_the_users_and_the_connection(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)

    client.wait_until(
        lambda: status(client) == "#lobby  1 here  ·  connected", "the status"
    )
    with sandbox.join(server.port):
        client.wait_until(lambda: "2 here" in status(client), "two users")
    client.wait_until(lambda: "1 here" in status(client), "one user")
    assert not rows(client, ".* here .*")[:-1], "the status is not in the scrollback"


def test_typing_is_not_disturbed_by_messages_in_columns(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)
    typed = "this is being typed " + "and it is longer than a row " * 3

    with sandbox.join(server.port) as peer:
        client.press(typed)
        client.expect("this is being typed")
        peer.send_messages(*[f"line {number}" for number in range(300)])
        client.expect("line 299")
        client.enter("all of it")

        assert peer.expect("romeo: ") == f"romeo: {typed}all of it"
    numbers = [m[1] for line in client.lines if (m := re.search(r"line (\d+)$", line))]
    assert numbers == [str(number) for number in range(300)]


def test_a_line_is_under_way_while_the_server_is_gone(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    history = ("--history", str(tmp_path / "history.db"))
    server = start_server(sandbox, engine, *history)
    client = start(sandbox, server.port, engine, "--reconnect")

    server.program.signal(signal.SIGKILL)
    server.program.wait()
    client.expect("Enter: try now")
    client.enter("said to nobody")
    client.expect(f"{UNDER_WAY}said to nobody")
    assert not rows(client, f"{ROW}  romeo         said to nobody")

    start_server(sandbox, engine, *history, "--port", str(server.port))
    client.enter("")
    expect_row(client, f"{ROW}  romeo         said to nobody")
    client.wait_until(
        lambda: f"{UNDER_WAY}said" not in client.text, "nothing under way"
    )


def test_the_messages_caught_up_after_an_outage_are_counted(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    history = ("--history", str(tmp_path / "history.db"))
    server = start_server(sandbox, engine, *history)
    client = start(sandbox, server.port, engine, "--reconnect")
    client.wait_until(lambda: "1 here" in status(client), "the welcome")

    client.signal(signal.SIGSTOP)
    server.program.signal(signal.SIGKILL)
    server.program.wait()
    start_server(sandbox, engine, *history, "--port", str(server.port))
    with sandbox.join(server.port) as peer:
        peer.send_messages("one", "two", "three")
        peer.expect("three")
    client.signal(signal.SIGCONT)

    client.expect("three")
    client.expect(divider("you are live"))
    after = client.text.partition("Server disconnected")[2]
    assert re.search(
        rf"one\n.*two\n.*three\n{ROW}  {NOTE}Reconnected after \d+ s, "
        rf"3 messages caught up\n{divider('you are live')}",
        after,
    ), client.text


def test_a_refused_line_has_a_mark_and_the_reason(
    sandbox: Sandbox, engine: str
) -> None:
    with Listener() as listener:
        client = start(sandbox, listener.port, engine)
        with listener.accept() as server:
            server.sendall(WELCOME)
            receive(server, b'"users"')  # the client has the welcome
            client.enter("nobody hears this")
            receive(server, b'"nobody hears this"')
            server.sendall(REFUSED)
            expect_row(client, f"{ROW}              ! nobody hears this")
    client.expect("The disk is full")


def test_the_assignment_s_servers_need_not_send_a_line_back(
    sandbox: Sandbox, engine: str
) -> None:
    with Listener() as listener:
        client = start(sandbox, listener.port, engine, "--dialect", "plain")
        peer = listener.accept()
        client.enter("hello")
        client.expect(f"{UNDER_WAY}hello")
        assert b"hello" in peer.recv(4096)
        expect_row(client, f"{ROW}  romeo         hello")
        peer.close()


def test_what_comes_while_the_user_is_away_has_a_divider(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)

    with sandbox.join(server.port) as peer:
        client.press(FOCUS_OUT)
        client.wait_until(lambda: status(client).endswith("·  away"), "away")
        client.press("typed")
        client.expect("romeo> typed")
        peer.send_messages("one, romeo", "two")
        client.expect("two")
        client.press(FOCUS_IN)
        client.wait_until(lambda: "away" not in status(client), "not away")
        client.press("!")
        client.expect("typed!")
        peer.send_messages("three")
        client.expect("three")

    dividers = rows(client, divider("new"))
    assert len(dividers) == 1
    at = client.lines.index(dividers[0])
    assert re.fullmatch(rf"{ROW} >{peer.name}", client.lines[at + 1])
    assert client.lines[at + 2].strip() == "one, romeo"


def test_names_are_completed_before_anybody_spoke(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    start(sandbox, server.port, engine, name="juliet")
    client = start(sandbox, server.port, engine)
    client.wait_until(lambda: "2 here" in client.text, "the roster")

    client.press("ju" + TAB)

    client.expect("romeo> juliet:")


def test_an_at_sign_completes_a_name(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    start(sandbox, server.port, engine, name="juliet")
    client = start(sandbox, server.port, engine)
    client.wait_until(lambda: "2 here" in client.text, "the roster")

    client.press("see @ju" + TAB)

    client.expect("romeo> see @juliet")


def test_typed_lines_are_there_in_the_next_run(
    sandbox: Sandbox, engine: str, tmp_path: Path
) -> None:
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path))
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)
    client.enter("remember me")
    expect_row(client, f"{ROW}  romeo         remember me")
    client.press(CTRL_D)
    assert client.wait() == 0

    again = start(sandbox, server.port, engine, name="romeo2")
    again.press(UP)
    again.expect("romeo2> remember me")
    kept = tmp_path / "parlour" / "input-history"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_no_state_keeps_nothing(sandbox: Sandbox, engine: str, tmp_path: Path) -> None:
    sandbox.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine, "--no-state")
    client.enter("forget me")
    expect_row(client, f"{ROW}  romeo         forget me")
    client.press(CTRL_D)
    assert client.wait() == 0

    assert not (tmp_path / "state" / "parlour" / "input-history").exists()


def test_the_last_messages_and_a_whole_one_are_shown_again(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)
    with sandbox.join(server.port) as peer:
        peer.send_messages("\n".join(f"part {number}" for number in range(30)))
    client.expect("6 more lines, /show 1")

    client.enter("/last 1")
    client.expect(f"{NOTE}The last 1 message of #lobby:")
    client.enter("/show 1")
    client.expect("part 29")
    client.enter("/show 7")
    client.expect("Message 7 is not among the last ones here")


@pytest.mark.parametrize("style", ["classic", "rich"])
def test_messages_from_before_the_join_are_shown_again(
    sandbox: Sandbox, engine: str, style: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        peer.send_messages("\n".join(f"part {number}" for number in range(30)))
        peer.expect("part 29")
    where = ["127.0.0.1", str(server.port), "--engine", engine, "--style", style]
    client = sandbox.start_on_terminal("-m", "parlour", *where)
    client.expect("6 more lines, /show 1")
    client.wait_for_prompt()

    client.enter("/show 1")
    client.expect("part 29")
    client.enter("/last")
    client.expect("The last 1 message of #lobby:")


def test_clear_leaves_an_empty_screen(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)
    client.enter("before")
    expect_row(client, f"{ROW}  romeo         before")

    client.enter("/clear")
    client.wait_until(
        lambda: client.screen.display[1].startswith("romeo>"), "an empty screen"
    )
    client.enter("after")
    expect_row(client, f"{ROW}  romeo         after")


def test_an_action_and_a_highlight(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)
    client.enter("/me waves")
    expect_row(client, rf"{ROW}  romeo       \* waves")
    client.enter("/highlight deploy")
    client.expect("Messages with these words are marked: deploy")

    with sandbox.join(server.port) as peer:
        peer.send_messages("the deploy is done")
        client.expect("the deploy is done")
        expect_row(client, f"{ROW} >{peer.name}")


def test_the_bell_says_when_it_rings(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = start(sandbox, server.port, engine)

    client.enter("/bell off")
    client.expect("The bell does not ring")
    client.enter("/bell")
    client.wait_until(lambda: client.text.count("does not ring") == 2, "the mode")
    client.enter("/bell loud")
    client.expect("Usage: /bell")


def test_the_classic_style_can_be_chosen(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    where = ["127.0.0.1", str(server.port), "--engine", engine, "--style", "classic"]
    terminal = sandbox.start_on_terminal("-m", "parlour", *where)
    terminal.expect("has entered the chat")

    assert terminal.lines[0].startswith("[Server]: ")
