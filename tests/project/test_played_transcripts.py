"""The transcripts in the pages are played against real programs."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conversation import play
from tests.programs.admin_tools import create
from tests.programs.launch import (
    ENGINES,
    SERVER,
    start_client,
    start_client_on_terminal,
    start_server,
)
from tests.programs.process import Program
from tests.programs.sandbox import Sandbox
from tests.programs.sockets import Listener
from tests.programs.terminal import Terminal
from tests.project.pages import (
    CLIENT,
    PROTOCOL,
    README,
    ROOMS,
    SESSION,
    TUTORIAL,
    Block,
    blocks,
)
from tests.project.screens import assert_screens_of, screen
from tests.server.running_servers import SocketPeer

TRANSCRIPTS = [*blocks(PROTOCOL, "chat"), *blocks(SESSION, "chat")]
SCREENS = [
    (page, block) for page in (README, TUTORIAL) for block in blocks(page, "console")
]

each_engine = pytest.mark.parametrize("engine", ENGINES)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    with Sandbox(tmp_path) as sandbox:
        yield sandbox


@each_engine
@pytest.mark.parametrize("transcript", TRANSCRIPTS, ids=lambda block: f"{block.line}")
def test_the_transcripts_of_the_protocol_match_the_server(
    sandbox: Sandbox, transcript: Block, engine: str
) -> None:
    server = start_server(sandbox, engine)
    if "ada > " in transcript.text:
        where = "--history", "memory", "--port", f"{server.port}"
        create(sandbox, "ada", "--role", "admin", *where)
    with ExitStack() as peers:

        def connect() -> SocketPeer:
            peer = SocketPeer(server.port)
            peers.callback(peer.close)
            return peer

        title = f"{PROTOCOL.name} block"
        play(transcript.text.splitlines(), connect, title, may_ping=True)
    server.stop()


@each_engine
def test_the_client_of_fifteen_lines_works(
    sandbox: Sandbox, tmp_path: Path, engine: str
) -> None:
    (source,) = (block.text for block in blocks(CLIENT, "python"))
    script = tmp_path / "client.py"
    script.write_text(source, "utf-8")
    server = start_server(sandbox, engine)
    other = start_client(sandbox, server.port, engine)
    other.out.expect("has entered the chat")
    client = sandbox.run_python(str(script), "127.0.0.1", str(server.port))
    client.out.expect("has entered the chat")

    client.type("/setname romeo", "", "příliš žluťoučký 🐴", "/users", "/history")
    client.out.expect("žluťoučký")
    client.out.expect("2 users: ")
    client.out.expect("the last 1 of 1 message:")
    assert client.out.expect("žluťoučký") == "romeo: příliš žluťoučký 🐴"
    assert other.out.expect("žluťoučký") == "romeo: příliš žluťoučký 🐴"
    other.type("clear \x1b[2J this")
    assert client.out.expect("clear").endswith(": clear ?[2J this")
    client.close_input()
    other.type("still there?")
    client.out.expect("still there?")
    server.stop()

    assert len(list(filter(None, source.splitlines()))) <= 15
    assert client.wait() == 0
    assert client.out.lines[-2:] == [
        "[Server]: the server is shutting down",
        "Server disconnected",
    ]


@each_engine
def test_the_screens_in_the_readme_match_the_programs(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    romeo, _ = start_client_on_terminal(sandbox, server.port, engine, "--name", "romeo")
    romeo.expect("romeo has entered")
    juliet, _ = start_client_on_terminal(
        sandbox, server.port, engine, "--name", "juliet"
    )
    romeo.expect("juliet has entered")

    romeo.enter("is anyone there?")
    juliet.expect("romeo: is anyone there?")
    juliet.enter("ay me")
    juliet.expect("juliet: ay me")
    romeo.expect("juliet: ay me")

    *_, romeos, juliets = blocks(README, "console")
    assert screen(romeos.text.splitlines()) == screen(romeo.lines)
    assert screen(juliets.text.splitlines()) == screen(juliet.lines)
    server.stop()


def test_the_screens_in_the_tutorial_match_the_programs(sandbox: Sandbox) -> None:
    with Listener() as listener:
        free = listener.port  # once the listener is closed
    server = sandbox.run_python(*SERVER, "--port", str(free), "--web-port", "0")
    port = int(server.err.expect("join with").split()[-1])
    banner = list(server.err.lines)
    romeo, _ = start_client_on_terminal(sandbox, port, "async")
    romeo.enter("/setname romeo")
    romeo.expect("renamed to romeo")
    romeo.enter("is anyone there?")
    romeo.expect("romeo: is anyone there?")
    juliet, _ = start_client_on_terminal(sandbox, port, "async", "--name", "juliet")
    juliet.expect("juliet has entered")
    for line, answer in [
        ("ay me", "juliet: ay me"),
        ("/history", "messages:\nromeo: is anyone there?\njuliet: ay me"),
        ("/users", "2 users"),
        ("/histroy", "-- Unknown command"),
        ("/setname romeo", "looks like one that is"),
    ]:
        juliet.enter(line)
        juliet.expect(answer)
    talk_in_a_second_room(romeo, juliet)
    builder = pipe(sandbox, port, "the build is green", "--name", "builder")
    asker = pipe(sandbox, port, "/users")
    assert server.stop() == 0
    assert juliet.wait() == romeo.wait() == 0

    seen = [banner, romeo.lines, juliet.lines, builder.out.lines, asker.out.lines]
    assert_screens_of(TUTORIAL, seen)


@each_engine
def test_the_screens_in_the_guide_to_rooms_match_the_programs(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    romeo, _ = start_client_on_terminal(sandbox, server.port, engine, "--name", "romeo")
    romeo.expect("romeo has entered")
    juliet, _ = start_client_on_terminal(
        sandbox, server.port, engine, "--name", "juliet"
    )
    romeo.expect("juliet has entered")
    talk_in_a_second_room(romeo, juliet)
    one = pipe(
        sandbox, server.port, "build 412 is green", "--name", "ci", "--room", "dev"
    )
    rooms = ["--room", "dev", "--room", "lobby"]
    several = pipe(sandbox, server.port, "deploying", "--name", "cd", *rooms)
    write_in_a_closed_conversation(romeo, juliet)
    seen = [romeo.lines, juliet.lines, one.out.lines, several.out.lines]
    server.stop()

    assert_screens_of(ROOMS, seen)


def talk_in_a_second_room(romeo: Terminal, juliet: Terminal) -> None:
    """Let two users who are in the lobby talk in a second room."""
    juliet.enter("/join dev")
    juliet.expect("-- You are in #dev")
    juliet.expect("juliet has entered", times=2)
    juliet.enter("/topic release on Friday")
    juliet.expect("changed the topic")
    juliet.enter("all green")
    juliet.expect("juliet: all green")
    romeo.enter("/rooms")
    romeo.expect("#lobby, 2 users")
    romeo.enter("/join dev")
    juliet.expect("romeo has entered")
    romeo.expect("juliet: all green")
    romeo.enter("/room lobby")
    romeo.expect("──── #lobby")
    juliet.enter("romeo: can you look?")
    romeo.expect("#dev juliet: romeo: can you look?")
    romeo.enter("/room dev")
    romeo.expect("──── #dev", times=2)
    romeo.enter("/msg juliet a moment")
    romeo.expect("@juliet romeo: a moment")


def write_in_a_closed_conversation(romeo: Terminal, juliet: Terminal) -> None:
    """Let romeo write to juliet when she has left."""
    romeo.enter("/msg juliet")
    romeo.expect("──── @juliet")
    juliet.enter("/quit")
    assert juliet.wait() == 0
    romeo.expect("-- @juliet is closed for you")
    romeo.enter("are you there?")
    romeo.expect("-- Not sent: @juliet is closed")
    prompt = "@juliet (closed)> are you there?"
    romeo.wait_until(lambda: romeo.lines[-1] == prompt, prompt)


def pipe(sandbox: Sandbox, port: int, line: str, *options: str) -> Program:
    """Run ``echo line | client.py`` to its end; return the client."""
    client = start_client(sandbox, port, "async", *options)
    client.type(line)
    client.close_input()

    assert client.wait() == 0
    return client
