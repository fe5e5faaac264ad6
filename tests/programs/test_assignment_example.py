"""The assignment's example with the two real programs on terminals."""

import pytest

from .launch import PAIRS, start_client_on_terminal, start_server_on_terminal
from .sandbox import Sandbox

pytestmark = pytest.mark.parametrize(("server_engine", "client_engine"), PAIRS)


def test_the_example_of_the_assignment_has_the_same_output(
    sandbox: Sandbox, server_engine: str, client_engine: str
) -> None:
    server, port = start_server_on_terminal(sandbox, server_engine)
    client, name = start_client_on_terminal(sandbox, port, client_engine)

    client.enter("hello")
    client.expect(f"{name}: hello")
    client.enter("/setname Kobzol")
    client.expect("renamed to Kobzol")
    client.enter("hello")
    client.expect("Kobzol: hello")
    server.expect("Kobzol: hello")

    example = [
        f"[Server]: {name} has entered the chat",
        "hello",
        f"{name}: hello",
        "/setname Kobzol",
        f"[Server]: {name} renamed to Kobzol",
        "hello",
        "Kobzol: hello",
    ]
    assert client.lines[:7] == example
    assert len(client.lines) <= 8, "nothing but the prompt follows"
    assert server.lines == [line for line in example if ": " in line]
    assert server.stop() == 0
    assert client.wait() == 0
    assert client.lines[-1] == "Server disconnected"


def test_a_typed_line_stays_while_messages_arrive(
    sandbox: Sandbox, server_engine: str, client_engine: str
) -> None:
    _, port = start_server_on_terminal(sandbox, server_engine)
    romeo, romeos_name = start_client_on_terminal(sandbox, port, client_engine)
    juliet, juliets_name = start_client_on_terminal(sandbox, port, client_engine)
    romeo.expect(f"{juliets_name} has entered the chat")

    juliet.press("ay me, kdepa")
    juliet.expect("ay me, kdepa")
    romeo.enter("příliš žluťoučký kůň 🐴")
    romeo.expect(f"{romeos_name}: příliš žluťoučký kůň 🐴")
    romeo.enter("漢字 is wide")
    juliet.expect(f"{romeos_name}: 漢字 is wide")
    juliet.enter(" jsi?")
    romeo.expect(f"{juliets_name}: ay me, kdepa jsi?")
    juliet.expect(f"{juliets_name}: ay me, kdepa jsi?")

    assert juliet.lines[:5] == [
        f"[Server]: {juliets_name} has entered the chat",
        f"{romeos_name}: příliš žluťoučký kůň 🐴",
        f"{romeos_name}: 漢字 is wide",
        "ay me, kdepa jsi?",
        f"{juliets_name}: ay me, kdepa jsi?",
    ]
    assert romeo.lines[:7] == [
        f"[Server]: {romeos_name} has entered the chat",
        f"[Server]: {juliets_name} has entered the chat",
        "příliš žluťoučký kůň 🐴",
        f"{romeos_name}: příliš žluťoučký kůň 🐴",
        "漢字 is wide",
        f"{romeos_name}: 漢字 is wide",
        f"{juliets_name}: ay me, kdepa jsi?",
    ]
