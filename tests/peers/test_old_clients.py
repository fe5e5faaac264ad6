"""Old clients in one room with ours, on our server with both engines."""

import pytest

from tests.programs.launch import ENGINES, joined_name, start_client, start_server
from tests.programs.sandbox import Sandbox

from .old_programs import start_old_client

PASSWORD = "balcony at night"
CLIENTS = ["reference_client", "student_client"]

pytestmark = pytest.mark.parametrize("engine", ENGINES)
each_client = pytest.mark.parametrize("old", CLIENTS)


@each_client
def test_an_old_client_and_ours_exchange_messages(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_server(sandbox, engine)
    ours = start_client(sandbox, server.port, engine)
    our_name = joined_name(ours)
    theirs = start_old_client(sandbox, old, server.port)
    their_name = joined_name(theirs)

    ours.out.expect(f"[Server]: {their_name} has entered the chat")
    ours.type("žluťoučký kůň 🐴")
    assert theirs.out.expect("kůň") == f"{our_name}: žluťoučký kůň 🐴"
    theirs.type("/setname Kobzol", "příliš")
    assert ours.out.expect("ren") == f"[Server]: {their_name} renamed to Kobzol"
    assert ours.out.expect("pří") == "Kobzol: příliš"
    assert theirs.out.expect("pří") == "Kobzol: příliš"
    theirs.close_input()
    ours.type("still there?")
    assert theirs.out.expect("still") == f"{our_name}: still there?"
    theirs.stop()
    assert ours.out.expect("left") == "[Server]: Kobzol has left the chat"


@each_client
def test_history_and_users_are_answered(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_server(sandbox, engine)
    ours = start_client(sandbox, server.port, engine)
    our_name = joined_name(ours)
    theirs = start_old_client(sandbox, old, server.port)
    their_name = joined_name(theirs)
    ours.type("first", "druhý")
    theirs.out.expect("druhý")

    theirs.type("/history")
    theirs.out.expect("[Server]: ")
    assert theirs.out.expect("first") == f"{our_name}: first"
    assert theirs.out.expect("druhý") == f"{our_name}: druhý"
    theirs.type("/users")
    answer = theirs.out.expect("[Server]: ")
    assert our_name in answer
    assert their_name in answer


@each_client
def test_history_and_users_are_answered_in_an_empty_room(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_server(sandbox, engine)
    theirs = start_old_client(sandbox, old, server.port)
    name = joined_name(theirs)

    theirs.type("/history")
    theirs.out.expect("[Server]: ")
    theirs.type("/users")

    assert name in theirs.out.expect("[Server]: ")


@each_client
def test_an_old_client_may_be_called_by_a_number(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_server(sandbox, engine, "--guest-names", "number")
    ours = start_client(sandbox, server.port, engine)
    ours.out.expect("[Server]: guest1 has entered the chat")
    theirs = start_old_client(sandbox, old, server.port)

    ours.out.expect("[Server]: guest2 has entered the chat")
    theirs.out.expect("guest2 has entered the chat")
    theirs.type("hello", "/setname guest7", "/setname Kobzol", "příliš")

    assert ours.out.expect("hello") == "guest2: hello"
    theirs.out.expect("that name is for guests who choose none")
    assert ours.out.expect("ren") == "[Server]: guest2 renamed to Kobzol"
    assert ours.out.expect("pří") == "Kobzol: příliš"


def test_empty_messages_and_unknown_commands_keep_the_connection(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    ours = start_client(sandbox, server.port, engine)
    joined_name(ours)
    theirs = start_old_client(sandbox, "reference_client", server.port)
    name = joined_name(theirs)

    theirs.type("", "/foo", "/setname  ", "still here")

    assert theirs.out.expect("still") == f"{name}: still here"
    assert ours.out.expect("still") == f"{name}: still here"


def test_invalid_json_is_refused_and_keeps_the_connection(
    sandbox: Sandbox, engine: str
) -> None:
    server = start_server(sandbox, engine)
    ours = start_client(sandbox, server.port, engine)
    joined_name(ours)
    theirs = start_old_client(sandbox, "student_client", server.port)
    name = joined_name(theirs)

    for line in ['say "hi"', "say\thi", "say\\hi", "/setname", "/setname  "]:
        theirs.type(line)
        theirs.out.expect("[Server]: ")
    theirs.type("still here")

    assert ours.out.expect("still") == f"{name}: still here"
    assert theirs.out.expect("still") == f"{name}: still here"
    assert ours.out.lines[1:] == [
        f"[Server]: {name} has entered the chat",
        f"{name}: still here",
    ]


@each_client
def test_an_old_client_shows_the_direct_message_of_an_account(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_server(sandbox, engine)
    ours = start_client(sandbox, server.port, engine, "--name", "bob")
    ours.out.expect("bob has entered the chat")
    ours.type("/register", PASSWORD, PASSWORD)
    ours.err.expect("-- signed in as bob")
    theirs = start_old_client(sandbox, old, server.port)
    name = joined_name(theirs)
    ours.out.expect(f"{name} has entered the chat")

    ours.type(f"/msg {name} psst")

    assert theirs.out.expect("psst") == "[bob to you]: psst"
    told = ours.err.expect("-- The client of")
    assert told == f"-- The client of {name} shows what you write, and cannot answer"
    ours.type(f"/msg {name} příliš")
    assert theirs.out.expect("příliš") == "[bob to you]: příliš"
    theirs.type("what?")
    assert theirs.out.expect("what") == f"{name}: what?"
    assert theirs.out.lines[1:] == [
        "[bob to you]: psst",
        "[bob to you]: příliš",
        f"{name}: what?",
    ]
    assert ours.err.text.count("cannot answer") == 1


@each_client
def test_a_server_that_stops_does_not_reset_connections(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_server(sandbox, engine)
    theirs = start_old_client(sandbox, old, server.port)
    joined_name(theirs)

    theirs.type(*[f"line {number} {'x' * 60}" for number in range(3000)])
    server.stop()

    assert theirs.wait() == 0
    assert theirs.out.lines[-1] == "Server disconnected"


@each_client
def test_a_full_server_sends_a_notice_before_it_closes(
    sandbox: Sandbox, engine: str, old: str
) -> None:
    server = start_server(sandbox, engine, "--max-users", "1")
    ours = start_client(sandbox, server.port, engine)
    joined_name(ours)

    theirs = start_old_client(sandbox, old, server.port)

    assert theirs.wait() == 0
    notice, end = theirs.out.lines
    assert notice.startswith("[Server]: ")
    assert "full" in notice
    assert end == "Server disconnected"
