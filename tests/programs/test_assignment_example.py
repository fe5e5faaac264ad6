"""The assignment's example, on two terminals, by the two real programs."""

import pytest

from .launch import PAIRS
from .sandbox import Stage
from .seats import serve, sit_down

pytestmark = pytest.mark.parametrize(("server_engine", "client_engine"), PAIRS)


def test_the_example_reads_as_in_the_assignment(
    stage: Stage, server_engine: str, client_engine: str
) -> None:
    server, port = serve(stage, server_engine)
    client, name = sit_down(stage, port, client_engine)

    client.enter("hello")
    client.see(f"{name}: hello")
    client.enter("/setname Kobzol")
    client.see("renamed to Kobzol")
    client.enter("hello")
    client.see("Kobzol: hello")
    server.see("Kobzol: hello")

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


def test_two_people_talk_and_what_one_is_typing_stays(
    stage: Stage, server_engine: str, client_engine: str
) -> None:
    _, port = serve(stage, server_engine)
    romeo, romeos_name = sit_down(stage, port, client_engine)
    juliet, juliets_name = sit_down(stage, port, client_engine)
    romeo.see(f"{juliets_name} has entered the chat")

    juliet.press("ay me, kdepa")
    juliet.see("ay me, kdepa")
    romeo.enter("příliš žluťoučký kůň 🐴")
    romeo.see(f"{romeos_name}: příliš žluťoučký kůň 🐴")
    romeo.enter("漢字 is wide")
    juliet.see(f"{romeos_name}: 漢字 is wide")
    juliet.enter(" jsi?")
    romeo.see(f"{juliets_name}: ay me, kdepa jsi?")
    juliet.see(f"{juliets_name}: ay me, kdepa jsi?")

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
