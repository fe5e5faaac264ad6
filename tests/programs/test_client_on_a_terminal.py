"""The client on a terminal: keys, and a screen that remote text cannot control."""

import pytest

from .launch import ENGINES, start_client_on_terminal, start_server
from .sandbox import Sandbox

CTRL_C, CTRL_D, UP, TAB = "\x03", "\x04", "\x1b[A", "\t"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_a_burst_of_messages_does_not_disturb_the_typed_line(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client, name = start_client_on_terminal(sandbox, server.port, engine)
    typed = "this is being typed " + "and it is longer than a row " * 3

    with sandbox.join(server.port) as peer:
        client.press(typed)
        client.expect("this is being typed")
        peer.send_messages(*[f"line {number}" for number in range(500)])
        client.expect("line 499")
        client.enter("all of it")

        assert peer.expect(f"{name}: ") == f"{name}: {typed}all of it"
    received = [line for line in client.lines if line.startswith(f"{peer.name}: ")]
    assert received == [f"{peer.name}: line {number}" for number in range(500)]


def test_remote_text_cannot_forge_a_line_or_move_the_cursor(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client, name = start_client_on_terminal(sandbox, server.port, engine)

    with sandbox.join(server.port) as peer:
        peer.send_messages(
            "a\n[Server]: forged\r[Server]: twice\x1b[2J\x1b[H\x1b]0;title\x07"
        )
        peer.send_messages("and after it")
        client.expect(f"{peer.name}: and after it")

    assert client.lines[0] == f"[Server]: {name} has entered the chat"
    assert client.lines[1] == f"[Server]: {peer.name} has entered the chat"
    assert client.lines[2].startswith(f"{peer.name}: a")
    assert not any(line.startswith("[Server]: forged") for line in client.lines)
    assert not any(line.startswith("[Server]: twice") for line in client.lines)


@pytest.mark.parametrize(
    ("variable", "name", "shown"),
    [("LC_ALL", "C", "x?m"), ("LANG", "POSIX", "x?m"), ("LANG", "C.UTF-8", "x\u011bm")],
)
def test_output_to_a_terminal_has_the_encoding_of_its_locale(
    sandbox: Sandbox, engine: str, variable: str, name: str, shown: str
) -> None:
    """In a terminal without UTF-8, the letter's last byte is a control character."""
    sandbox.setenv(variable, name)
    server = start_server(sandbox, engine)
    client, _ = start_client_on_terminal(sandbox, server.port, engine)
    with sandbox.join(server.port) as peer:
        peer.send_messages("x\u011bm")

        client.expect(f"{peer.name}: {shown}")


def test_an_unknown_command_is_reported_and_not_sent(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client, name = start_client_on_terminal(sandbox, server.port, engine)
    with sandbox.join(server.port) as peer:
        client.expect(peer.name)

        client.enter("/jion lobby")
        client.enter("")
        client.enter("//jion")
        client.expect(f"{name}: /jion")

        assert peer.expect(f"{name}: ") == f"{name}: /jion"
    assert "/help" in client.text


def test_tab_completes_and_up_recalls_a_line(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client, _ = start_client_on_terminal(sandbox, server.port, engine)

    client.press(f"/setn{TAB}")
    client.expect("/setname")
    client.enter("Kobzol")
    client.expect("renamed to Kobzol")
    client.enter("hello")
    client.expect("Kobzol: hello")
    client.press(UP)
    client.enter(" again")
    client.expect("Kobzol: hello again")

    assert "/setname Kobzol" in client.lines


def test_ctrl_c_clears_the_line_then_warns_then_leaves(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client, name = start_client_on_terminal(sandbox, server.port, engine)

    client.press(f"oh no{CTRL_C}")
    client.press(CTRL_C)
    client.expect("Ctrl-D")
    client.press(CTRL_C)

    assert client.wait() == 0
    assert f"{name}: oh no" not in client.text


def test_ctrl_d_leaves_and_restores_the_terminal(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client, name = start_client_on_terminal(sandbox, server.port, engine)

        client.press(CTRL_D)

        assert client.wait() == 0
        assert peer.expect("left") == f"[Server]: {name} has left the chat"
    assert client.echoes()
    assert client.err.text == ""
