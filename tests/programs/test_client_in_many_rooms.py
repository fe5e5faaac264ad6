"""The client in several rooms of a real server, on a terminal and in a pipe."""

import json

import pytest

from .launch import (
    ENGINES,
    start_client,
    start_client_on_terminal,
    start_server,
)
from .sandbox import Sandbox

ALT_A = "\x1ba"

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_two_users_talk_in_two_rooms_and_alone(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    romeo, _ = start_client_on_terminal(
        sandbox, server.port, engine, "--name", "romeo", "--room=lobby", "--room=dev"
    )
    bob = start_client(
        sandbox, server.port, engine, "--name", "bob", "--room=dev", "--room=lobby"
    )
    romeo.expect("[Server]: bob has entered the chat")

    bob.type("hello", "can you look, romeo?", "/room lobby", "here, too")
    romeo.expect("#dev 2 | #lobby>")
    romeo.expect("bob: here, too")
    romeo.expect("#dev bob: can you look, romeo?")
    bob.type("/msg romeo psst")
    romeo.expect("@bob 1 | #lobby>")
    romeo.expect("@bob bob: psst")
    romeo.press(ALT_A)
    romeo.expect("──── @bob ────")
    romeo.enter("what is it?")
    bob.out.expect("@romeo romeo: what is it?")
    romeo.enter("/room dev")
    romeo.expect("──── #dev ────")
    at = romeo.lines.index("-- 2 unread messages in #dev:")
    assert romeo.lines[at + 1 : at + 4] == [
        "bob: hello",
        "bob: can you look, romeo?",
        "──── #dev ────",
    ]
    romeo.enter("/topic all about tests")
    bob.out.expect("#dev [Server]: romeo changed the topic to: all about tests")
    bob.close_input()
    assert bob.wait() == 0
    romeo.expect("-- @bob is closed for you")


def test_a_room_is_opened_searched_and_left(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client, name = start_client_on_terminal(sandbox, server.port, engine)

    client.enter("tea in the lobby")
    client.expect(f"{name}: tea in the lobby")
    client.enter("/join Kitchen")
    client.expect("#kitchen>")
    client.enter("tea in the kitchen")
    client.expect(f"{name}: tea in the kitchen")
    client.enter("/search --all tea")
    client.expect(f"#lobby 1: {name}: tea in the lobby")
    client.expect(f"#kitchen 1: {name}: tea in the kitchen")
    client.enter("/search tea")
    client.expect("[Server]: 1 message with “tea”:")
    client.enter("/rooms")
    client.expect("[Server]: #kitchen, 1 user")
    client.enter("/leave")
    client.expect("-- You left #kitchen")
    client.expect("──── #lobby ────")


def test_an_ignored_user_is_not_seen(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client, _ = start_client_on_terminal(sandbox, server.port, engine)
    with sandbox.join(server.port) as eve:
        client.enter(f"/ignore {eve.name}")
        client.expect(f"-- You ignore {eve.name}")
        eve.send_messages("unseen")
        eve.expect("unseen")
        client.enter(f"/unignore {eve.name}")
        client.expect("-- You ignore nobody")
        eve.send_messages("seen")
        client.expect(f"{eve.name}: seen")

    assert f"{eve.name}: unseen" not in client.lines


def test_a_script_writes_to_the_rooms_that_it_names(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start_client(
        sandbox, server.port, engine, "--name", "ann", "--room=#Dev", "--room=ops"
    )

    client.type("one", "/join lobby", "two", "/room ops", "three", "/leave", "four")
    client.close_input()

    assert client.wait() == 0
    said = {line for line in client.out.lines if "ann: " in line}
    assert said == {
        "#dev ann: one",
        "#lobby ann: two",
        "#ops ann: three",
        "#dev ann: four",
    }
    assert all(line.startswith("#") for line in client.out.lines)


def test_lines_for_a_room_that_cannot_be_entered_go_nowhere(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    with sandbox.join(server.port) as peer:
        client = start_client(sandbox, server.port, engine)
        client.type("/join not/a/room", "secret", "/room lobby", "public")
        client.close_input()

        assert client.wait() == 6
        assert peer.expect("public")
        peer.expect("left")
    assert not [line for line in peer.lines if "secret" in line]


def test_one_room_of_a_script_looks_as_without_rooms(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    client = start_client(sandbox, server.port, engine, "--name=ann", "--room=dev")

    client.type("hello")
    client.close_input()

    assert client.wait() == 0
    assert client.out.lines == ["[Server]: ann has entered the chat", "ann: hello"]


def test_json_has_the_room_in_its_objects(sandbox: Sandbox, engine: str) -> None:
    server = start_server(sandbox, engine)
    client = start_client(
        sandbox, server.port, engine, "--json", "--room=lobby", "--room=dev"
    )

    client.type("/room dev", "hello")
    client.close_input()

    assert client.wait() == 0
    found = [json.loads(line) for line in client.out.lines]
    (message,) = [each["data"] for each in found if each["type"] == "message"]
    assert (message["room"], message["message"]) == ("dev", "hello")
    entered = [each["data"]["room"] for each in found if each["type"] == "room"]
    assert entered == ["lobby", "dev"]
