"""The operator erases a person with all texts, with the server running or not."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.journal.stores import maintain_fully, open_store

from .admin_tools import Session, administer, create, send_to_socket, signed_in
from .histories import kill_server, start_with_history
from .launch import ENGINES, Server
from .sandbox import Sandbox

SECRET = "zephyrine"
COUNT = 70  # texts of the account: more than one step erases


def talk(sandbox: Sandbox, path: Path, engine: str) -> Server:
    """Return a server on which the account Ann has said secrets, and a guest none."""
    server = start_with_history(sandbox, engine, path)
    create(sandbox, "Ann", "--history", path)
    create(sandbox, "Bob", "--history", path)
    with signed_in(server.port, "Ann") as ann:
        ann.expect("account")
        for number in range(COUNT):
            ann.send("message", {"room": "lobby", "message": f"{SECRET}{number}"})
        for _ in range(COUNT):
            ann.expect("stored")
        ann.send("direct", {"to": "Bob"})
        room = ann.expect("room")["room"]
        ann.send("message", {"room": room, "message": f"{SECRET} for you"})
        ann.expect("stored")
    with Session(server.port, name="Guest") as guest:
        guest.expect("joined")
        guest.send("message", {"room": "lobby", "message": "good morning"})
        guest.expect("stored")
    return server


def traces(path: Path) -> list[str]:
    """Return the names of the files that have a secret."""
    found = [each for each in path.parent.iterdir() if each.is_file()]
    return [each.name for each in found if SECRET.encode() in each.read_bytes()]


def erase(sandbox: Sandbox, path: Path) -> str:
    command = ("account", "erase", "Ann", "--texts", "--yes", "--history", path)
    return administer(sandbox, *command)


def texts(path: Path) -> list[str]:
    """Return the texts that are in the file, in all rooms."""
    query = "SELECT text FROM message WHERE text <> '' ORDER BY place"
    with closing(sqlite3.connect(path)) as db:
        return [text for (text,) in db.execute(query)]


def test_texts_are_in_no_file_when_the_command_has_changed_the_history(
    sandbox: Sandbox, path: Path
) -> None:
    talk(sandbox, path, "async").stop()
    with closing(open_store(path)) as store:
        maintain_fully(store)  # it is indexed
    assert traces(path) == ["history.db"]

    done = erase(sandbox, path)

    assert done == "erased Ann and 71 texts of it\n"
    assert traces(path) == []
    assert texts(path) == ["good morning"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_running_server_erases_texts_and_tells_who_is_there(
    sandbox: Sandbox, path: Path, engine: str
) -> None:
    server = talk(sandbox, path, engine)
    with Session(server.port, name="Guest") as guest:
        guest.expect("joined")

        done = erase(sandbox, path)

        told = [guest.expect("erased") for _ in range(COUNT)]
    assert done == "erased Ann and 71 texts of it\n"
    assert [each["target"] for each in told] == list(range(1, COUNT + 1))
    assert {each["name"] for each in told} == {"Ann"}
    assert texts(path) == ["good morning"]
    server.stop()
    with signed_in(start_with_history(sandbox, engine, path).port, "Ann") as ann:
        assert ann.expect("error")["code"] == "auth_failed"


def test_after_the_server_was_killed_the_command_is_repeated(
    sandbox: Sandbox, path: Path
) -> None:
    server = talk(sandbox, path, "async")
    step = b'{"type":"account-erase-texts","data":{"name":"Ann"}}\n'
    answer = send_to_socket(path.with_name("history.db.admin"), step)
    kill_server(server)
    left = texts(path)

    start_with_history(sandbox, "threads", path)
    done = erase(sandbox, path)

    assert b'"erased":64,"room":1,"after":64,"more":true' in answer
    assert left == [f"{SECRET}{number}" for number in range(64, 70)] + [
        "good morning",
        f"{SECRET} for you",
    ]
    assert done == "erased Ann and 7 texts of it\n"
    assert texts(path) == ["good morning"]
